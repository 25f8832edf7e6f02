import { expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Semaphore } from "effect"
import { CatchUpTurns, readInTurn } from "../../../infra/actor/catching-up.ts"

/** All that is asked of the log is where it ends. */
const logOf = (last: number) => ({ last: Effect.succeed(last) })

/** A reader that says when it begins, and catches up when it is told to. */
const makeReader = (name: string, folded: number, said: Array<string>) => {
  const caughtUp = Deferred.makeUnsafe<void>()
  const reading = Effect.andThen(
    Effect.sync(() => void said.push(name)),
    Effect.never
  )
  return {
    catchUp: Deferred.succeed(caughtUp, undefined),
    run: readInTurn(logOf(1_000_000), () => folded, Deferred.await(caughtUp), reading)
  }
}

const settle = Effect.yieldNow.pipe(Effect.repeat({ times: 20 }))

it.effect("who is far behind waits until another one has caught up, who is not reads at once", () =>
  Effect.gen(function* () {
    const said: Array<string> = []
    const readers = [
      makeReader("one", 0, said),
      makeReader("two", 5, said),
      makeReader("near", 999_999, said)
    ]
    const shared = yield* Semaphore.make(1)
    for (const { run } of readers) {
      yield* Effect.forkChild(Effect.provideService(run, CatchUpTurns, shared))
      yield* settle
    }
    expect(said).toEqual(["one", "near"])
    yield* readers[0]!.catchUp
    yield* settle
    // The first goes on from where it is, and the second has its turn.
    expect(said.toSorted()).toEqual(["near", "one", "one", "two"])
  })
)

it.effect("a reader that ends in its turn makes room", () =>
  Effect.gen(function* () {
    const said: Array<string> = []
    const shared = yield* Semaphore.make(1)
    const inTurn = <A, E>(run: Effect.Effect<A, E>) =>
      Effect.forkChild(Effect.provideService(run, CatchUpTurns, shared))
    const one = yield* inTurn(makeReader("one", 0, said).run)
    yield* settle
    yield* inTurn(makeReader("two", 0, said).run)
    yield* settle
    expect(said).toEqual(["one"])
    yield* Fiber.interrupt(one)
    yield* settle
    expect(said).toEqual(["one", "two"])
  })
)
