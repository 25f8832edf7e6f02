import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { ActorUnparked } from "../../../contracts/actor.ts"
import { Unmuted } from "../../../contracts/policy.ts"
import { chat, heard, input, makeToy, output } from "./toy.ts"
import { makeWorld, pass, until, type World } from "./world.ts"

const poisonous = (...numbers: ReadonlyArray<number>) => ({
  poison: (number: number) => numbers.includes(number)
})

const decide = (world: World, sequence: number, decision: "retry" | "drop") =>
  world.append(ActorUnparked({ actor: "verdict", sequence, decision, by: "operator" }))

const parkedOf = (world: World) => world.named("actor.parked").map(({ data }) => data.sequence)

describe("an event that cannot be folded", () => {
  it.effect("is parked in sight, once, and says where and why", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      yield* world.start(makeToy(poisonous(13)))
      const sequence = yield* world.append(input(1, 13))
      yield* until("it is parked", () => world.named("actor.parked").length > 0)
      yield* pass(60_000)
      expect(world.named("actor.parked").map(({ data }) => data)).toEqual([
        {
          actor: "verdict",
          sequence,
          event: "message.revoked",
          boundary: chat(1),
          reason: "the input 13 is poison",
          attempts: 1
        }
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("blocks what follows in its own boundary, and nothing else", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const toy = yield* world.start(makeToy(poisonous(13)))
      for (const [where, number] of [
        [1, 1],
        [1, 13],
        [1, 2],
        [2, 3]
      ] as const)
        yield* world.append(input(where, number))
      const last = yield* world.append(input(2, 4))
      yield* until("all is folded", () => toy.folded() >= last)
      yield* world.append(input(1, 5))
      yield* until(
        "the others are done",
        () => toy.work.size() === 0 && world.named("policy.muted").length === 3
      )
      expect(toy.state.get(heard, chat(1))).toEqual([1])
      expect(toy.state.get(heard, chat(2))).toEqual([3, 4])
      expect(parkedOf(world)).toEqual([2])
    }).pipe(Effect.scoped)
  )

  it.effect("stays parked, and is not parked again, when the actor is killed and starts anew", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const first = yield* world.start(makeToy(poisonous(13)))
      yield* world.append(input(1, 13))
      yield* until("it is parked", () => world.named("actor.parked").length > 0)
      yield* first.kill
      const second = yield* world.start(makeToy(poisonous(13)), { disk: first.disk })
      yield* world.append(input(1, 1))
      yield* second.ready
      yield* pass(1_000)
      expect(second.state.get(heard, chat(1))).toBeUndefined()
      expect(parkedOf(world)).toEqual([1])
    }).pipe(Effect.scoped)
  )

  it.effect("is put in sight at the next start when the actor was killed before it could say so", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({
        append: ({ actor }) => (actor === "verdict" && mute ? { lost: "before" } : {})
      })
      let mute = true
      const first = yield* world.start(makeToy(poisonous(13)))
      yield* world.append(input(1, 13))
      yield* pass(60_000)
      expect(parkedOf(world)).toEqual([])
      yield* first.kill
      mute = false
      const second = yield* world.start(makeToy(poisonous(13)), { disk: first.disk })
      yield* second.ready
      yield* until("it is parked", () => parkedOf(world).length > 0)
      expect(parkedOf(world)).toEqual([1])
    }).pipe(Effect.scoped)
  )

  it.effect("is folded after a fix when a person says so, and what waited behind it in its order", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const first = yield* world.start(makeToy(poisonous(13)))
      const parked = yield* world.append(input(1, 13))
      for (const number of [1, 2, 3]) yield* world.append(input(1, number))
      yield* until("it is parked", () => parkedOf(world).length > 0)
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
      const world = yield* makeWorld()
      const toy = yield* world.start(makeToy(poisonous(13)))
      const parked = yield* world.append(input(1, 13))
      for (const number of [1, 2]) yield* world.append(input(1, number))
      yield* until("it is parked", () => parkedOf(world).length > 0)
      yield* decide(world, parked, "drop")
      yield* until("the others were answered", () => world.named("policy.muted").length === 2)
      expect(toy.state.get(heard, chat(1))).toEqual([1, 2])
    }).pipe(Effect.scoped)
  )

  it.effect("is parked anew, in sight, when it is tried again and nothing was mended", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const toy = yield* world.start(makeToy(poisonous(13)))
      const parked = yield* world.append(input(1, 13))
      yield* world.append(input(1, 1))
      yield* until("it is parked", () => parkedOf(world).length === 1)
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
      const world = yield* makeWorld({ readDelayMillis: () => delay })
      const first = yield* world.start(makeToy(poisonous(13)))
      const parked = yield* world.append(input(1, 13))
      for (const number of [1, 2]) yield* world.append(input(1, number))
      yield* until("it is parked", () => parkedOf(world).length > 0)
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
      const world = yield* makeWorld()
      const toy = yield* world.start(makeToy(poisonous(13)))
      const parked = yield* world.append(input(1, 13))
      yield* world.append(input(1, 1))
      yield* until("it is parked", () => parkedOf(world).length > 0)
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
    "is not shown as parked again when the state is folded anew long after it was decided about",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld({}, { duplicateWindowMillis: 120_000 })
        const toy = yield* world.start(makeToy(poisonous(13)))
        const parked = yield* world.append(input(1, 13))
        yield* until("it is parked", () => parkedOf(world).length > 0)
        yield* decide(world, parked, "drop")
        yield* pass(3_600_000)
        yield* toy.kill
        const anew = yield* world.start(makeToy(poisonous(13)))
        yield* anew.ready
        yield* pass(60_000)
        expect(parkedOf(world)).toEqual([parked])
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

  it.effect("of another version of the actor, which nobody can read, is parked under its subject", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const toy = yield* world.start(makeToy())
      const subject = `evt.${world.account}.message.${chat(1)}.revoked`
      world.storeRaw({ subject, headers: [["ce-type", "wadjet.message.revoked.v9"]], data: "{}" })
      yield* world.append(input(1, 1))
      yield* world.append(input(2, 2))
      yield* until("it is parked", () => parkedOf(world).length > 0)
      expect(world.named("actor.parked")[0]!.data).toMatchObject({
        sequence: 1,
        event: subject,
        boundary: chat(1),
        reason: "this version knows message.revoked up to version 1, found 9"
      })
      expect(toy.state.get(heard, chat(1))).toBeUndefined()
      yield* decide(world, 1, "drop")
      yield* until("what waited is folded", () => toy.state.get(heard, chat(1)) !== undefined)
      yield* world.append(Unmuted({ chat: chat(1), by: "operator" }))
      yield* until("it came to rest", () => toy.work.size() === 0)
    }).pipe(Effect.scoped)
  )
})
