import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { input, makeToy } from "./toy.ts"
import { makeWorld, until } from "./world.ts"

describe("an actor for whose folding nobody waits", () => {
  it.effect("folds what is new some tens of milliseconds later, all of it at once", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const prompt = yield* world.start(makeToy())
      yield* prompt.ready
      const unhurried = yield* world.start({ ...makeToy(), answers: [], unhurried: true })
      yield* unhurried.ready
      const before = unhurried.folded()
      const first = yield* world.append(input(1, 1))
      const last = yield* world.append(input(2, 2))
      yield* until("the other has folded them", () => prompt.folded() >= last, 0)
      yield* TestClock.adjust("14 millis")
      expect(unhurried.folded()).toBe(before)
      yield* TestClock.adjust("1 millis")
      expect(unhurried.folded()).toBeGreaterThanOrEqual(first)
      yield* until("it has folded them all", () => unhurried.folded() >= last)
    }).pipe(Effect.scoped)
  )
})
