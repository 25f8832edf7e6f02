import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { startLocalNats, startTestNats } from "../setup/local-nats.ts"
import { append } from "./started-server.ts"

describe("the test server", () => {
  it.live("keeps what was acknowledged and its address across a kill and a stop", () =>
    Effect.gen(function* () {
      const nats = yield* startTestNats()
      yield* append(nats, "one")
      yield* nats.kill9
      yield* nats.restart
      expect(yield* append(nats, "two")).toBe(2)
      yield* nats.stop
      yield* nats.restart
      expect(yield* append(nats, "three")).toBe(3)
    })
  )

  it.live("is another one for each who asks", () =>
    Effect.gen(function* () {
      const [one, other] = yield* Effect.all([startLocalNats({}), startLocalNats({})])
      expect(one.url).not.toBe(other.url)
      expect(one.pass).not.toBe(other.pass)
    })
  )
})
