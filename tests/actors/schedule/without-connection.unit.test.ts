import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { BackupRestored, DecideMessages } from "../../../contracts/quarantine.ts"
import type { JobPolicies } from "../../../contracts/schedule.ts"
import { FireJob } from "../../../contracts/schedule-commands.ts"
import { SessionClosed, SessionLoggedOut, SessionOpened } from "../../../contracts/session.ts"
import { type Agenda, hour, jobId, makeAgenda, minute } from "./agenda.ts"

const start = Date.parse("2026-01-01T00:00:00Z")
const recipients = [{ number: "+491700000001" }] as const

const goes = Effect.fnUntraced(function* (agenda: Agenda, moment: number) {
  yield* agenda.setsClock(moment)
  yield* agenda.passes(minute / 6)
})

/** Connected from midnight on; an hour later a job fires to a number, which nobody sends before the connection is back. */
const waiting = Effect.fnUntraced(function* (closedAt: number, policies: Partial<JobPolicies>) {
  const agenda = yield* makeAgenda()
  yield* agenda.append(SessionOpened({ epoch: 1, attempts: 1, downMillis: 0 }))
  yield* agenda.create(1, { recipients, policies })
  yield* agenda.stopsWhatsApp
  for (const at of [start + hour, closedAt].toSorted((a, b) => a - b)) {
    yield* goes(agenda, at)
    if (at === closedAt) yield* agenda.append(SessionClosed({ cause: "transient", code: 408 }))
  }
  return agenda
})

/** What becomes of it once the connection is back, at this moment. */
const opens = Effect.fnUntraced(function* (agenda: Agenda, at: number) {
  yield* goes(agenda, at)
  yield* agenda.append(SessionOpened({ epoch: 1, attempts: 9, downMillis: 0 }))
  yield* agenda.startsWhatsApp
  yield* agenda.passes(minute)
  const { fresh, kept } = yield* agenda.digests
  expect(fresh).toBe(kept)
  return {
    sent: agenda.received.length,
    cancelled: agenda.named("outbox.cancelled").map(({ data }) => data.reason)
  }
})

const sent = { sent: 1, cancelled: [] }
const tooLate = { sent: 0, cancelled: ["too-late"] }
const before = start + hour - 10 * minute
const after = start + hour + 5 * minute

describe("a message that came due while there was no connection", () => {
  it.effect.each([
    ["leaves when that is back before it is too late", before, 10 * minute, {}, sent],
    ["does not leave when that is back too late", before, 16 * minute, {}, tooLate],
    ["may be as late as its job says", before, 59 * minute, { lateMinutes: 60 }, sent],
    ["leaves however late where its job sends all", before, 100 * hour, { missed: "send-all" }, sent],
    ["leaves however late where it came due before, and waited its turn", after, 100 * hour, {}, sent]
  ] as const)("%s", ([, closedAt, late, policies, outcome]) =>
    Effect.gen(function* () {
      const agenda = yield* waiting(closedAt, policies)
      expect(yield* opens(agenda, start + hour + late)).toEqual(outcome)
      const [finished] = agenda.named("schedule.occurrence-finished")
      expect(finished?.data).toMatchObject({ sent: outcome.sent, cancelled: outcome.cancelled.length })
    })
  )

  it.effect("does not leave once a number is linked again, days after it was unlinked", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      yield* agenda.append(SessionOpened({ epoch: 1, attempts: 1, downMillis: 0 }))
      yield* agenda.create(1, { recipients })
      yield* agenda.append(SessionLoggedOut({ by: "whatsapp", code: 401 }))
      yield* agenda.stopsWhatsApp
      yield* goes(agenda, start + hour)
      expect(yield* opens(agenda, start + 72 * hour)).toEqual(tooLate)
    })
  )

  it.effect("leaves however late where a person released it after a restore", () =>
    Effect.gen(function* () {
      const agenda = yield* waiting(before, {})
      const at = start + 3 * hour
      yield* goes(agenda, at)
      const upTo = agenda.events().length
      yield* agenda.append(BackupRestored({ from: "0123456789ab", upTo, place: "disk", at }))
      expect(yield* opens(agenda, at)).toEqual({ sent: 0, cancelled: [] })
      const outboxes = agenda.named("outbox.queued").map(({ data }) => data.outbox)
      yield* agenda.ask(DecideMessages, { decision: "release", outboxes, by: "operator" })
      yield* agenda.passes(minute)
      expect(agenda.texts()).toEqual(["hello"])
    })
  )

  it.effect("leaves however late where somebody asked for it then", () =>
    Effect.gen(function* () {
      const agenda = yield* waiting(before, {})
      yield* agenda.ask(FireJob, { job: jobId(1), by: "operator" })
      expect(yield* opens(agenda, start + 72 * hour)).toEqual({ sent: 1, cancelled: ["too-late"] })
    })
  )
})
