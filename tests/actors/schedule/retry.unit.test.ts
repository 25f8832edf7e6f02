import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TransmitFailed } from "../../../actors/whatsapp/gateway.ts"
import { BackupRestored } from "../../../contracts/quarantine.ts"
import { CancelJob, FireJob } from "../../../contracts/schedule-commands.ts"
import { hour, jobId, makeAgenda, minute } from "./agenda.ts"

const start = Date.parse("2026-01-01T00:00:00Z")
const policies = { retries: 2, retryMinutes: 10 } as const

/** A receiver that refuses a text for good so many times. */
const refusing = Effect.fnUntraced(function* (refused: string, times: number) {
  let left = times
  const agenda = yield* makeAgenda({}, ({ text }) =>
    text === refused && left-- > 0
      ? Effect.fail(new TransmitFailed({ gateway: "sandbox", final: true, message: "no" }))
      : Effect.void
  )
  return agenda
})

describe("what was refused for good", () => {
  it.effect("is tried again after the pause, alone, under an id of its own, and the job is done then", () =>
    Effect.gen(function* () {
      const agenda = yield* refusing("two", 1)
      yield* agenda.create(1, { texts: ["one", "two"], policies })
      yield* agenda.setsClock(start + hour)
      yield* agenda.passes(minute)
      expect(agenda.texts()).toEqual(["one"])
      expect(agenda.named("schedule.completed")).toEqual([])
      yield* agenda.restarts
      yield* agenda.passes(5 * minute)
      expect(agenda.texts()).toEqual(["one"])
      yield* agenda.passes(6 * minute)
      expect(agenda.texts()).toEqual(["one", "two"])
      expect(agenda.named("schedule.fired").map(({ data: { retryOf, why } }) => [why, retryOf])).toEqual([
        ["due", undefined],
        ["retry", start + hour]
      ])
      expect(agenda.named("schedule.completed")).toHaveLength(1)
      expect(new Set(agenda.named("outbox.queued").map(({ data }) => data.outbox)).size).toBe(3)
      const { fresh, kept } = yield* agenda.digests
      expect(fresh).toBe(kept)
    })
  )

  it.effect("is tried as often as the job says, and no more", () =>
    Effect.gen(function* () {
      const agenda = yield* refusing("hello", 100)
      yield* agenda.create(1, { policies })
      yield* agenda.setsClock(start + hour)
      yield* agenda.passes(hour)
      expect(agenda.named("schedule.occurrence-finished").map(({ data }) => data.failed)).toEqual([1, 1, 1])
      expect(agenda.named("schedule.completed")).toHaveLength(1)
    })
  )

  it.effect("is not tried again where the job does not say so, or was called off meanwhile", () =>
    Effect.gen(function* () {
      const plain = yield* refusing("hello", 1)
      yield* plain.create(1)
      yield* plain.setsClock(start + hour)
      yield* plain.passes(hour)
      expect(plain.named("schedule.fired")).toHaveLength(1)
      const agenda = yield* refusing("hello", 1)
      yield* agenda.create(1, { policies })
      yield* agenda.setsClock(start + hour)
      yield* agenda.passes(minute)
      expect(yield* agenda.ask(CancelJob, { job: jobId(1), by: "operator" })).toMatchObject({ left: 0 })
      yield* agenda.passes(hour)
      expect(agenda.texts()).toEqual([])
      expect(agenda.named("schedule.fired")).toHaveLength(1)
    })
  )

  it.effect("of a job that is done is not tried again once that is called off", () =>
    Effect.gen(function* () {
      let refuses = false
      const agenda = yield* makeAgenda({}, () =>
        refuses
          ? Effect.fail(new TransmitFailed({ gateway: "sandbox", final: true, message: "no" }))
          : Effect.void
      )
      yield* agenda.create(1, { policies })
      yield* agenda.setsClock(start + hour)
      yield* agenda.passes(minute)
      expect(agenda.named("schedule.completed")).toHaveLength(1)
      refuses = true
      yield* agenda.ask(FireJob, { job: jobId(1), by: "operator" })
      yield* agenda.passes(minute)
      refuses = false
      expect(yield* agenda.ask(CancelJob, { job: jobId(1), by: "operator" })).toMatchObject({ left: 0 })
      yield* agenda.passes(hour)
      expect(agenda.texts()).toEqual(["hello"])
    })
  )

  it.effect("is not tried again after a restore: it may have been, in the moments that were lost", () =>
    Effect.gen(function* () {
      const agenda = yield* refusing("hello", 1)
      yield* agenda.create(1, { policies })
      yield* agenda.setsClock(start + hour)
      yield* agenda.passes(minute)
      yield* agenda.append(BackupRestored(BackupRestored.example as Parameters<typeof BackupRestored>[0]))
      yield* agenda.passes(hour)
      expect(agenda.named("schedule.fired")).toHaveLength(1)
    })
  )
})
