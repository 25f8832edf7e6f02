import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { JobPolicies } from "../../../contracts/schedule.ts"
import { PauseJob, ResumeJob } from "../../../contracts/schedule-commands.ts"
import { type Agenda, hour, jobId, makeAgenda, minute } from "./agenda.ts"
import { onSettableClock } from "./settable-clock.ts"

const by = "operator"
const start = Date.parse("2026-01-01T00:00:00Z")
const half = 30 * minute
const day = 24 * hour
const year = 365 * day
const halfHourly = {
  timing: { zone: "UTC", start: "2026-01-01T01:00:00", rule: "FREQ=MINUTELY;INTERVAL=30" }
}
const daily = { timing: { zone: "UTC", start: "2026-01-01T01:00:00", rule: "FREQ=DAILY" } }

const fired = (agenda: Agenda, unit: number) =>
  agenda.named("schedule.fired").map(({ data }) => (data.planned - start) / unit)
const missed = (agenda: Agenda) => agenda.named("schedule.missed").map(({ data }) => data.count)

/** Each firing is one message, under an id of its own, and a fold of the whole log says the same. */
const onceEach = Effect.fnUntraced(function* (agenda: Agenda) {
  const ids = agenda.received.map(({ message }) => message.whatsApp)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toHaveLength(agenda.named("schedule.fired").length)
  const { fresh, kept } = yield* agenda.digests
  expect(fresh).toBe(kept)
})

describe("a clock that is set while jobs wait", () => {
  it.effect("forward by a day has its occurrences be missed, and the next one be on time", () =>
    onSettableClock((setBy) =>
      Effect.gen(function* () {
        const agenda = yield* makeAgenda()
        yield* agenda.create(1, halfHourly)
        yield* agenda.passes(50 * minute)
        setBy(day)
        yield* agenda.passes(minute)
        // From one o'clock to half past midnight on the next day, which is twenty minutes late by now.
        expect(missed(agenda)).toEqual([48])
        expect(fired(agenda, half)).toEqual([])
        yield* agenda.passes(10 * minute)
        expect(fired(agenda, half)).toEqual([50])
        yield* onceEach(agenda)
      })
    )
  )

  it.effect("forward by a day sends all of them late where they are not to be missed", () =>
    onSettableClock((setBy) =>
      Effect.gen(function* () {
        const agenda = yield* makeAgenda()
        yield* agenda.create(1, { ...daily, policies: { missed: "send-all" } })
        yield* agenda.passes(minute)
        setBy(3 * day)
        yield* agenda.passes(minute)
        expect(fired(agenda, day).map(Math.floor)).toEqual([0, 1, 2])
        expect(missed(agenda)).toEqual([])
        yield* onceEach(agenda)
      })
    )
  )

  it.effect(
    "forward by a year and right again has nothing fire twice, and a job goes on from now once it is resumed",
    () =>
      onSettableClock((setBy) =>
        Effect.gen(function* () {
          const agenda = yield* makeAgenda()
          yield* agenda.create(1, daily)
          yield* agenda.passes(hour + minute)
          expect(fired(agenda, day).map(Math.floor)).toEqual([0])
          setBy(year + 2 * hour)
          yield* agenda.passes(minute)
          expect(missed(agenda)).toEqual([365])
          setBy(-year - 2 * hour)
          yield* agenda.passes(minute)
          setBy(day)
          yield* agenda.passes(minute)
          expect(fired(agenda, day)).toHaveLength(1)
          yield* agenda.ask(PauseJob, { job: jobId(1), by })
          const { next } = yield* agenda.ask(ResumeJob, { job: jobId(1), by })
          expect(next).toBe(start + 2 * day + hour)
          setBy(day)
          yield* agenda.passes(minute)
          expect(fired(agenda, day).map(Math.floor)).toEqual([0, 2])
          yield* onceEach(agenda)
        })
      )
  )

  it.effect("back by an hour, across an occurrence that fired, has the next one fire and not that one", () =>
    onSettableClock((setBy) =>
      Effect.gen(function* () {
        const agenda = yield* makeAgenda()
        yield* agenda.create(1, halfHourly)
        yield* agenda.passes(hour + 5 * minute)
        expect(fired(agenda, half)).toEqual([2])
        setBy(-hour)
        yield* agenda.passes(hour + 10 * minute)
        expect(fired(agenda, half)).toEqual([2])
        yield* agenda.passes(20 * minute)
        expect(fired(agenda, half)).toEqual([2, 3])
        yield* onceEach(agenda)
      })
    )
  )

  it.effect("back by an hour before an occurrence has it fire when the clock comes there", () =>
    onSettableClock((setBy) =>
      Effect.gen(function* () {
        const agenda = yield* makeAgenda()
        yield* agenda.create(1)
        yield* agenda.passes(hour - minute)
        setBy(-hour)
        yield* agenda.passes(hour)
        expect(agenda.texts()).toEqual([])
        yield* agenda.passes(2 * minute)
        expect(fired(agenda, hour)).toEqual([1])
        yield* onceEach(agenda)
      })
    )
  )
})

/** Whether something that was to be sent once is sent where the system comes up so long after. */
const sentAfter = Effect.fnUntraced(function* (lateMillis: number, policies: Partial<JobPolicies>) {
  const agenda = yield* makeAgenda()
  yield* agenda.create(1, { policies })
  yield* agenda.goesDown
  yield* agenda.setsClock(start + hour + lateMillis)
  yield* agenda.comesUp
  yield* agenda.passes(minute / 6)
  expect(agenda.named("schedule.completed")).toHaveLength(1)
  expect(agenda.received).toHaveLength(fired(agenda, hour).length)
  return { sent: agenda.received.length, missed: missed(agenda).length }
})

describe("a message whose moment passed while everything was down", () => {
  const second = 1_000
  const sent = { sent: 1, missed: 0 }
  const isMissed = { sent: 0, missed: 1 }
  it.effect.each([
    ["ten seconds before it is too late", 15 * minute - 10 * second, {}, sent],
    ["once it is too late", 15 * minute, {}, isMissed],
    ["less than an hour late", hour - 10 * second, { lateMinutes: 60 }, sent],
    ["an hour late", hour, { lateMinutes: 60 }, isMissed],
    ["within the minute that counts as on time", 50 * second, { missed: "skip" }, sent],
    ["after that minute", minute, { missed: "skip" }, isMissed],
    ["a year late", year, { missed: "send-all" }, sent]
  ] as const)("is sent or missed as its job says: %s", ([, late, policies, outcome]) =>
    Effect.gen(function* () {
      expect(yield* sentAfter(late, policies)).toEqual(outcome)
    })
  )
})
