import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { askSource } from "../../../../actors/scan/sources/ask-source.ts"
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
