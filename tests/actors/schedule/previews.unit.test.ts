/** What a job is shown to come to is what fires, on a clock that goes through all of it. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { CreateJob, PreviewTiming } from "../../../contracts/schedule-commands.ts"
import type { Timing } from "../../../contracts/schedule.ts"
import { jobId, makeAgenda } from "./agenda.ts"
import { onSettableClock } from "./settable-clock.ts"

/** How often it is tried; more by `WADJET_PROPERTY_RUNS`. */
const runs = Number(process.env["WADJET_PROPERTY_RUNS"] ?? 10)
/** How many occurrences are gone through. */
const shownMax = 5
/** The clock is put forward to so long before each, and goes on by itself from there. */
const beforeMillis = 40_000
const second = 1_000

const zones = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/Sao_Paulo",
  "Africa/Casablanca",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Pacific/Apia"
]

const digits = (value: number) => String(value).padStart(2, "0")

/** Hours in which clocks are changed are as likely as all others. */
const hours = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 23 }))
const minutes = fc.constantFrom(0, 15, 30, 59)

const starts = fc
  .tuple(
    fc.constantFrom("2026-03-07", "2026-03-28", "2026-10-24", "2026-10-31", "2026-04-04", "2027-02-28"),
    hours,
    minutes
  )
  .map(([day, hour, minute]) => `${day}T${digits(hour)}:${digits(minute)}:00`)

const rules = fc.oneof(
  fc
    .record({ freq: fc.constantFrom("HOURLY", "DAILY"), interval: fc.integer({ min: 1, max: 7 }) })
    .map(({ freq, interval }) => `FREQ=${freq};INTERVAL=${interval}`),
  fc.integer({ min: 10, max: 90 }).map((interval) => `FREQ=MINUTELY;INTERVAL=${interval}`),
  fc
    .subarray(["MO", "TU", "WE", "TH", "FR", "SA", "SU"], { minLength: 1 })
    .map((days) => `FREQ=WEEKLY;BYDAY=${days.join(",")}`),
  fc.constantFrom("1SU", "-1SU", "-1FR", "5MO").map((day) => `FREQ=MONTHLY;BYDAY=${day}`),
  fc.integer({ min: -3, max: 31 }).map((day) => `FREQ=MONTHLY;BYMONTHDAY=${day === 0 ? -1 : day}`),
  fc.constant("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
  fc.integer({ min: 1, max: 4 }).map((count) => `FREQ=DAILY;COUNT=${count}`)
)

const crons = fc
  .record({
    minute: minutes,
    hour: fc.oneof(hours.map(String), fc.constantFrom("*", "*/2", "0-3")),
    day: fc.constantFrom("*", "1,15", "L"),
    weekday: fc.constantFrom("*", "1-5", "SUN", "MON#1")
  })
  .map(({ day, hour, minute, weekday }) => `${minute} ${hour} ${day} * ${weekday}`)

const timings: fc.Arbitrary<Timing> = fc
  .tuple(
    fc.constantFrom(...zones),
    fc.oneof(
      starts.map((start) => ({ start })),
      fc.record({ start: starts, rule: rules }),
      crons.map((rule) => ({ rule }))
    )
  )
  .map(([zone, timing]) => ({ zone, ...timing }))

/** What is shown, what fired until the last of it, and whether the job was done then. */
const shownAndFired = (timing: Timing) =>
  onSettableClock((setBy) =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      const from = yield* agenda.now
      const { occurrences } = yield* agenda.ask(PreviewTiming, { timing, from, count: shownMax })
      const shown = occurrences.map(({ at }) => at)
      const asked = yield* agenda.wanted({ timing, policies: { missed: "send-all" } })
      yield* agenda.ask(CreateJob, { job: jobId(1), asked, by: "operator" })
      const fired = () => agenda.named("schedule.fired").map(({ data }) => data.planned)
      const early: Array<number> = []
      for (const [index, at] of shown.entries()) {
        const ahead = at - (yield* agenda.now)
        if (ahead > beforeMillis) setBy(ahead - beforeMillis)
        yield* agenda.passes(Math.max(0, at - second - (yield* agenda.now)))
        if (fired().length > index) early.push(at)
        yield* agenda.passes(2 * second)
      }
      const isDone = agenda.named("schedule.completed").length === 1
      return { shown, early, fired: fired(), isDone, hasMore: shown.length === shownMax }
    })
  )

describe("a preview", () => {
  it.effect(
    "is what fires, each at its moment and nothing between, of jobs that happen once, by a rule or by cron, in any zone",
    () =>
      Effect.promise(() =>
        fc.assert(
          fc.asyncProperty(timings, async (timing) => {
            const run = await Effect.runPromise(
              Effect.scoped(Effect.provide(shownAndFired(timing), TestClock.layer()))
            )
            expect(run.shown.length).toBeGreaterThan(0)
            expect(run.fired).toEqual(run.shown)
            expect(run.early).toEqual([])
            if (!run.hasMore) expect(run.isDone).toBe(true)
          }),
          { numRuns: runs }
        )
      ),
    120_000
  )
})
