import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { everyLane, type Lanes, makeLanes } from "../../../infra/actor/lanes.ts"

/** Someone who takes a turn in a lane, and holds it until told otherwise. */
const visit = Effect.fnUntraced(function* (lanes: Lanes, lane: string) {
  const finish = yield* Deferred.make<void>()
  let came = false
  const fiber = yield* Effect.forkChild(
    lanes.within(
      lane,
      Effect.suspend(() => {
        came = true
        return Deferred.await(finish)
      })
    ),
    { startImmediately: true }
  )
  return {
    came: () => came,
    leave: Deferred.succeed(finish, undefined).pipe(Effect.andThen(Fiber.join(fiber))),
    interrupt: Fiber.interrupt(fiber)
  }
})

const soon = Effect.yieldNow

describe("lanes", () => {
  it.effect("let one in at a time, and others in other lanes at once", () =>
    Effect.gen(function* () {
      const lanes = makeLanes(() => {})
      const first = yield* visit(lanes, "a")
      const second = yield* visit(lanes, "a")
      const other = yield* visit(lanes, "b")
      expect([first.came(), second.came(), other.came()]).toEqual([true, false, true])
      expect([lanes.isBusy("a"), lanes.isBusy("b"), lanes.isBusy("c")]).toEqual([true, true, false])
      yield* first.leave
      yield* soon
      expect(second.came()).toBe(true)
    })
  )

  it.effect("let in who came first", () =>
    Effect.gen(function* () {
      const lanes = makeLanes(() => {})
      const order: Array<number> = []
      const hold = yield* visit(lanes, "a")
      const visitors = yield* Effect.forEach([1, 2, 3], (number) =>
        Effect.forkChild(
          lanes.within(
            "a",
            Effect.sync(() => order.push(number))
          ),
          { startImmediately: true }
        )
      )
      yield* hold.leave
      yield* Effect.forEach(visitors, Fiber.join)
      expect(order).toEqual([1, 2, 3])
    })
  )

  it.effect("keep work out of a lane that somebody waits for", () =>
    Effect.gen(function* () {
      const lanes = makeLanes(() => {})
      lanes.take("a")
      yield* visit(lanes, "a")
      lanes.release("a")
      expect(lanes.isBusy("a")).toBe(true)
    })
  )

  it.effect("give one who needs every lane all of them, and hold back whoever comes after", () =>
    Effect.gen(function* () {
      const lanes = makeLanes(() => {})
      const before = yield* visit(lanes, "a")
      const all = yield* visit(lanes, everyLane)
      const after = yield* visit(lanes, "b")
      expect([all.came(), after.came(), lanes.isBusy("c")]).toEqual([false, false, true])
      yield* before.leave
      yield* soon
      expect([all.came(), after.came()]).toEqual([true, false])
      yield* all.leave
      yield* soon
      expect(after.came()).toBe(true)
    })
  )

  it.effect("lose nothing when one who waits is interrupted", () =>
    Effect.gen(function* () {
      const lanes = makeLanes(() => {})
      const first = yield* visit(lanes, "a")
      const impatient = yield* visit(lanes, "a")
      const patient = yield* visit(lanes, "a")
      yield* impatient.interrupt
      yield* first.leave
      yield* soon
      expect([impatient.came(), patient.came()]).toEqual([false, true])
      yield* patient.leave
      expect(lanes.isBusy("a")).toBe(false)
    })
  )

  it.effect("open at once for those whom an interrupted claim to every lane held back", () =>
    Effect.gen(function* () {
      let released = 0
      const lanes = makeLanes(() => void released++)
      yield* visit(lanes, "a")
      const all = yield* visit(lanes, everyLane)
      const behind = yield* visit(lanes, "b")
      expect([behind.came(), lanes.isBusy("c")]).toEqual([false, true])
      yield* all.interrupt
      yield* soon
      expect([behind.came(), lanes.isBusy("c")]).toEqual([true, false])
      // Work that found its lane busy is told as well.
      expect(released).toBeGreaterThan(0)
    })
  )

  it.effect("give back the turn of one who is interrupted, fails or dies in it", () =>
    Effect.gen(function* () {
      const lanes = makeLanes(() => {})
      const visitor = yield* visit(lanes, "a")
      yield* visitor.interrupt
      expect(lanes.isBusy("a")).toBe(false)
      yield* Effect.exit(lanes.within("a", Effect.fail("no")))
      yield* Effect.exit(lanes.within(everyLane, Effect.die("no")))
      expect(lanes.isBusy("a")).toBe(false)
      expect(lanes.isBusy(everyLane)).toBe(false)
    })
  )

  it.effect("give back a turn that was granted at the moment of an interruption", () =>
    Effect.gen(function* () {
      const lanes = makeLanes(() => {})
      lanes.take("a")
      const waiting = yield* visit(lanes, "a")
      lanes.release("a")
      yield* waiting.interrupt
      expect(lanes.isBusy("a")).toBe(false)
    })
  )

  it.effect("grant each turn once when a release leads to the next one by itself", () =>
    Effect.gen(function* () {
      const lanes = makeLanes(() => {})
      const inside = new Set<number>()
      let together = 0
      const brief = (number: number) =>
        lanes.within(
          "a",
          Effect.sync(() => {
            inside.add(number)
            together = Math.max(together, inside.size)
          }).pipe(Effect.andThen(Effect.sync(() => inside.delete(number))))
        )
      lanes.take("a")
      const fibers = yield* Effect.forEach([1, 2, 3, 4], (number) =>
        Effect.forkChild(brief(number), { startImmediately: true })
      )
      lanes.release("a")
      yield* Effect.forEach(fibers, Fiber.join)
      expect(together).toBe(1)
      expect(lanes.isBusy("a")).toBe(false)
    })
  )
})
