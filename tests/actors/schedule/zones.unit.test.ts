import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { BackupRestored, DecideJobs } from "../../../contracts/quarantine.ts"
import { BackfillJob, PauseJob, ResumeJob, SkipJob } from "../../../contracts/schedule-commands.ts"
import type { JobPolicies } from "../../../contracts/schedule.ts"
import { hour, jobId, makeAgenda, minute, zonesAt } from "./agenda.ts"

const by = "operator"
const start = Date.parse("2026-01-01T00:00:00Z")
const day = 24 * hour

const greeting = { timing: { zone: "Ocean/Here", start: "2026-01-01T09:00:00", rule: "FREQ=DAILY" } }

/** A greeting every day at nine where it is two hours later than in UTC, so that the first is at seven. */
const greeted = Effect.fnUntraced(function* (policies: Partial<JobPolicies> = {}) {
  const agenda = yield* makeAgenda()
  agenda.hasZones(zonesAt(2, "a"))
  yield* agenda.restarts
  yield* agenda.create(1, { ...greeting, policies })
  /** Down until then: a clock that moves under running actors wakes them for every half minute of it. */
  const goesOn = Effect.fnUntraced(function* (until: number) {
    yield* agenda.goesDown
    yield* agenda.setsClock(until)
    yield* agenda.comesUp
    yield* agenda.passes(minute / 2)
  })
  return {
    ...agenda,
    goesOn,
    /** The next process has other zones, and starts at this moment. */
    learns: Effect.fnUntraced(function* (hoursAhead: number, version = "b") {
      agenda.hasZones(zonesAt(hoursAhead, version))
      yield* goesOn(yield* agenda.now)
    }),
    planned: () => agenda.named("schedule.fired").map(({ data }) => (data.planned - start) / hour)
  }
})

describe("when the rules of a time zone turn out to be others, an occurrence", () => {
  it.effect("that is still to come moves to where its local time is then", () =>
    Effect.gen(function* () {
      const agenda = yield* greeted()
      yield* agenda.learns(1)
      expect(agenda.named("schedule.replanned").map(({ data }) => data)).toMatchObject([
        { was: start + 7 * hour, next: start + 8 * hour, zones: "b" }
      ])
      yield* agenda.goesOn(start + 7 * hour)
      expect(agenda.texts()).toEqual([])
      yield* agenda.goesOn(start + 8 * hour)
      expect(agenda.planned()).toEqual([8])
      const { fresh, kept } = yield* agenda.digests
      expect(fresh).toBe(kept)
    })
  )

  it.effect("that fired does not come again an hour later", () =>
    Effect.gen(function* () {
      const agenda = yield* greeted()
      yield* agenda.goesOn(start + 7 * hour)
      yield* agenda.learns(1)
      yield* agenda.goesOn(start + 8 * hour)
      expect(agenda.planned()).toEqual([7])
      yield* agenda.goesOn(start + day + 7 * hour)
      expect(agenda.planned()).toEqual([7])
      yield* agenda.goesOn(start + day + 8 * hour)
      expect(agenda.planned()).toEqual([7, 32])
    })
  )

  it.effect(
    "whose moment has passed by these rules is as late as it is, and sent or missed as its job says",
    () =>
      Effect.gen(function* () {
        const late = yield* greeted()
        yield* late.goesOn(start + 6 * hour + 10 * minute)
        yield* late.learns(3)
        expect(late.planned()).toEqual([6])
        const tooLate = yield* greeted()
        yield* tooLate.goesOn(start + 6 * hour + 40 * minute)
        yield* tooLate.learns(3)
        yield* tooLate.goesOn(start + 7 * hour)
        expect(tooLate.planned()).toEqual([])
        expect(tooLate.named("schedule.missed").map(({ data }) => data.count)).toEqual([1])
        yield* tooLate.goesOn(start + day + 6 * hour)
        expect(tooLate.planned()).toEqual([30])
      })
  )

  it.effect("that was left out stays left out, and is made up for once", () =>
    Effect.gen(function* () {
      const agenda = yield* greeted()
      yield* agenda.ask(SkipJob, { job: jobId(1), by })
      yield* agenda.learns(1)
      yield* agenda.goesOn(start + 8 * hour)
      expect(agenda.planned()).toEqual([])
      yield* agenda.goesOn(start + 9 * hour)
      const range = { job: jobId(1), from: start, until: start + 10 * hour, by }
      expect(yield* agenda.ask(BackfillJob, range)).toMatchObject({ fired: 1 })
      yield* agenda.learns(2, "c")
      expect(yield* agenda.ask(BackfillJob, range)).toMatchObject({ fired: 0 })
      expect(agenda.planned()).toEqual([8])
    })
  )

  it.effect("that was dropped after a restore stays dropped", () =>
    Effect.gen(function* () {
      const agenda = yield* greeted({ missed: "send-all" })
      yield* agenda.goesDown
      const at = start + 7 * hour + minute
      yield* agenda.setsClock(at)
      const upTo = agenda.events().length
      yield* agenda.append(BackupRestored({ from: "0123456789ab", upTo, place: "disk", at }))
      yield* agenda.comesUp
      yield* agenda.ask(DecideJobs, { decision: "drop", jobs: [jobId(1)], by })
      yield* agenda.learns(1)
      yield* agenda.goesOn(start + 9 * hour)
      expect(agenda.planned()).toEqual([])
      yield* agenda.goesOn(start + day + 8 * hour)
      expect(agenda.planned()).toEqual([32])
    })
  )

  it.effect("of a job that was paused meanwhile is not said again when it goes on", () =>
    Effect.gen(function* () {
      const agenda = yield* greeted()
      yield* agenda.goesOn(start + 7 * hour)
      yield* agenda.ask(PauseJob, { job: jobId(1), by })
      yield* agenda.learns(1)
      const { next } = yield* agenda.ask(ResumeJob, { job: jobId(1), by })
      expect(next).toBe(start + day + 8 * hour)
    })
  )

  it.effect("is skipped where it is now, not where it was", () =>
    Effect.gen(function* () {
      const agenda = yield* greeted()
      yield* agenda.learns(1)
      expect(yield* agenda.ask(SkipJob, { job: jobId(1), by })).toMatchObject({
        skipped: start + 8 * hour,
        next: start + day + 8 * hour
      })
    })
  )
})

/** Each time some minutes pass, and then the zones are others. */
const changes = fc.array(
  fc.record({
    minutes: fc.integer({ min: 0, max: 30 * 60 }),
    halfHoursAhead: fc.integer({ min: -4, max: 8 })
  }),
  { minLength: 1, maxLength: 6 }
)

/** The days, from the first on, whose greeting was sent. */
const greetedDays = (all: ReadonlyArray<{ readonly minutes: number; readonly halfHoursAhead: number }>) =>
  Effect.gen(function* () {
    const agenda = yield* greeted({ missed: "send-all" })
    for (const [index, { halfHoursAhead, minutes }] of all.entries()) {
      yield* agenda.goesOn((yield* agenda.now) + minutes * minute)
      yield* agenda.learns(halfHoursAhead / 2, `v${index}`)
    }
    yield* agenda.goesOn((yield* agenda.now) + 2 * day)
    return agenda.named("schedule.fired").map(({ data }) => data.dealtWith!.slice(0, 10))
  })

const world = Layer.mergeAll(TestClock.layer(), Logger.layer([]))

it("each local time happens once, in its order, however the zones change", async () => {
  await fc.assert(
    fc.asyncProperty(changes, async (all) => {
      const days = await Effect.runPromise(greetedDays(all).pipe(Effect.scoped, Effect.provide(world)))
      expect(days.length).toBeGreaterThan(0)
      expect(days).toEqual(days.map((_, index) => new Date(start + index * day).toISOString().slice(0, 10)))
    }),
    { numRuns: 8 }
  )
}, 120_000)
