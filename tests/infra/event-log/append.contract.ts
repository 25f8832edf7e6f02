/** What appending to any event log promises. */
import { expect } from "@effect/vitest"
import { Effect, Exit } from "effect"
import type { AnyFact } from "../../../contracts/catalogue.ts"
import { boundarySubject } from "../../../contracts/subjects.ts"
import { EventLog, type EventLogService } from "../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import {
  appendEach,
  by,
  chat,
  entry,
  type LogTest,
  muted,
  readEvents,
  received,
  sequencesOf,
  unmuted
} from "./subject.ts"

const rounds = 200

const refusal = (append: ReturnType<EventLogService["append"]>) =>
  Effect.map(Effect.flip(append), ({ _tag }) => _tag)

export const appendContract = (it: LogTest): void => {
  it(
    "shows the newest event of some names from a sequence on, whatever else was added",
    Effect.gen(function* () {
      const log = yield* EventLog
      expect(yield* log.lastAmong(["policy.muted"], 1)).toBe(0)
      yield* appendEach(log, "a", [muted(1), received(), muted(2), unmuted(1), received()])
      expect(yield* log.lastAmong(["policy.muted"], 1)).toBe(3)
      expect(yield* log.lastAmong(["policy.muted"], 3)).toBe(3)
      expect(yield* log.lastAmong(["policy.muted"], 4)).toBe(0)
      expect(yield* log.lastAmong(["policy.muted", "policy.unmuted"], 1)).toBe(4)
      expect(yield* log.lastAmong(["policy.opted-out"], 1)).toBe(0)
      expect(yield* log.lastAmong(["policy.unmuted", "message.received"], 4)).toBe(5)
      expect(yield* log.lastAmong(["policy.muted"], 100)).toBe(0)
    })
  )

  it(
    "numbers facts from 1, and shows the end of the log and of each boundary",
    Effect.gen(function* () {
      const log = yield* EventLog
      expect(yield* log.last).toBe(0)
      expect(yield* log.lastOf("policy", chat(1))).toBe(0)
      expect(yield* log.append([entry("a", muted(1))], by)).toEqual({ sequence: 1, duplicate: false })
      expect(yield* log.append([entry("b", muted(2))], by)).toEqual({ sequence: 2, duplicate: false })
      expect(yield* log.append([entry("c", unmuted(1))], by)).toEqual({ sequence: 3, duplicate: false })
      expect(yield* log.last).toBe(3)
      expect(yield* log.lastOf("policy", chat(1))).toBe(3)
      expect(yield* log.lastOf("policy", chat(2))).toBe(2)
      expect(yield* log.lastOf("outbox", chat(1))).toBe(0)
      expect(yield* log.get(2)).toMatchObject({
        type: "policy.muted",
        sequence: 2,
        boundary: chat(2),
        id: "b"
      })
      expect(yield* log.get(4)).toBeUndefined()
    })
  )

  it(
    "refuses a writer that has not folded its boundary to its end, and says where it ends",
    Effect.gen(function* () {
      const log = yield* EventLog
      const { account } = yield* Keyring
      yield* log.append([entry("a", muted(1), 0)], by)
      yield* log.append([entry("b", unmuted(1), 1)], by)
      const refused = yield* Effect.flip(log.append([entry("c", muted(1), 1)], by))
      expect(refused).toMatchObject({
        _tag: "Conflict",
        boundary: boundarySubject(account, "policy", chat(1)),
        expected: 1,
        actual: 2
      })
      expect(yield* log.last).toBe(2)
      yield* log.append([entry("c", muted(1), 2)], by)
    })
  )

  it(
    "takes every event name of a boundary into the expectation, and no other boundary",
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* log.append([entry("a", muted(1))], by)
      yield* log.append([entry("b", muted(2))], by)
      const unmutedToo = yield* Effect.flip(log.append([entry("c", unmuted(1), 0)], by))
      expect(unmutedToo).toMatchObject({ _tag: "Conflict", expected: 0, actual: 1 })
      expect(yield* log.append([entry("d", unmuted(1), 1)], by)).toEqual({ sequence: 3, duplicate: false })
    })
  )

  it(
    "refuses an expectation of what is not there yet",
    Effect.gen(function* () {
      const log = yield* EventLog
      expect(yield* Effect.flip(log.append([entry("a", muted(1), 7)], by))).toMatchObject({
        expected: 7,
        actual: 0
      })
    })
  )

  it(
    "adopts what is stored when the same id comes again, also under its old expectation",
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* log.append([entry("before", muted(2))], by)
      const first = yield* log.append([entry("a", muted(1), 0)], by)
      expect(yield* log.append([entry("a", muted(1), 0)], by)).toEqual({ ...first, duplicate: true })
      expect(yield* log.append([entry("a", muted(1))], by)).toEqual({ ...first, duplicate: true })
      yield* log.append([entry("b", unmuted(1), 2)], by)
      yield* log.append([entry("c", muted(1), 3)], by)
      expect(yield* log.append([entry("a", muted(1), 0)], by)).toEqual({ ...first, duplicate: true })
      expect(yield* log.last).toBe(4)
    })
  )

  it(
    "stores several facts in their order, or none when one of them conflicts",
    Effect.gen(function* () {
      const log = yield* EventLog
      const { account } = yield* Keyring
      yield* log.append([entry("a", muted(2))], by)
      const refused = yield* Effect.flip(log.append([entry("b", muted(1), 0), entry("c", muted(2), 0)], by))
      expect(refused).toMatchObject({
        _tag: "Conflict",
        boundary: boundarySubject(account, "policy", chat(2)),
        expected: 0,
        actual: 1
      })
      expect(yield* log.last).toBe(1)
      const stored = yield* log.append(
        [entry("b", muted(1), 0), entry("c", muted(2), 1), entry("d", unmuted(1), 0)],
        by
      )
      expect(stored).toEqual({ sequence: 4, duplicate: false })
      const { events } = yield* readEvents(log, { from: 1 }, 4)
      expect(events.map((event) => "id" in event && event.id)).toEqual(["a", "b", "c", "d"])
    })
  )

  it(
    "adopts several facts that come again, and answers with the place of the last one",
    Effect.gen(function* () {
      const log = yield* EventLog
      const both = [entry("a", muted(1), 0), entry("b", muted(2), 0)] as const
      const first = yield* log.append(both, by)
      expect(first).toEqual({ sequence: 2, duplicate: false })
      expect(yield* log.append(both, by)).toEqual({ sequence: 2, duplicate: true })
      yield* log.append([entry("c", unmuted(1), 1)], by)
      yield* log.append([entry("d", unmuted(2), 2)], by)
      expect(yield* log.append(both, by)).toEqual({ sequence: 2, duplicate: true })
      expect(yield* log.last).toBe(4)
    })
  )

  it(
    "stores an id once that comes twice in one append",
    Effect.gen(function* () {
      const log = yield* EventLog
      expect(yield* log.append([entry("a", muted(1)), entry("a", muted(1))], by)).toEqual({
        sequence: 1,
        duplicate: false
      })
      expect(
        yield* log.append([entry("b", muted(1)), entry("c", muted(1)), entry("b", muted(1))], by)
      ).toMatchObject({
        duplicate: false
      })
      expect(yield* log.last).toBe(3)
    })
  )

  it(
    "adopts the known facts of an append, and stores the others",
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* log.append([entry("a", muted(1), 0)], by)
      const more = [entry("a", muted(1), 0), entry("b", unmuted(1)), entry("c", muted(2), 0)] as const
      expect(yield* log.append(more, by)).toEqual({ sequence: 3, duplicate: false })
      expect(yield* log.append([entry("d", muted(3)), entry("a", muted(1))], by)).toEqual({
        sequence: 1,
        duplicate: false
      })
      expect(yield* log.last).toBe(4)
      expect(yield* log.append(more, by)).toEqual({ sequence: 3, duplicate: true })
    })
  )

  it(
    `lets exactly one of two writers through, ${rounds} times`,
    Effect.gen(function* () {
      const log = yield* EventLog
      let end = 0
      for (let round = 0; round < rounds; round++) {
        const contest = (writer: string, fact: AnyFact) =>
          Effect.exit(log.append([entry(`${writer}${round}`, fact, end)], { actor: writer }))
        const [a, b] = yield* Effect.all([contest("a", muted(1)), contest("b", unmuted(1))], {
          concurrency: 2
        })
        expect([a, b].filter(Exit.isSuccess).length).toBe(1)
        end = yield* log.lastOf("policy", chat(1))
        expect(end).toBe(round + 1)
      }
    })
  )

  it(
    "refuses for good what is too large, too much, or not of its declared shape",
    Effect.gen(function* () {
      const log = yield* EventLog
      const large = "x".repeat(9 * 1024 * 1024)
      expect(yield* refusal(log.append([entry("a", received(large))], by))).toBe("FactRefused")
      expect(yield* refusal(log.append([entry("b", muted(1)), entry("c", received(large))], by))).toBe(
        "FactRefused"
      )
      const many = Array.from({ length: 1_001 }, (_, index) => entry(`m${index}`, muted(1)))
      expect(yield* refusal(log.append([many[0]!, ...many.slice(1)], by))).toBe("FactRefused")
      const bent = {
        type: "policy.muted",
        data: { chat: chat(1), until: "soon", by: "operator" }
      } as unknown as AnyFact
      expect(yield* refusal(log.append([entry("d", bent)], by))).toBe("FactRefused")
      expect(yield* log.last).toBe(0)
      yield* log.append([many[0]!, ...many.slice(1, 1_000)], by)
      expect(sequencesOf((yield* readEvents(log, { from: 999 }, 2)).events)).toEqual([999, 1_000])
    })
  )
}
