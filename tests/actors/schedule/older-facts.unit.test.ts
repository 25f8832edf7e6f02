import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { due } from "../../../actors/schedule/model.ts"
import { ChangeJob } from "../../../contracts/schedule-commands.ts"
import { OccurrenceFired } from "../../../contracts/schedule.ts"
import { hour, jobId, makeAgenda, minute } from "./agenda.ts"

const start = Date.parse("2026-01-01T00:00:00Z")

/** A job that was to fire at one, and was moved to two. */
const moved = Effect.fnUntraced(function* () {
  const agenda = yield* makeAgenda()
  const { sequence: created } = yield* agenda.create(1)
  const asked = yield* agenda.wanted({ timing: { zone: "UTC", start: "2026-01-01T02:00:00" } })
  yield* agenda.ask(ChangeJob, { job: jobId(1), asked, by: "operator" })
  const firesAtTwo = Effect.gen(function* () {
    yield* agenda.setsClock(start + hour)
    yield* agenda.passes(minute)
    expect(agenda.texts()).toEqual([])
    yield* agenda.setsClock(start + 2 * hour)
    yield* agenda.passes(minute)
    expect(agenda.texts()).toEqual(["hello"])
    expect(agenda.named("schedule.fired").map(({ data }) => data.planned)).toEqual([start + 2 * hour])
    const { fresh, kept } = yield* agenda.digests
    expect(fresh).toBe(kept)
  })
  return { ...agenda, created, firesAtTwo }
})

describe("a job that was moved", () => {
  it.effect("is due at its new time and at no other", () =>
    Effect.gen(function* () {
      const agenda = yield* moved()
      expect(
        agenda
          .state()
          .first(due, "", 10)
          .map(([key]) => Number.parseInt(key, 10))
      ).toEqual([start + 2 * hour])
      yield* agenda.firesAtTwo
    })
  )

  it.effect("fires at its new time though what said its old one comes again", () =>
    Effect.gen(function* () {
      const agenda = yield* moved()
      const [older] = agenda.named("schedule.created")
      const { next } = older!.data
      expect(next).toBe(start + hour)
      // Under another id, so that the log takes it.
      const words = { title: "Greeting", messages: [{ text: "hello", delaySeconds: 0 }] } as const
      yield* agenda.append({ type: "schedule.created", data: { ...older!.data, words } })
      yield* agenda.passes(minute)
      yield* agenda.firesAtTwo
    })
  )

  it.effect("refuses a firing at its old time that was decided before and comes late", () =>
    Effect.gen(function* () {
      const agenda = yield* moved()
      const chat = yield* agenda.chat("Ada")
      const fact = OccurrenceFired({
        job: jobId(1),
        planned: start + hour,
        at: start + hour,
        why: "due",
        recipients: [{ chat, gateway: "sandbox" }],
        optedOut: 0,
        parts: 1,
        queued: 1,
        next: null,
        zones: "2026a"
      })
      const entry = { id: "late", fact, expected: agenda.created }
      const refused = yield* Effect.flip(agenda.log.append([entry], { actor: "schedule" }))
      expect(refused).toMatchObject({ _tag: "Conflict", expected: agenda.created })
      yield* agenda.firesAtTwo
    })
  )
})
