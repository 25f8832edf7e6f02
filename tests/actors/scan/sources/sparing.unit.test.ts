import Database from "better-sqlite3"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { askSource, type SourceNews } from "../../../../actors/scan/sources/ask-source.ts"
import { quotaLedger } from "../../../../actors/scan/sources/quota-ledger.ts"
import { SourceFailed, type SourceFault, type Source } from "../../../../actors/scan/sources/source.ts"
import { GuardedClient } from "../../../../infra/guarded-client/client.ts"
import { judgeUrl } from "../../../../infra/guarded-client/judge-url.ts"

const nobody = GuardedClient.of({
  ask: () => Effect.die(new Error("nobody is asked")),
  download: () => Effect.die(new Error("nobody is asked")),
  certificate: () => Effect.die(new Error("nobody is asked")),
  judge: judgeUrl
})
const limits = { deadlineMillis: 1_000, attemptsMax: 1, backoffMillis: 1 }

/** A source that allows four questions a day, and the news of it. */
const makeSource = Effect.fnUntraced(function* () {
  yield* TestClock.setTime(1_767_225_600_000)
  const news: Array<SourceNews> = []
  let fault: SourceFault | undefined
  const source: Source = {
    name: "one",
    quotas: [{ most: 4, per: "day" }],
    ask: () =>
      fault === undefined
        ? Effect.succeed({ evidence: [], validSeconds: 0 })
        : Effect.fail(new SourceFailed({ fault, message: "" }))
  }
  const ledger = quotaLedger(new Database(":memory:"), 0)
  const ask = askSource(source, nobody, ledger, limits, (one) => void news.push(one))
  let asked = 0
  const reasonOf = (asking?: "sparingly") =>
    Effect.map(ask(`https://h${asked++}.example.com/`, asking), ({ missing }) => missing[0]?.reason)
  return { news, reasonOf, fails: (next: SourceFault | undefined) => (fault = next) }
})

describe("who asks sparingly", () => {
  it.effect("leaves half of a quota to links that are new, which have all of it", () =>
    Effect.gen(function* () {
      const { news, reasonOf } = yield* makeSource()
      expect(yield* reasonOf("sparingly")).toBeUndefined()
      expect(yield* reasonOf("sparingly")).toBeUndefined()
      expect(yield* reasonOf("sparingly")).toBe("what is left of its quota is kept for links that are new")
      expect(yield* reasonOf()).toBeUndefined()
      expect(yield* reasonOf()).toBeUndefined()
      expect(yield* reasonOf()).toMatch(/its quota is used up until/)
      // That what is kept was not given is no news of the service.
      expect(news.map(({ state }) => state)).toEqual([
        ...Array.from({ length: 4 }, () => "answering"),
        "quota-used-up"
      ])
      expect(news.at(-1)).toMatchObject({ source: "one", until: 1_767_225_600_000 + 86_400_000 })
    })
  )
})

describe("of a service it is told", () => {
  it.effect("that its key is refused, and until when it is left alone", () =>
    Effect.gen(function* () {
      const { fails, news, reasonOf } = yield* makeSource()
      fails("key-refused")
      yield* reasonOf()
      expect(news).toMatchObject([{ state: "key-refused", reason: "it does not accept the key" }])
      expect(news[0]!.until).toBeGreaterThan(news[0]!.at)
    })
  )

  it.effect("nothing where it fails once, and that it is left alone where it fails again and again", () =>
    Effect.gen(function* () {
      const { fails, news, reasonOf } = yield* makeSource()
      fails("malformed")
      for (let times = 0; times < 4; times++) yield* reasonOf()
      expect(news).toEqual([])
      yield* TestClock.adjust("1 day")
      yield* reasonOf()
      expect(news).toMatchObject([{ state: "left-alone", reason: "its answer could not be read" }])
    })
  )
})
