import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { makeHurried } from "../../../../actors/scan/sources/hurried.ts"

const usualMillis = 200

/** A service whose next answers take what they are told to, and all others what is usual. */
const makeService = () => {
  const next: Array<number> = []
  let asked = 0
  const ask = Effect.suspend(() => {
    const number = ++asked
    return Effect.as(Effect.sleep(next.shift() ?? usualMillis), number)
  })
  return { ask, next, asked: () => asked }
}

/** What is usual is known then, and a second question may be asked. */
const afterUsual = Effect.fnUntraced(function* (service: ReturnType<typeof makeService>) {
  const hurried = makeHurried()
  for (let number = 0; number < 15; number++) {
    const asking = yield* Effect.forkChild(hurried(service.ask))
    yield* TestClock.adjust(usualMillis)
    yield* Fiber.join(asking)
  }
  service.next.push(usualMillis - 1)
  const asking = yield* Effect.forkChild(hurried(service.ask))
  yield* TestClock.adjust(usualMillis)
  yield* Fiber.join(asking)
  return hurried
})

describe("asking in a hurry", () => {
  it.effect("asks a second time once an answer takes longer than most, and takes the first that comes", () =>
    Effect.gen(function* () {
      const service = makeService()
      const hurried = yield* afterUsual(service)
      service.next.push(5_000, 100)
      const asking = yield* Effect.forkChild(hurried(service.ask))
      yield* TestClock.adjust(usualMillis - 1)
      expect(service.asked()).toBe(17)
      yield* TestClock.adjust(101)
      expect(service.asked()).toBe(18)
      expect(yield* Fiber.join(asking)).toBe(18)
    })
  )

  it.effect("takes the first answer where that comes sooner", () =>
    Effect.gen(function* () {
      const service = makeService()
      const hurried = yield* afterUsual(service)
      service.next.push(250, 5_000)
      const asking = yield* Effect.forkChild(hurried(service.ask))
      yield* TestClock.adjust(250)
      expect(yield* Fiber.join(asking)).toBe(17)
    })
  )

  it.effect("asks once as long as it does not know what is usual", () =>
    Effect.gen(function* () {
      const service = makeService()
      service.next.push(60_000)
      const asking = yield* Effect.forkChild(makeHurried()(service.ask))
      yield* TestClock.adjust(60_000)
      yield* Fiber.join(asking)
      expect(service.asked()).toBe(1)
    })
  )

  it.effect("asks a service that has grown slow less than half as much again", () =>
    Effect.gen(function* () {
      const service = makeService()
      const hurried = yield* afterUsual(service)
      const before = service.asked()
      const questions = 200
      for (let number = 0; number < questions; number++) {
        service.next.splice(0, Infinity, ...Array.from({ length: 3 }, () => 1_900 + number * 10))
        const asking = yield* Effect.forkChild(hurried(service.ask))
        yield* TestClock.adjust(10_000)
        yield* Fiber.join(asking)
      }
      const extra = service.asked() - before - questions
      expect(extra).toBeGreaterThan(0)
      expect(extra).toBeLessThan(questions / 2)
    })
  )

  it.effect("says what went wrong at once", () =>
    Effect.gen(function* () {
      const hurried = yield* afterUsual(makeService())
      const asking = yield* Effect.forkChild(hurried(Effect.fail("out of order")))
      expect(yield* Effect.flip(Fiber.join(asking))).toBe("out of order")
    })
  )

  it.effect("tells of a failure at once, and of two the one that came first", () =>
    Effect.gen(function* () {
      const service = makeService()
      const hurried = yield* afterUsual(service)
      const failing = (afterMillis: ReadonlyArray<number>) => {
        let asked = 0
        return Effect.suspend(() => {
          const number = asked++
          return Effect.andThen(Effect.sleep(afterMillis[number]!), Effect.fail(number))
        })
      }
      const soon = yield* Effect.forkChild(Effect.flip(hurried(failing([10, 10]))))
      yield* TestClock.adjust(10)
      expect(soon.pollUnsafe()).toBeDefined()
      expect(yield* Fiber.join(soon)).toBe(0)
      const late = yield* Effect.forkChild(Effect.flip(hurried(failing([5_000, 100]))))
      yield* TestClock.adjust(4_999)
      expect(late.pollUnsafe()).toBeUndefined()
      yield* TestClock.adjust(1)
      expect(yield* Fiber.join(late)).toBe(1)
    })
  )

  it.effect("leaves the slower of both, and both where nobody waits any more", () =>
    Effect.gen(function* () {
      const service = makeService()
      const hurried = yield* afterUsual(service)
      let left = 0
      const ask = Effect.onInterrupt(service.ask, () => Effect.sync(() => void left++))
      service.next.push(5_000, 100)
      // Whoever asked goes on to other things, with which its children would end as well.
      const asking = yield* Effect.forkChild(Effect.andThen(hurried(ask), Effect.never))
      yield* TestClock.adjust(usualMillis + 100)
      expect(left).toBe(1)
      yield* Fiber.interrupt(asking)
      service.next.push(5_000, 5_000)
      const given = yield* Effect.forkChild(hurried(ask))
      yield* TestClock.adjust(1_000)
      yield* Fiber.interrupt(given)
      expect(left).toBe(3)
    })
  )
})
