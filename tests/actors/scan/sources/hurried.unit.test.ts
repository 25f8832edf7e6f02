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
})
