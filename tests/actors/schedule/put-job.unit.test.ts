import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { CancelJob, PutJob } from "../../../contracts/schedule-commands.ts"
import { type Agenda, hour, jobId, makeAgenda, minute } from "./agenda.ts"

const start = Date.parse("2026-01-01T00:00:00Z")
const origin = "older-scheduler"
const job = jobId(1)

/** What another system has. */
const puts = Effect.fnUntraced(function* (agenda: Agenda, text = "hello", dryRun = false) {
  const asked = yield* agenda.wanted({ texts: [text] })
  const wanted = { job, asked, origin, originKind: "message", dryRun, by: "scheduler" } as const
  return (yield* agenda.ask(PutJob, wanted)).outcome
})

const withdraws = (agenda: Agenda) => agenda.ask(CancelJob, { job, origin, by: "scheduler" })

const callsOff = (agenda: Agenda) => agenda.ask(CancelJob, { job, by: "operator" })

describe("a job of another system", () => {
  it.effect("that was not there for a while comes back with it, and is sent once", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      expect(yield* puts(agenda)).toBe("created")
      expect(yield* puts(agenda)).toBe("unchanged")
      yield* withdraws(agenda)
      expect(yield* puts(agenda, "hello", true)).toBe("changed")
      expect(yield* puts(agenda)).toBe("changed")
      expect(yield* puts(agenda)).toBe("unchanged")
      yield* agenda.setsClock(start + hour)
      yield* agenda.passes(minute)
      expect(agenda.texts()).toEqual(["hello"])
      const { fresh, kept } = yield* agenda.digests
      expect(fresh).toBe(kept)
    })
  )

  it.effect("is not sent while it is not there", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      yield* puts(agenda)
      yield* withdraws(agenda)
      yield* agenda.setsClock(start + hour)
      yield* agenda.passes(minute)
      expect(agenda.texts()).toEqual([])
    })
  )

  it.effect("that a person called off stays so, before it is gone there and after", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      yield* puts(agenda)
      yield* withdraws(agenda)
      yield* callsOff(agenda)
      expect(yield* puts(agenda, "again")).toBe("cancelled")
      yield* withdraws(agenda)
      expect(yield* puts(agenda, "again")).toBe("cancelled")
      yield* agenda.setsClock(start + hour)
      yield* agenda.passes(minute)
      expect(agenda.texts()).toEqual([])
    })
  )
})
