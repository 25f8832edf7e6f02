import { describe, expect, it } from "@effect/vitest"
import { Cause, Clock, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { supervise } from "../../../infra/actor/supervise.ts"
import { DamagedLog, LogUnavailable } from "../../../infra/event-log/event-log.ts"

const gone = new LogUnavailable({ operation: "read", message: "the log is gone" })

/** Supervises something that takes a while and then ends in some way, and remembers when it was started. */
const watch = Effect.fnUntraced(function* (
  run: (starts: number) => Effect.Effect<never, LogUnavailable | DamagedLog>
) {
  const starts: Array<number> = []
  const fiber = yield* Effect.forkChild(
    supervise(
      "toy",
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        starts.push(now)
        return run(starts.length)
      })
    )
  )
  const waits = () => starts.slice(1).map((moment, index) => moment - starts[index]!)
  return { fiber, starts, waits }
})

const minutes = Effect.forEach(Array.from({ length: 120 }), () => TestClock.adjust("1 second"))

describe("a supervised actor", () => {
  it.effect("is started again after a failure, and each time after a longer wait, to a limit", () =>
    Effect.gen(function* () {
      const toy = yield* watch(() => Effect.fail(gone))
      yield* minutes
      expect(toy.waits().slice(0, 8)).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000])
    })
  )

  it.effect("is started again after it broke", () =>
    Effect.gen(function* () {
      const toy = yield* watch((starts) => (starts === 1 ? Effect.die(new Error("broken")) : Effect.never))
      yield* minutes
      expect(toy.starts).toHaveLength(2)
      expect(toy.fiber.pollUnsafe()).toBeUndefined()
    })
  )

  it.effect("is started again soon when it had gone well for a while before", () =>
    Effect.gen(function* () {
      const toy = yield* watch((starts) =>
        starts === 9 ? Effect.andThen(Effect.sleep("5 minutes"), Effect.fail(gone)) : Effect.fail(gone)
      )
      for (let waited = 0; waited < 6; waited++) yield* minutes
      expect(toy.waits()[8]).toBe(5 * 60_000 + 200)
    })
  )

  it.effect("has given back what it held before it is started again", () =>
    Effect.gen(function* () {
      let open = 0
      let most = 0
      yield* Effect.forkChild(
        supervise(
          "toy",
          Effect.acquireRelease(
            Effect.sync(() => {
              open++
              most = Math.max(most, open)
            }),
            () => Effect.sync(() => void open--)
          ).pipe(Effect.andThen(Effect.fail(gone)))
        )
      )
      yield* minutes
      expect([open, most]).toEqual([0, 1])
    })
  )

  it.effect("stops for good on a damaged log, with the damage", () =>
    Effect.gen(function* () {
      const damage = new DamagedLog({ expected: 3, found: 4, message: "a hole" })
      const toy = yield* watch((starts) => Effect.fail(starts === 1 ? gone : damage))
      yield* minutes
      const exit = yield* Fiber.await(toy.fiber)
      expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toBe(damage)
      expect(toy.starts).toHaveLength(2)
    })
  )

  it.effect("stops when it is told to", () =>
    Effect.gen(function* () {
      const toy = yield* watch(() => Effect.never)
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(toy.fiber)
      yield* minutes
      expect(toy.starts).toHaveLength(1)
    })
  )
})
