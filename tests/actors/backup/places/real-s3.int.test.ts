import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Redacted, Scope } from "effect"
import { afterAll, beforeAll } from "vitest"
import { s3Place } from "../../../../actors/backup/places/s3-place.ts"
import { type RealS3, startRealS3 } from "../../../loopback-s3/real-s3.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { post } from "../../../faults/one-system.ts"
import { someIdentity } from "../segment/some-messages.ts"
import { allShipped, heldAt, startCopying } from "../world.ts"
import { EventLog } from "../../../../infra/event-log/event-log.ts"
import { placeContract } from "./place.contract.ts"

const scope = Scope.makeUnsafe()
let server: RealS3

// The first time it is fetched.
beforeAll(async () => {
  server = await Effect.runPromise(Scope.provide(startRealS3, scope))
}, 240_000)
afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

let opened = 0
const open = Effect.suspend(() => s3Place("s3", { ...server.address, prefix: `contract-${++opened}/` }))

describe("a real server of S3 as a place", () => {
  placeContract(open, () => server.fenced)

  it.live("refuses a wrong secret, and has no bucket but its own", () =>
    Effect.gen(function* () {
      const wrong = yield* s3Place("s3", { ...server.address, secretKey: Redacted.make("other") })
      expect(yield* Effect.flip(wrong.list(""))).toMatchObject({ fault: "refused" })
      const other = yield* s3Place("s3", { ...server.address, bucket: "other" })
      expect(yield* Effect.flip(other.get("a"))).toMatchObject({ fault: "refused" })
    })
  )

  it.live("says what time it is", () =>
    Effect.gen(function* () {
      const place = yield* open
      expect(Math.abs((yield* place.clock!) - Date.now())).toBeLessThan(300_000)
    })
  )

  it.live(
    "takes a whole log, and hands it out as it is",
    () =>
      Effect.gen(function* () {
        const { identity, recipient } = yield* Effect.promise(someIdentity)
        const { address } = server
        const places = [
          { name: "s3", shown: address.endpoint, everyMillis: 50, kind: "s3", ...address } as const
        ]
        const base = yield* startCopying(yield* temporaryFolder, { places, recipients: [recipient] })
        yield* Effect.gen(function* () {
          for (let index = 0; index < 10; index++)
            yield* post("Family", "Ada", { id: `m${index}`, text: `see https://m${index}.example/` })
          yield* allShipped
          const held = yield* heldAt(yield* s3Place("s3", address), identity)
          expect(held.length).toBe(yield* (yield* EventLog).last)
        }).pipe(Effect.provideContext(base))
      }),
    60_000
  )
})
