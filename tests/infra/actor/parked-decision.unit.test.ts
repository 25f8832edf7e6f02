import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { blocked, decide, parkedOf, poisonous } from "./poison.ts"
import { chat, heard, input, makeToy, output } from "./toy.ts"
import { makeWorld, pass, until } from "./world.ts"

describe("an event that was parked", () => {
  it.effect("is folded after a fix when a person says so, and what waited behind it in its order", () =>
    Effect.gen(function* () {
      const { parked, toy: first, world } = yield* blocked([1, 2, 3])
      yield* first.kill
      const second = yield* world.start(makeToy(), { disk: first.disk })
      yield* second.ready
      yield* pass(1_000)
      expect(second.state.get(heard, chat(1))).toBeUndefined()
      yield* decide(world, parked, "retry")
      yield* until("all was answered", () => world.named("policy.muted").length === 4)
      expect(second.state.get(heard, chat(1))).toEqual([13, 1, 2, 3])
      yield* world.append(input(1, 4))
      yield* until("the next one was answered", () => world.named("policy.muted").length === 5)
      expect(second.state.get(heard, chat(1))).toEqual([13, 1, 2, 3, 4])
    }).pipe(Effect.scoped)
  )

  it.effect("is passed over when a person says so, and what waited behind it is folded", () =>
    Effect.gen(function* () {
      const { parked, toy, world } = yield* blocked([1, 2])
      yield* decide(world, parked, "drop")
      yield* until("the others were answered", () => world.named("policy.muted").length === 2)
      expect(toy.state.get(heard, chat(1))).toEqual([1, 2])
    }).pipe(Effect.scoped)
  )

  it.effect("is parked anew, in sight, when it is tried again and nothing was mended", () =>
    Effect.gen(function* () {
      const { parked, toy, world } = yield* blocked([1])
      yield* decide(world, parked, "retry")
      yield* until("it is parked again", () => parkedOf(world).length === 2)
      expect(parkedOf(world)).toEqual([parked, parked])
      expect(toy.state.get(heard, chat(1))).toBeUndefined()
      yield* decide(world, parked, "drop")
      yield* until("the other was answered", () => world.named("policy.muted").length === 1)
    }).pipe(Effect.scoped)
  )

  it.effect("gives way to the next one that cannot be folded, which is parked in its turn", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const toy = yield* world.start(makeToy(poisonous(13, 14)))
      const first = yield* world.append(input(1, 13))
      yield* world.append(input(1, 1))
      const second = yield* world.append(input(1, 14))
      yield* world.append(input(1, 2))
      yield* until("it is parked", () => parkedOf(world).length === 1)
      yield* decide(world, first, "drop")
      yield* until("the next is parked", () => parkedOf(world).length === 2)
      expect(parkedOf(world)).toEqual([first, second])
      expect(toy.state.get(heard, chat(1))).toEqual([1])
      yield* decide(world, second, "drop")
      yield* until("the rest was answered", () => world.named("policy.muted").length === 2)
      expect(toy.state.get(heard, chat(1))).toEqual([1, 2])
    }).pipe(Effect.scoped)
  )

  it.effect("is dealt with as decided when the actor is killed right after it read the decision", () =>
    Effect.gen(function* () {
      let delay = 0
      const { parked, toy: first, world } = yield* blocked([1, 2], { readDelayMillis: () => delay })
      yield* pass(100)
      // Reading what waited takes a minute: the decision is read, and not carried out yet.
      delay = 60_000
      const decided = yield* decide(world, parked, "drop")
      yield* until("the decision is read", () => first.folded() === decided)
      expect(first.state.get(heard, chat(1))).toBeUndefined()
      yield* first.kill
      delay = 0
      const second = yield* world.start(makeToy(poisonous(13)), { disk: first.disk })
      yield* until("what waited was answered", () => world.named("policy.muted").length === 2)
      expect(second.state.get(heard, chat(1))).toEqual([1, 2])
    }).pipe(Effect.scoped)
  )

  it.effect("leaves the same state as a fold of the whole log, once it was passed over", () =>
    Effect.gen(function* () {
      const { parked, toy, world } = yield* blocked([1])
      yield* decide(world, parked, "drop")
      yield* until("it came to rest", () => world.named("policy.muted").length === 1 && toy.work.size() === 0)
      yield* pass(100)
      yield* toy.kill
      const anew = yield* world.start(makeToy(poisonous(13)))
      yield* anew.ready
      yield* pass(1_000)
      expect(anew.digest()).toBe(toy.digest())
    }).pipe(Effect.scoped)
  )

  it.effect(
    "of a boundary that the actor writes itself does not spin there, and lets it write once dropped",
    () =>
      Effect.gen(function* () {
        let appends = 0
        const world = yield* makeWorld({
          append: ({ actor }) => {
            if (actor === "verdict") appends++
            return {}
          }
        })
        // Folding the mute of a person breaks the actor; its own mutes are fine.
        const toy = yield* world.start(makeToy(poisonous(-777)))
        const parked = yield* world.append(output(chat(1), 777))
        yield* until("it is parked", () => parkedOf(world).length > 0)
        yield* world.append(input(1, 1))
        yield* world.append(input(2, 2))
        yield* until("the other chat was answered", () => world.named("policy.muted").length === 2)
        appends = 0
        yield* pass(60_000)
        expect(appends).toBeLessThan(20)
        expect(world.named("policy.muted")).toHaveLength(2)
        yield* decide(world, parked, "drop")
        yield* until("its own chat was answered", () => world.named("policy.muted").length === 3, 100)
        yield* until("it came to rest", () => toy.work.size() === 0)
      }).pipe(Effect.scoped)
  )
})
