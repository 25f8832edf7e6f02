import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { input, makeToy, speak } from "./toy.ts"
import { makeWorld, pass, until } from "./world.ts"

describe("the turn of a piece of work", () => {
  it.effect("does the work of one lane one at a time, and that of others beside it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const inside = new Map<string, number>()
      let together = 0
      let most = 0
      const toy = yield* world.start(
        makeToy({
          perform: Effect.fnUntraced(function* (work, self) {
            inside.set(work.lane, (inside.get(work.lane) ?? 0) + 1)
            expect(inside.get(work.lane)).toBe(1)
            together++
            most = Math.max(most, together)
            yield* Effect.sleep(50)
            together--
            inside.set(work.lane, inside.get(work.lane)! - 1)
            return yield* speak(work, self)
          })
        })
      )
      for (const number of [1, 2, 3, 4, 5, 6]) yield* world.append(input(number % 2, number))
      yield* until("it came to rest", () => world.named("policy.muted").length === 6 && toy.work.size() === 0)
      expect(most).toBe(2)
    }).pipe(Effect.scoped)
  )

  it.effect("never has more work of a priority under way than its slots", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const under = [0, 0]
      const most = [0, 0]
      const toy = yield* world.start(
        makeToy({
          slots: [3, 1],
          work: (number) => ({ priority: number % 2 }),
          perform: Effect.fnUntraced(function* (work, self) {
            under[work.priority]! += 1
            most[work.priority] = Math.max(most[work.priority]!, under[work.priority]!)
            yield* Effect.sleep(50)
            under[work.priority]! -= 1
            return yield* speak(work, self)
          })
        })
      )
      for (let number = 0; number < 12; number++) yield* world.append(input(number, number))
      yield* until(
        "it came to rest",
        () => world.named("policy.muted").length === 12 && toy.work.size() === 0
      )
      expect(most).toEqual([3, 1])
    }).pipe(Effect.scoped)
  )

  it.effect("does not let what may wait hold up what is urgent, in one and the same lane", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const order: Array<number> = []
      const toy = yield* world.start(
        makeToy({
          work: (number) => ({ priority: number === 1 ? 1 : 0 }),
          perform: Effect.fnUntraced(function* (work, self) {
            const now = yield* Clock.currentTimeMillis
            if (work.priority === 1 && order.length === 0) return { later: now + 10_000 }
            order.push(work.priority)
            return yield* speak(work, self)
          })
        })
      )
      yield* world.append(input(1, 1))
      yield* until("the first was put off", () => toy.work.size() === 1)
      yield* pass(100)
      yield* world.append(input(1, 2))
      yield* until("the urgent one is done", () => order.length === 1)
      expect(order).toEqual([0])
      yield* until("both are done", () => toy.work.size() === 0)
    }).pipe(Effect.scoped)
  )

  it.effect("begins work at the moment at which it is due", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const due = (yield* Clock.currentTimeMillis) + 3_600_000
      const at: Array<number> = []
      const toy = yield* world.start(
        makeToy({
          work: () => ({ due }),
          perform: Effect.fnUntraced(function* (work, self) {
            at.push(yield* Clock.currentTimeMillis)
            return yield* speak(work, self)
          })
        })
      )
      yield* world.append(input(1, 1))
      yield* until("it is done", () => toy.folded() > 1, 10_000)
      expect(at).toEqual([due])
    }).pipe(Effect.scoped)
  )

  it.effect("notices within half a minute that the clock was set forward", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const began = yield* Clock.currentTimeMillis
      let ahead = 0
      const clock = yield* Clock.Clock
      const shifted: Clock.Clock = {
        ...clock,
        sleep: (duration) => clock.sleep(duration),
        currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + ahead),
        currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + ahead
      }
      const toy = yield* world
        .start(makeToy({ work: () => ({ due: began + 86_400_000 }) }))
        .pipe(Effect.provideService(Clock.Clock, shifted))
      yield* world.append(input(1, 1))
      yield* until("the work is open", () => toy.work.size() === 1)
      yield* pass(5_000)
      ahead = 86_400_000
      yield* pass(30_000)
      expect(world.named("policy.muted")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("keeps up with newer inputs while thousands wait their turn", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const now = yield* Clock.currentTimeMillis
      const toy = yield* world.start(
        makeToy({
          work: (number) => (number < 2_000 ? { priority: 1 } : {}),
          perform: (work, self) =>
            work.priority === 1 ? Effect.succeed({ later: now + 3_600_000 }) : speak(work, self)
        })
      )
      for (let number = 0; number < 2_000; number++) yield* world.append(input(number % 7, number))
      yield* world.append(input(3, 2_000))
      yield* until(
        "the newest is done",
        () => world.named("policy.muted").length === 1 && toy.work.size() === 2_000
      )
    }).pipe(Effect.scoped)
  )
})
