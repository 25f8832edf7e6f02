import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { chat, input, makeToy, output } from "./toy.ts"
import { makeWorld, until } from "./world.ts"

const isInput = ({ type }: { readonly type: string }) => type === "message.revoked"

describe("an actor that folds an event and what comes of it", () => {
  it.effect("folds them one after the other when that is here, and waits no longer", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const toy = yield* world.start({ ...makeToy(), answers: [], slots: [0], awaitsNext: isInput })
      yield* toy.ready
      const before = toy.folded()
      const first = yield* world.append(input(1, 1))
      yield* TestClock.adjust("14 millis")
      expect(toy.folded()).toBe(before)
      const second = yield* world.append(output(chat(1), first))
      yield* until("both are folded", () => toy.folded() >= second, 0)
    }).pipe(Effect.scoped)
  )

  it.effect("waits for nothing where nothing comes", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const toy = yield* world.start({ ...makeToy(), answers: [], slots: [0], awaitsNext: isInput })
      yield* toy.ready
      const first = yield* world.append(input(1, 1))
      yield* TestClock.adjust("15 millis")
      yield* until("it is folded", () => toy.folded() >= first, 0)
    }).pipe(Effect.scoped)
  )
})

describe("an actor that somebody waits for", () => {
  it.effect("folds what that is about before any other", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const prompt = yield* world.start(makeToy())
      yield* prompt.ready
      const order: Array<string> = []
      const noting = (name: string) => {
        const toy = makeToy()
        const evolve: typeof toy.evolve = (state, event) => {
          if (isInput(event)) order.push(name)
          toy.evolve(state, event)
        }
        return { ...toy, answers: [], slots: [0], evolve }
      }
      const other = yield* world.start(noting("other"))
      yield* other.ready
      const hurried = yield* world.start({ ...noting("hurried"), hurries: isInput })
      yield* hurried.ready
      const last = yield* world.append(input(1, 1))
      yield* until("both have folded it", () => Math.min(other.folded(), hurried.folded()) >= last, 0)
      expect(order).toEqual(["hurried", "other"])
    }).pipe(Effect.scoped)
  )
})

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
