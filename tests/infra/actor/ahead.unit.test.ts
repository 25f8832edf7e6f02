import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import type { AnyFact } from "../../../contracts/catalogue.ts"
import { Muted } from "../../../contracts/policy.ts"
import { Ahead, makeAhead, type WorkAhead } from "../../../infra/actor/ahead.ts"
import { runWorker, worker } from "../../../infra/actor/worker.ts"
import { chat, input, makeToy, output } from "./toy.ts"
import { makeWorld, until } from "./world.ts"

const turn = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))

/** Hears of all that is told, until the scope closes. */
const hearing = (ahead: WorkAhead) => {
  const heard: Array<AnyFact> = []
  return Effect.as(
    ahead.hear((fact) => void heard.push(fact)),
    heard
  )
}

describe("what a process gives to the log", () => {
  it.effect("is heard of by its workers, as they listen, before it is handed to them", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ append: () => ({ delayMillis: 1_000 }) })
      const order: Array<string> = []
      const note = (what: string, { type }: { readonly type: string }) => void order.push(`${what} ${type}`)
      const mutes = worker({
        name: "scan",
        listens: [Muted],
        publishes: [],
        concurrency: 1,
        prepares: (fact) => note("prepares", fact),
        handle: (event) => Effect.sync(() => note("handles", event))
      })
      const ahead = makeAhead()
      yield* Effect.gen(function* () {
        let ready = false
        yield* Effect.forkScoped(runWorker(mutes, () => void (ready = true)))
        yield* until("the worker is ready", () => ready)
        const toy = yield* world.start(makeToy())
        yield* toy.ready
        // The input comes from elsewhere; the answer to it is the toy's.
        yield* Effect.forkScoped(world.append(input(1, 1)))
        yield* until("it is handled", () => order.length > 1)
      }).pipe(Effect.provideContext(world.services), Effect.provideService(Ahead, ahead))
      expect(order).toEqual(["prepares policy.muted", "handles policy.muted"])
    }).pipe(Effect.scoped)
  )

  it.effect("is told when it has left, and not where it is too much to look at", () =>
    Effect.gen(function* () {
      const ahead = makeAhead()
      const heard = yield* hearing(ahead)
      const facts = [1, 2, 3, 4].map((number) => output(chat(number), number))
      ahead.tell(facts)
      expect(heard).toEqual([])
      yield* turn
      expect(heard).toEqual(facts)
      ahead.tell([...facts, output(chat(5), 5)])
      yield* turn
      expect(heard).toEqual(facts)
    }).pipe(Effect.scoped)
  )

  it.effect("is kept from nobody by another one who cannot look at it, and told to nobody who is gone", () =>
    Effect.gen(function* () {
      const ahead = makeAhead()
      const scope = yield* Scope.make()
      yield* Scope.provide(
        ahead.hear(() => {
          throw new Error("no way to look at it")
        }),
        scope
      )
      const heard = yield* Scope.provide(hearing(ahead), scope)
      const fact = output(chat(1), 1)
      ahead.tell([fact])
      yield* turn
      expect(heard).toEqual([fact])
      yield* Scope.close(scope, Exit.void)
      ahead.tell([fact])
      yield* turn
      expect(heard).toEqual([fact])
    })
  )
})
