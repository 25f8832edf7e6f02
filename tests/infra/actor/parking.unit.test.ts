import { describe, expect, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Effect } from "effect"
import { Unmuted } from "../../../contracts/policy.ts"
import { decide, parkedOf, poisonous } from "./poison.ts"
import { chat, heard, input, makeToy } from "./toy.ts"
import { makeWorld, pass, until } from "./world.ts"

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

  it.effect(
    "because the disk is full, is not parked: the actor ends, and folds it when it starts again",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld()
        let full = 0
        const toy = makeToy({
          poison: (number) => {
            if (number === 13 && full-- > 0)
              throw new Database.SqliteError("database or disk is full", "SQLITE_FULL")
            return false
          }
        })
        // There is room again before anybody could write down what happened.
        full = 2
        const first = yield* world.start(toy)
        yield* world.append(input(1, 13))
        expect((yield* first.failure)._tag).toBe("Failure")
        yield* first.kill
        full = 0
        const second = yield* world.start(toy, { disk: first.disk })
        yield* until("it is answered", () => world.named("policy.muted").length === 1)
        expect(second.state.get(heard, chat(1))).toEqual([13])
        expect(parkedOf(world)).toEqual([])
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
})
