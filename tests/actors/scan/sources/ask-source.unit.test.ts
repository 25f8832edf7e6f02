import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import type { OutsideCount } from "../../../../actors/scan/outside-counts.ts"
import { askSource } from "../../../../actors/scan/sources/ask-source.ts"
import type { Quota } from "../../../../actors/scan/sources/quota-ledger.ts"
import type { Said, Source } from "../../../../actors/scan/sources/source.ts"
import { GuardedClient } from "../../../../infra/guarded-client/client.ts"
import { judgeUrl } from "../../../../infra/guarded-client/judge-url.ts"

const nobody = GuardedClient.of({
  ask: () => Effect.die(new Error("nobody is asked")),
  download: () => Effect.die(new Error("nobody is asked")),
  certificate: () => Effect.die(new Error("nobody is asked")),
  judge: judgeUrl
})
const ledger = { spend: () => undefined, block: () => {} }

/** A source that is asked about hosts, and answers when it is let. */
const makeSlow = Effect.gen(function* () {
  const asked: Array<string> = []
  const answer = yield* Deferred.make<Said>()
  const source: Source = {
    name: "one",
    quotas: [],
    subjectOf: (url) => new URL(url).hostname,
    ask: (_, url) => {
      asked.push(url)
      return Deferred.await(answer)
    }
  }
  return { asked, ask: askSource(source, nobody, ledger), answer }
})

const listed: Said = { evidence: [{ source: "one", kind: "listed" }], validSeconds: 60 }

describe("a source that is asked the same by several at once", () => {
  it.effect("is asked once, and all have its answer", () =>
    Effect.gen(function* () {
      const { answer, ask, asked } = yield* makeSlow
      const asking = yield* Effect.forEach(["/a", "/b", "/c"], (path) =>
        Effect.forkChild(ask(`https://x.example.com${path}`))
      )
      const other = yield* Effect.forkChild(ask("https://y.example.com/"))
      yield* Effect.yieldNow
      expect(asked).toEqual(["https://x.example.com/a", "https://y.example.com/"])
      yield* Deferred.succeed(answer, listed)
      for (const one of [...asking, other]) expect((yield* Fiber.join(one)).evidence).toEqual(listed.evidence)
      expect(asked).toHaveLength(2)
    })
  )

  it.effect("is asked by another where the first gives up", () =>
    Effect.gen(function* () {
      const { answer, ask, asked } = yield* makeSlow
      const first = yield* Effect.forkChild(ask("https://x.example.com/a"))
      yield* Effect.yieldNow
      const second = yield* Effect.forkChild(ask("https://x.example.com/b"))
      yield* Effect.yieldNow
      yield* Fiber.interrupt(first)
      yield* Deferred.succeed(answer, listed)
      expect((yield* Fiber.join(second)).evidence).toEqual(listed.evidence)
      expect(asked).toEqual(["https://x.example.com/a", "https://x.example.com/b"])
    })
  )
})

describe("a source whose quota is used up", () => {
  const quotas = [{ most: 4, per: "minute" }] as const

  it.effect("is looked up in the ledger once until it opens, and asked again then", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_767_225_600_000)
      const spent: Array<number> = []
      const counts: Array<OutsideCount> = []
      const openAt = 1_767_225_600_000 + 60_000
      const busy = {
        spend: (_: string, [quota]: ReadonlyArray<Quota>, now: number) => {
          spent.push(quota!.most)
          return now < openAt ? openAt : undefined
        },
        block: () => {}
      }
      const source: Source = {
        name: "one",
        quotas,
        ask: () => Effect.succeed({ ...listed, validSeconds: 0 })
      }
      const ask = askSource(source, nobody, busy, undefined, undefined, (it) => counts.push(it))
      const reasonOf = (asking?: "sparingly") =>
        Effect.map(ask("https://x.example.com/", asking), ({ missing }) => missing[0]?.reason)
      for (let turn = 0; turn < 3; turn++)
        expect(yield* reasonOf()).toBe("its quota is used up until 2026-01-01 00:01 UTC")
      for (let turn = 0; turn < 3; turn++) expect(yield* reasonOf("sparingly")).toMatch(/kept for links/)
      // What is kept for others is looked up by itself.
      expect(spent).toEqual([4, 2])
      expect(counts.filter(({ count }) => count === "asked")).toEqual(
        Array.from({ length: 6 }, () => ({ count: "asked", source: "one", outcome: "missing", seconds: 0 }))
      )
      yield* TestClock.adjust(60_000)
      expect(yield* reasonOf()).toBeUndefined()
    })
  )

  it.effect("is looked up again where the clock was set back", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_767_225_600_000)
      let spent = 0
      const busy = {
        spend: (_: string, __: unknown, now: number) => (spent++ === 0 ? now + 60_000 : undefined),
        block: () => {}
      }
      const source: Source = { name: "one", quotas, ask: () => Effect.succeed(listed) }
      const ask = askSource(source, nobody, busy)
      expect((yield* ask("https://x.example.com/")).missing).toHaveLength(1)
      yield* TestClock.setTime(1_767_225_600_000 - 1_000)
      expect((yield* ask("https://x.example.com/")).missing).toEqual([])
    })
  )
})
