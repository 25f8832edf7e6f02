import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TransmitFailed } from "../../../actors/whatsapp/gateway.ts"
import { BackupRestored, DecideJobs, ListHeldJobs } from "../../../contracts/quarantine.ts"
import { FireJob, PauseJob, ResumeJob, SkipJob } from "../../../contracts/schedule-commands.ts"
import { type Agenda, hour, jobId, makeAgenda, minute } from "./agenda.ts"

const by = "operator"
const start = Date.parse("2026-01-01T00:00:00Z")
const twice = { timing: { zone: "UTC", start: "2026-01-01T01:00:00", rule: "FREQ=HOURLY;COUNT=2" } }
/** Longer than it is to the second occurrence, and to when that one is too late. */
const patient = { retries: 1, retryMinutes: 3 * 60 } as const

/** A job whose first message was refused for good, and waits to be tried again. */
const afterRefusal = Effect.fnUntraced(function* (change: Parameters<Agenda["create"]>[1]) {
  let refusals = 1
  const agenda = yield* makeAgenda({}, () =>
    refusals-- > 0
      ? Effect.fail(new TransmitFailed({ gateway: "sandbox", final: true, message: "no" }))
      : Effect.void
  )
  yield* agenda.create(1, { policies: patient, ...change })
  yield* agenda.setsClock(start + hour)
  yield* agenda.passes(minute)
  expect(agenda.named("outbox.failed")).toHaveLength(1)
  return agenda
})

const timesDone = (it: Agenda) => it.named("schedule.completed").length

describe("a job is not done while what was refused waits to be tried again", () => {
  it.effect("though its last occurrence is left out", () =>
    Effect.gen(function* () {
      const it = yield* afterRefusal(twice)
      yield* it.ask(SkipJob, { job: jobId(1), by })
      expect(timesDone(it)).toBe(0)
      yield* it.passes(4 * hour)
      expect(it.texts()).toEqual(["hello"])
      expect(timesDone(it)).toBe(1)
    })
  )

  it.effect("though its last occurrence was missed", () =>
    Effect.gen(function* () {
      const it = yield* afterRefusal(twice)
      yield* it.goesDown
      yield* it.setsClock(start + 3 * hour)
      yield* it.comesUp
      yield* it.passes(minute)
      expect(it.named("schedule.missed")).toHaveLength(1)
      expect(timesDone(it)).toBe(0)
      yield* it.passes(2 * hour)
      expect(it.texts()).toEqual(["hello"])
      expect(timesDone(it)).toBe(1)
      const { fresh, kept } = yield* it.digests
      expect(fresh).toBe(kept)
    })
  )

  it.effect("though everybody got what it was fired for since", () =>
    Effect.gen(function* () {
      const it = yield* afterRefusal({})
      yield* it.ask(FireJob, { job: jobId(1), by })
      yield* it.passes(minute)
      expect(timesDone(it)).toBe(0)
      yield* it.passes(4 * hour)
      expect(it.texts()).toEqual(["hello", "hello"])
      expect(timesDone(it)).toBe(1)
    })
  )
})

describe("a job that came to its end while it was paused", () => {
  it.effect("is done once it is resumed", () =>
    Effect.gen(function* () {
      const it = yield* makeAgenda()
      yield* it.create(1)
      yield* it.ask(PauseJob, { job: jobId(1), by })
      yield* it.setsClock(start + 2 * hour)
      yield* it.passes(minute)
      expect(timesDone(it)).toBe(0)
      expect(yield* it.ask(ResumeJob, { job: jobId(1), by })).toMatchObject({ next: null })
      expect(timesDone(it)).toBe(1)
    })
  )

  it.effect("goes on with what waits to be tried again, and is done then", () =>
    Effect.gen(function* () {
      const it = yield* afterRefusal({})
      yield* it.ask(PauseJob, { job: jobId(1), by })
      yield* it.ask(ResumeJob, { job: jobId(1), by })
      expect(timesDone(it)).toBe(0)
      yield* it.passes(4 * hour)
      expect(it.texts()).toEqual(["hello"])
      expect(timesDone(it)).toBe(1)
    })
  )
})

describe("what waits to be tried again when its log is restored", () => {
  const decides = Effect.fnUntraced(function* (decision: "release" | "drop") {
    const it = yield* afterRefusal({})
    const at = yield* it.now
    yield* it.goesDown
    yield* it.append(BackupRestored({ from: "0123456789ab", upTo: it.events().length, place: "disk", at }))
    yield* it.comesUp
    yield* it.passes(4 * hour)
    expect(it.texts()).toEqual([])
    expect(timesDone(it)).toBe(0)
    const { jobs } = yield* it.ask(ListHeldJobs, {})
    expect(jobs).toEqual([{ job: jobId(1), planned: null, unqueued: 0, refused: 1 }])
    yield* it.ask(DecideJobs, { decision, jobs: [jobId(1)], by })
    yield* it.passes(minute)
    const { fresh, kept } = yield* it.digests
    expect(fresh).toBe(kept)
    return { texts: it.texts(), done: timesDone(it) }
  })

  it.effect("waits for a decision, and is tried again where it is released", () =>
    Effect.gen(function* () {
      expect(yield* decides("release")).toEqual({ texts: ["hello"], done: 1 })
    })
  )

  it.effect("is never sent where it is dropped, and the job is done", () =>
    Effect.gen(function* () {
      expect(yield* decides("drop")).toEqual({ texts: [], done: 1 })
    })
  )
})
