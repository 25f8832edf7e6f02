import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  BackfillJob,
  CancelJob,
  ChangeJob,
  CreateJob,
  FireJob,
  PauseJob,
  PreviewTiming,
  ResumeJob,
  SkipJob
} from "../../../contracts/schedule-commands.ts"
import { OptOutContact } from "../../../contracts/contact.ts"
import { until } from "../../infra/actor/world.ts"
import { contactId, hour, jobId, makeAgenda, minute } from "./agenda.ts"

const by = "operator"
const start = Date.parse("2026-01-01T00:00:00Z")
const hourly = { timing: { zone: "UTC", start: "2026-01-01T01:00:00", rule: "FREQ=HOURLY" } }

describe("a job", () => {
  it.effect("that happens once is sent at its moment and not before, and is done then", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      const { next } = yield* agenda.create(1)
      expect(next).toBe(start + hour)
      yield* agenda.setsClock(start + hour - 1)
      yield* agenda.passes(0)
      expect(agenda.texts()).toEqual([])
      yield* agenda.passes(minute)
      expect(agenda.texts()).toEqual(["hello"])
      expect(agenda.received[0]!.at).toBeLessThan(start + hour + 1_000)
      expect(agenda.named("schedule.occurrence-finished").map(({ data }) => data.sent)).toEqual([1])
      expect(agenda.named("schedule.completed")).toHaveLength(1)
      const { fresh, kept } = yield* agenda.digests
      expect(fresh).toBe(kept)
    })
  )

  it.effect(
    "says the name of whoever it goes to, and what the field falls back to where nobody is known",
    () =>
      Effect.gen(function* () {
        const agenda = yield* makeAgenda()
        yield* agenda.saves(1, "Ada", { tags: ["Family"] })
        yield* agenda.saves(2, "Bob", { tags: ["family", "work"] })
        yield* agenda.saves(3, "Cem", { tags: ["family"] })
        yield* agenda.ask(OptOutContact, { contact: contactId(3), out: true, by })
        const chat = yield* agenda.chat("Club")
        yield* agenda.create(1, {
          texts: ["Hi {{contact.name|all}}", "and {{ contact.name }}!"],
          recipients: [{ tag: "FAMILY" }, { number: "+491700000001" }, { chat }]
        })
        yield* agenda.setsClock(start + hour)
        yield* agenda.passes(minute)
        expect(agenda.texts().toSorted()).toEqual([
          "Hi Ada",
          "Hi Bob",
          "Hi all",
          "and !",
          "and Ada!",
          "and Bob!"
        ])
        expect(agenda.named("schedule.fired")[0]!.data.optedOut).toBe(1)
      })
  )

  it.effect("with a field that there is none of is refused, and so is a time that has passed", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      const field = yield* Effect.flip(agenda.create(1, { texts: ["Hi {{contact.shoesize}}"] }))
      expect(field).toMatchObject({
        reason: "invalid",
        message: expect.stringContaining("shoesize") as string
      })
      for (const text of ["Hi {{contact.name", "Hi contact.name}}", "Hi {{contact.name|{{x}}"]) {
        const unclosed = yield* Effect.flip(agenda.create(1, { texts: [text] }))
        expect(unclosed).toMatchObject({ reason: "invalid" })
      }
      const past = yield* Effect.flip(
        agenda.create(1, { timing: { zone: "UTC", start: "2025-12-31T23:00:00" } })
      )
      expect(past).toMatchObject({ reason: "invalid", message: expect.stringContaining("passed") as string })
      const zone = yield* Effect.flip(
        agenda.create(1, { timing: { zone: "Moon/Tycho", start: "2026-02-01T00:00:00" } })
      )
      expect(zone).toMatchObject({
        reason: "invalid",
        message: expect.stringContaining("Moon/Tycho") as string
      })
    })
  )

  it.effect("asked for twice under one request is one job, and another under its id is refused", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      const asked = yield* agenda.wanted()
      const request = { job: jobId(1), asked, by }
      const first = yield* agenda.ask(CreateJob, request, "one")
      expect(yield* agenda.ask(CreateJob, request, "one")).toEqual(first)
      const refused = yield* Effect.flip(agenda.ask(CreateJob, request, "another"))
      expect(refused).toMatchObject({ reason: "already-done" })
      expect(agenda.named("schedule.created")).toHaveLength(1)
    })
  )

  it.effect("that is changed says the new words at the new time, unless somebody changed it before", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      const { sequence: expected } = yield* agenda.create(1)
      const asked = yield* agenda.wanted({
        texts: ["later"],
        timing: { zone: "UTC", start: "2026-01-01T02:00:00" }
      })
      yield* agenda.ask(ChangeJob, { job: jobId(1), asked, expected, by })
      const late = yield* Effect.flip(agenda.ask(ChangeJob, { job: jobId(1), asked, expected, by }))
      expect(late).toMatchObject({ reason: "changed" })
      yield* agenda.setsClock(start + hour)
      yield* agenda.passes(minute)
      expect(agenda.texts()).toEqual([])
      yield* agenda.setsClock(start + 2 * hour)
      yield* agenda.passes(minute)
      expect(agenda.texts()).toEqual(["later"])
    })
  )

  it.effect("that is paused sends nothing, and goes on with what comes after it is resumed", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      yield* agenda.create(1, hourly)
      yield* agenda.ask(PauseJob, { job: jobId(1), by })
      yield* agenda.setsClock(start + 2 * hour + minute)
      yield* agenda.passes(minute)
      expect(agenda.texts()).toEqual([])
      const { next } = yield* agenda.ask(ResumeJob, { job: jobId(1), by })
      expect(next).toBe(start + 3 * hour)
      yield* agenda.setsClock(start + 3 * hour)
      yield* agenda.passes(minute)
      expect(agenda.texts()).toEqual(["hello"])
    })
  )

  it.effect(
    "leaves out the occurrence that is skipped, and fires beside its times when asked to, once per request",
    () =>
      Effect.gen(function* () {
        const agenda = yield* makeAgenda()
        yield* agenda.create(1, hourly)
        expect(yield* agenda.ask(SkipJob, { job: jobId(1), by })).toMatchObject({
          skipped: start + hour,
          next: start + 2 * hour
        })
        yield* agenda.setsClock(start + hour)
        yield* agenda.passes(minute)
        expect(agenda.texts()).toEqual([])
        yield* agenda.stopsWhatsApp
        yield* agenda.ask(FireJob, { job: jobId(1), by }, "now")
        yield* agenda.ask(FireJob, { job: jobId(1), by }, "now")
        yield* agenda.startsWhatsApp
        yield* agenda.passes(minute)
        expect(agenda.texts()).toEqual(["hello"])
        const late = yield* Effect.flip(agenda.ask(SkipJob, { job: jobId(1), planned: start + hour, by }))
        expect(late).toMatchObject({ reason: "changed" })
      })
  )

  it.effect("makes up for what was left out between two moments, and for nothing twice", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      yield* agenda.create(1, hourly)
      yield* agenda.ask(PauseJob, { job: jobId(1), by })
      yield* agenda.setsClock(start + 4 * hour + minute)
      yield* agenda.passes(minute)
      yield* agenda.ask(ResumeJob, { job: jobId(1), by })
      const range = { job: jobId(1), from: start, until: start + 3 * hour, by }
      expect(yield* agenda.ask(BackfillJob, range)).toMatchObject({ fired: 2 })
      expect(yield* agenda.ask(BackfillJob, range)).toMatchObject({ fired: 0, sequence: 0 })
      yield* agenda.passes(minute)
      expect(agenda.texts()).toEqual(["hello", "hello"])
      expect(new Set(agenda.received.map(({ message }) => message.whatsApp)).size).toBe(2)
    })
  )

  it.effect("is shown beforehand as it fires, with what is odd about a time", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      const timing = { zone: "Europe/Berlin", start: "2026-03-28T02:30:00", rule: "FREQ=DAILY;COUNT=3" }
      const { occurrences } = yield* agenda.ask(PreviewTiming, { timing, from: start, count: 5 })
      expect(occurrences.map(({ at, local }) => [new Date(at).toISOString(), local])).toEqual([
        ["2026-03-28T01:30:00.000Z", "2026-03-28T02:30:00"],
        ["2026-03-29T01:30:00.000Z", "2026-03-29T03:30:00"],
        ["2026-03-30T00:30:00.000Z", "2026-03-30T02:30:00"]
      ])
      expect(occurrences[1]!.note).toContain("does not exist")
      yield* agenda.create(1, { timing })
      for (const { at } of occurrences) {
        yield* agenda.goesDown
        yield* agenda.setsClock(at)
        yield* agenda.comesUp
        yield* agenda.passes(minute)
      }
      expect(agenda.named("schedule.fired").map(({ data }) => data.planned)).toEqual(
        occurrences.map(({ at }) => at)
      )
    })
  )

  it.effect("of hundreds of messages is handed over piece by piece, each once, in order within a chat", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      const to = yield* Effect.forEach(Array.from({ length: 105 }), (_, index) =>
        agenda.chat(`chat ${index}`)
      )
      yield* agenda.create(1, { to, texts: ["one", "two"] })
      yield* agenda.setsClock(start + hour)
      yield* until("it is finished", () => agenda.named("schedule.occurrence-finished").length === 1)
      expect(agenda.received).toHaveLength(210)
      expect(new Set(agenda.received.map(({ message }) => message.whatsApp)).size).toBe(210)
      for (const chat of to)
        expect(
          agenda.received.filter(({ message }) => message.chat === chat).map(({ message }) => message.text)
        ).toEqual(["one", "two"])
      expect(agenda.named("schedule.handed-over").map(({ data }) => data.queued)).toEqual([210])
    })
  )

  it.effect("is cancelled with an answer that says how many had left, and is not sent after it", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      const to = yield* Effect.forEach(Array.from({ length: 10 }), (_, index) => agenda.chat(`chat ${index}`))
      yield* agenda.create(1, { to, policies: { spreadSeconds: 600 } })
      yield* agenda.setsClock(start + hour)
      yield* agenda.passes(5 * minute)
      const before = agenda.received.length
      expect(before).toBeGreaterThan(0)
      expect(before).toBeLessThan(10)
      const cancelled = yield* agenda.ask(CancelJob, { job: jobId(1), by })
      expect(cancelled).toMatchObject({ left: before, of: 10 })
      yield* agenda.passes(hour)
      expect(agenda.received).toHaveLength(before)
      const again = yield* agenda.ask(CancelJob, { job: jobId(1), by })
      expect(again).toMatchObject({ left: before, of: 10 })
      expect(agenda.named("schedule.occurrence-finished").map(({ data }) => data.cancelled)).toEqual([
        10 - before
      ])
    })
  )
})
