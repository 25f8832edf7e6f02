/** Whether the system is ready, by a log and a projector that do as a test says, and a clock that it moves. */
import { tmpdir } from "node:os"
import { expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { healthOf, type Vitals } from "../../../actors/operator/health.ts"
import { type EventLogService, LogUnavailable } from "../../../infra/event-log/event-log.ts"

const building = { done: 1, total: 9, perSecond: 1, secondsLeft: 8 }

type Standing = NonNullable<Vitals["projector"]>

/** A projector that folded up to a sequence and then stands still. */
const standing = (at: number, more: Partial<Standing> = {}): Standing => ({
  position: () => at,
  reached: (sequence) => (sequence <= at ? Effect.void : Effect.never),
  building: () => undefined,
  ...more
})

const ended = (last: number) => ({ last: Effect.succeed(last) }) as unknown as EventLogService

const report = (log: EventLogService, projector: Standing | undefined) =>
  Effect.gen(function* () {
    const durability = { ok: true, detail: "" }
    const asked = yield* Effect.forkScoped(healthOf({ log, projector, dataFolder: tmpdir(), durability }))
    // The disk is asked for by the real clock; until it has answered, the time of the test passes for nothing.
    while (asked.pollUnsafe() === undefined) {
      yield* TestClock.adjust("1 second")
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    }
    const { checks, ready } = yield* Fiber.join(asked)
    return { ready, projector: checks.find(({ name }) => name === "projector") }
  })

it.effect("is ready where everything is folded, though nothing is to be folded any more", () =>
  Effect.gen(function* () {
    const { projector, ready } = yield* report(ended(7), standing(7))
    expect(ready).toBe(true)
    expect(projector).toMatchObject({ ok: true, detail: "0 events behind, at sequence 7" })
    expect((yield* report(ended(0), standing(0))).ready).toBe(true)
  })
)

it.effect("is not ready where the projector stands still, however little it is behind", () =>
  Effect.gen(function* () {
    const { projector, ready } = yield* report(ended(8), standing(7))
    expect(ready).toBe(false)
    expect(projector?.detail).toBe("stands still: 1 events behind, at sequence 7, nothing folded for 2 s")
  })
)

it.effect("is ready where the projector goes on, and is not too far behind", () =>
  Effect.gen(function* () {
    const going = standing(7, { reached: () => Effect.delay(Effect.void, "1 second") })
    expect(yield* report(ended(90_000), going)).toMatchObject({
      ready: true,
      projector: { detail: "89993 events behind, at sequence 7" }
    })
    expect((yield* report(ended(200_000), going)).ready).toBe(false)
  })
)

it.effect("is ready with read models that stand still while others are folded beside them", () =>
  Effect.gen(function* () {
    expect((yield* report(ended(8), standing(7, { building: () => building }))).ready).toBe(true)
  })
)

it.effect("is not ready where the log does not answer, and says nothing of the projector then", () =>
  Effect.gen(function* () {
    const silent = { last: Effect.never } as unknown as EventLogService
    expect((yield* report(silent, standing(7))).ready).toBe(false)
    const last = Effect.fail(new LogUnavailable({ operation: "show its end", message: "gone" }))
    const { projector, ready } = yield* report({ last } as unknown as EventLogService, standing(7))
    expect([ready, projector?.detail]).toEqual([false, "at sequence 7; where the log ends is not known"])
    expect((yield* report(ended(8), undefined)).projector).toBeUndefined()
  })
)
