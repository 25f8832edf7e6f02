import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { JobPolicies } from "../../../contracts/schedule.ts"
import { hour, makeAgenda, minute } from "./agenda.ts"

const start = Date.parse("2026-01-01T00:00:00Z")
const half = 30 * minute
const halfHourly = {
  timing: { zone: "UTC", start: "2026-01-01T01:00:00", rule: "FREQ=MINUTELY;INTERVAL=30" }
}

/** What was sent, and what was missed, of a job every half hour while nothing ran from before one to after three. */
const afterBeingDown = Effect.fnUntraced(function* (policies: Partial<JobPolicies>) {
  const agenda = yield* makeAgenda()
  yield* agenda.create(1, { ...halfHourly, policies })
  yield* agenda.goesDown
  yield* agenda.setsClock(start + 3 * hour + 10 * minute)
  yield* agenda.comesUp
  yield* agenda.passes(minute)
  const planned = agenda.named("schedule.fired").map(({ data }) => (data.planned - start) / half)
  const missed = agenda.named("schedule.missed").map(({ data }) => data.count)
  expect(agenda.texts()).toHaveLength(planned.length)
  yield* agenda.setsClock(start + 3 * hour + half)
  yield* agenda.passes(minute)
  expect(agenda.texts()).toHaveLength(planned.length + 1)
  const { fresh, kept } = yield* agenda.digests
  expect(fresh).toBe(kept)
  return { planned, missed }
})

describe("a job whose times passed while everything was down", () => {
  it.effect("sends what is less than a quarter of an hour late, and says what it missed", () =>
    Effect.gen(function* () {
      expect(yield* afterBeingDown({})).toEqual({ planned: [6], missed: [4] })
    })
  )

  it.effect("sends nothing late where it is told to skip", () =>
    Effect.gen(function* () {
      expect(yield* afterBeingDown({ missed: "skip" })).toEqual({ planned: [], missed: [5] })
    })
  )

  it.effect("sends all of them, one after the other, where it is told to", () =>
    Effect.gen(function* () {
      expect(yield* afterBeingDown({ missed: "send-all" })).toEqual({ planned: [2, 3, 4, 5, 6], missed: [] })
    })
  )
})

describe("a clock", () => {
  it.effect("that is set back after a firing has nothing fire twice", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      yield* agenda.create(1, halfHourly)
      yield* agenda.setsClock(start + hour)
      yield* agenda.passes(minute)
      yield* agenda.goesDown
      yield* agenda.setsClock(start + half)
      yield* agenda.comesUp
      yield* agenda.passes(2 * hour)
      const planned = agenda.named("schedule.fired").map(({ data }) => (data.planned - start) / half)
      expect(planned).toEqual([2, 3, 4, 5])
      expect(new Set(agenda.received.map(({ message }) => message.whatsApp)).size).toBe(4)
      expect(agenda.received).toHaveLength(4)
    })
  )
})

describe("a job that was being sent when everything went down", () => {
  it.effect("sends what waited for that, and of the others those that are not too late", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      const timing = { zone: "UTC", start: "2026-01-01T01:00:00", rule: "FREQ=MINUTELY;INTERVAL=5" }
      yield* agenda.create(1, { timing, policies: { overlap: "queue" } })
      yield* agenda.stopsWhatsApp
      yield* agenda.setsClock(start + hour)
      yield* agenda.passes(minute)
      yield* agenda.goesDown
      yield* agenda.setsClock(start + 25 * hour + minute)
      yield* agenda.comesUp
      yield* agenda.passes(minute)
      const five = (moment: number) => (moment - start - hour) / (5 * minute)
      expect(agenda.named("schedule.fired").map(({ data }) => five(data.planned))).toEqual([
        0, 1, 286, 287, 288
      ])
      expect(agenda.named("schedule.missed").map(({ data }) => [five(data.planned), data.count])).toEqual([
        [2, 284]
      ])
      const { fresh, kept } = yield* agenda.digests
      expect(fresh).toBe(kept)
    })
  )
})

describe("an occurrence whose predecessor is still being sent", () => {
  const slow = { overlap: "skip", spreadSeconds: 45 * 60 } as const
  const wanted = Effect.fnUntraced(function* (policies: Partial<JobPolicies>) {
    const agenda = yield* makeAgenda()
    const to = yield* Effect.forEach(["a", "b", "c", "d"], agenda.chat)
    yield* agenda.create(1, { ...halfHourly, to, policies: { ...slow, ...policies } })
    yield* agenda.setsClock(start + hour)
    yield* agenda.passes(2 * hour)
    return {
      fired: agenda.named("schedule.fired").map(({ data }) => (data.planned - start) / half),
      skipped: agenda.named("schedule.skipped").map(({ data }) => (data.planned - start) / half)
    }
  })

  it.effect("is left out, waits for its end, or begins beside it, as the job says", () =>
    Effect.gen(function* () {
      expect(yield* wanted({})).toMatchObject({ fired: [2, 4, 6], skipped: [3, 5] })
      expect((yield* wanted({ overlap: "queue" })).skipped).toEqual([])
      expect((yield* wanted({ overlap: "allow" })).fired).toEqual([2, 3, 4, 5, 6])
    })
  )
})
