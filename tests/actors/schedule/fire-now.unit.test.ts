import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  CancelJob,
  FireJob,
  knownRequestsMax,
  namedMessagesMax
} from "../../../contracts/schedule-commands.ts"
import { jobId, makeAgenda, minute } from "./agenda.ts"

const by = "operator"
const start = Date.parse("2026-01-01T00:00:00Z")

describe("a job that is fired now", () => {
  it.effect(
    "is answered with the ids of its messages, which are those that leave, also when asked again",
    () =>
      Effect.gen(function* () {
        const agenda = yield* makeAgenda()
        const to = [yield* agenda.chat("Ada"), yield* agenda.chat("Bob")]
        yield* agenda.create(1, { to, texts: ["one", "two"] })
        const first = yield* agenda.ask(FireJob, { job: jobId(1), by }, "now")
        expect(first.messages).toBe(4)
        expect(first.named.map(({ chat, part }) => [chat, part])).toEqual(
          to.flatMap((chat) => [0, 1].map((part) => [chat, part]))
        )
        yield* agenda.passes(minute)
        const left = agenda.received.map(({ message: { whatsApp } }) => whatsApp)
        expect(left.toSorted()).toEqual(first.named.map(({ whatsApp }) => whatsApp as string).toSorted())
        const again = yield* agenda.ask(FireJob, { job: jobId(1), by }, "now")
        expect(again).toMatchObject({ planned: first.planned, messages: 4, named: first.named })
        yield* agenda.restarts
        expect((yield* agenda.ask(FireJob, { job: jobId(1), by }, "now")).named).toEqual(first.named)
        yield* agenda.passes(minute)
        expect(agenda.received).toHaveLength(4)
      })
  )

  it.effect("fires once for each request, though others come before it is asked again", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      yield* agenda.create(1)
      const fire = (request: string) => agenda.ask(FireJob, { job: jobId(1), by }, request)
      const requests = Array.from({ length: knownRequestsMax }, (_, index) => `request ${index}`)
      const first = yield* Effect.forEach(requests, fire)
      const again = yield* Effect.forEach(requests, fire)
      expect(again.map(({ planned }) => planned)).toEqual(first.map(({ planned }) => planned))
      yield* agenda.passes(minute)
      expect(agenda.received).toHaveLength(requests.length)
      const { fresh, kept } = yield* agenda.digests
      expect(fresh).toBe(kept)
    })
  )

  it.effect.each(["skip", "queue"] as const)(
    "fires at its own times as well, though it is still being sent and overlapping ones are to %s",
    (overlap) =>
      Effect.gen(function* () {
        const agenda = yield* makeAgenda()
        const to = yield* Effect.forEach(["a", "b", "c", "d"], agenda.chat)
        const timing = { zone: "UTC", start: "2026-01-01T01:00:00", rule: "FREQ=HOURLY" }
        yield* agenda.create(1, { to, timing, policies: { overlap, spreadSeconds: 45 * 60 } })
        yield* agenda.setsClock(start + 50 * minute)
        yield* agenda.ask(FireJob, { job: jobId(1), by })
        yield* agenda.passes(11 * minute)
        expect(agenda.named("schedule.occurrence-finished")).toEqual([])
        expect(agenda.named("schedule.fired").map(({ data }) => data.why)).toEqual(["asked", "due"])
        expect(agenda.named("schedule.skipped")).toEqual([])
      })
  )

  it.effect("after it is done can be called off as far as it has not left", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      const to = yield* Effect.forEach(["a", "b", "c", "d"], agenda.chat)
      yield* agenda.create(1, { to, policies: { spreadSeconds: 45 * 60 } })
      yield* agenda.setsClock(start + 60 * minute)
      yield* agenda.passes(50 * minute)
      expect(agenda.named("schedule.completed")).toHaveLength(1)
      const done = yield* Effect.flip(agenda.ask(CancelJob, { job: jobId(1), by }))
      expect(done).toMatchObject({ reason: "already-left" })
      yield* agenda.ask(FireJob, { job: jobId(1), by })
      yield* agenda.passes(20 * minute)
      const left = agenda.received.length - 4
      expect(left).toBeGreaterThan(0)
      expect(left).toBeLessThan(4)
      expect(yield* agenda.ask(CancelJob, { job: jobId(1), by })).toMatchObject({ left, of: 4 })
      yield* agenda.passes(60 * minute)
      expect(agenda.received).toHaveLength(4 + left)
    })
  )

  it.effect("names the first of many messages", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      const to = yield* Effect.forEach(Array.from({ length: namedMessagesMax + 1 }), (_, index) =>
        agenda.chat(`chat ${index}`)
      )
      yield* agenda.create(1, { to })
      const { messages, named } = yield* agenda.ask(FireJob, { job: jobId(1), by })
      expect(messages).toBe(namedMessagesMax + 1)
      expect(named.map(({ chat }) => chat)).toEqual(to.slice(0, namedMessagesMax))
    })
  )
})
