import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  BackupRestored,
  DecideJobs,
  ListHeldJobs,
  type QuarantineDecision
} from "../../../contracts/quarantine.ts"
import { hour, jobId, makeAgenda, minute } from "./agenda.ts"

const start = Date.parse("2026-01-01T00:00:00Z")
const hourly = { timing: { zone: "UTC", start: "2026-01-01T01:00:00", rule: "FREQ=HOURLY" } }

/** A job every hour, restored five minutes after its first occurrence came due, of which nothing is known. */
const afterRestore = Effect.gen(function* () {
  const agenda = yield* makeAgenda()
  yield* agenda.create(1, hourly)
  yield* agenda.goesDown
  const at = start + hour + 5 * minute
  yield* agenda.setsClock(at)
  yield* agenda.append(
    BackupRestored({ from: "0123456789ab", upTo: agenda.events().length, place: "disk", at })
  )
  yield* agenda.comesUp
  yield* agenda.passes(minute)
  return agenda
})

const decides = Effect.fnUntraced(function* (decision: QuarantineDecision) {
  const agenda = yield* afterRestore
  expect(agenda.texts()).toEqual([])
  const { jobs } = yield* agenda.ask(ListHeldJobs, {})
  expect(jobs).toEqual([{ job: jobId(1), planned: start + hour, unqueued: 0, refused: 0 }])
  const { decided } = yield* agenda.ask(DecideJobs, { decision, jobs: [jobId(1)], by: "operator" })
  expect(decided).toBe(1)
  yield* agenda.passes(minute)
  const atOnce = agenda.texts().length
  yield* agenda.setsClock(start + 2 * hour)
  yield* agenda.passes(minute)
  const { fresh, kept } = yield* agenda.digests
  expect(fresh).toBe(kept)
  return { atOnce, anHourLater: agenda.texts().length }
})

describe("a job that had come due when its log was restored", () => {
  it.effect("waits for a decision, and goes on as its policies say where it is released", () =>
    Effect.gen(function* () {
      expect(yield* decides("release")).toEqual({ atOnce: 1, anHourLater: 2 })
    })
  )

  it.effect("leaves out what had come due where that is dropped, and fires the next time", () =>
    Effect.gen(function* () {
      expect(yield* decides("drop")).toEqual({ atOnce: 0, anHourLater: 1 })
    })
  )
})
