import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { boundarySubject } from "../../../contracts/subjects.ts"
import { archiveFolder, indexPath } from "../../../infra/event-log/archive/archive-files.ts"
import { nameOf } from "../../../infra/event-log/archive/archive-index.ts"
import {
  EventLog,
  type EventLogService,
  type LogEvent,
  type ReadOptions
} from "../../../infra/event-log/event-log.ts"
import { jetStreamLog } from "../../../infra/event-log/jetstream-log.ts"
import { listeningTo } from "../../../infra/event-log/listening.ts"
import { RawLog } from "../../../infra/event-log/raw-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { archivedCopy, shown, shownEvents } from "./archived-subject.ts"
import { emptyJetStreamLog } from "./jetstream-subject.ts"
import { by, chat, entry, muted, received, unmuted, upFrom } from "./subject.ts"

/** Thirty events, some of them stored as one, some expecting something, of five boundaries. */
const fill = Effect.gen(function* () {
  const log = yield* EventLog
  for (let round = 0; round < 5; round++) {
    const at = round * 6
    yield* log.append([entry(`a${round}`, muted(1), round === 0 ? 0 : at - 1)], by)
    yield* log.append([entry(`b${round}`, received())], by)
    yield* log.append([entry(`c${round}`, muted(2)), entry(`d${round}`, unmuted(3))], by)
    yield* log.append([entry(`e${round}`, unmuted(1), at + 1)], by)
    yield* log.append([entry(`f${round}`, round < 2 ? muted(4) : received())], by)
  }
})

/** What a reader is told until it has caught up. */
const told = (log: EventLogService, options: ReadOptions) =>
  Effect.gen(function* () {
    const events: Array<LogEvent> = []
    let upTo = options.from - 1
    yield* log.read(options).pipe(
      Stream.takeUntil((batch) => {
        events.push(...batch.events)
        expect(batch.upTo).toBeGreaterThanOrEqual(upTo)
        expect(batch.events.length).toBeLessThanOrEqual(options.batchMax ?? 500)
        upTo = batch.upTo
        return batch.pending === 0
      }),
      Stream.runDrain
    )
    return events
  })

const last = 30
const archivedUpTo = 22
const contexts = ["policy"] as const
const names = ["policy.muted", "message.received"] as const

const ways: ReadonlyArray<Omit<ReadOptions, "from">> = [
  {},
  { batchMax: 3 },
  { events: names },
  { events: ["policy.muted"], batchMax: 1 },
  { contexts },
  { within: [{ context: "policy", boundary: chat(4) }] },
  { events: ["policy.opted-out"] }
]

it.live(
  "a log whose earlier part is in files is the same log to whoever reads it, and refuses what it would have refused",
  () =>
    Effect.gen(function* () {
      yield* fill
      const whole = yield* EventLog
      const { account } = yield* Keyring
      const copy = yield* archivedCopy(archivedUpTo, 4)
      const all = yield* told(whole, { from: 1 })
      const subjects = copy.messages.map(({ subject }) => subject)
      expect(copy.index.files.map(({ first }) => first)).toEqual([1, 5, 9, 13, 17, 21])
      yield* Effect.gen(function* () {
        const log = yield* EventLog
        expect(yield* shownEvents).toEqual(copy.messages.map(shown))
        expect(yield* log.last).toBe(last)
        for (const way of ways) {
          const wanted = all.filter(({ sequence }) => listeningTo(way)(subjects[sequence - 1]!))
          expect(yield* told(log, { ...way, from: 1 })).toEqual(wanted)
        }
        for (const from of [4, 5, archivedUpTo, archivedUpTo + 1, last + 1])
          expect(yield* told(log, { from })).toEqual(all.slice(from - 1))
        for (const event of all) expect(yield* log.get(event.sequence)).toEqual(event)
        expect(yield* log.get(last + 1)).toBeUndefined()
        for (const from of upFrom(1, last)) {
          const newest = all.findLast(({ sequence, type }) => sequence >= from && type === "policy.muted")
          expect(yield* log.lastAmong(["policy.muted"], from)).toBe(newest?.sequence ?? 0)
        }
        for (const number of [1, 2, 3, 4, 5]) {
          const newest = all.findLast(({ boundary }) => boundary === chat(number))
          expect(yield* log.lastOf("policy", chat(number))).toBe(newest?.sequence ?? 0)
        }

        // What is expected of a boundary that ended in files: its end there, and nothing else.
        const boundary = boundarySubject(account, "policy", chat(4))
        const end = yield* log.lastOf("policy", chat(4))
        expect(end).toBeLessThan(archivedUpTo)
        for (const stale of [0, 3, end - 6, end + 1]) {
          const refused = yield* Effect.flip(log.append([entry("late", muted(4), stale)], by))
          expect(refused).toMatchObject({ _tag: "Conflict", boundary, expected: stale, actual: end })
        }
        const both = [entry("late", muted(4), end - 6), entry("other", muted(9), 0)] as const
        expect(yield* Effect.flip(log.append(both, by))).toMatchObject({ _tag: "Conflict" })
        expect(yield* log.last).toBe(last)
        // A writer that never heard of what it stored adopts it from the files.
        expect(yield* log.append([entry("e0", unmuted(1), 1)], by)).toEqual({ sequence: 5, duplicate: true })
        expect(yield* log.append([entry("next", muted(4), end)], by)).toEqual({
          sequence: last + 1,
          duplicate: false
        })
        const again = yield* Effect.flip(log.append([entry("second", muted(4), end)], by))
        expect(again).toMatchObject({ expected: end, actual: last + 1 })
        expect(yield* log.append([entry("next", muted(4), end)], by)).toEqual({
          sequence: last + 1,
          duplicate: true
        })
        expect(yield* log.append([entry("new", muted(9), 0)], by)).toMatchObject({ sequence: last + 2 })
      }).pipe(Effect.provideContext(copy.context))
    }).pipe(Effect.scoped, Effect.provide(emptyJetStreamLog))
)

it.live(
  "a file that is damaged or missing is named with the events that it costs, and is never passed over",
  () =>
    Effect.gen(function* () {
      yield* fill
      const { context, dataFolder, index } = yield* archivedCopy(archivedUpTo, 8)
      const folder = archiveFolder(dataFolder)
      const second = index.files[1]!
      const path = join(folder, nameOf(second))
      const bytes = readFileSync(path)
      bytes[bytes.length >> 1]! ^= 1
      writeFileSync(path, bytes)
      const log = yield* Effect.provideContext(EventLog, context)
      const found: Array<unknown> = [yield* Effect.flip(told(log, { from: 1 }))]
      rmSync(path)
      found.push(yield* Effect.flip(told(log, { from: 1 })))
      for (const failure of found)
        expect(failure).toMatchObject({ _tag: "DamagedLog", expected: 9, found: 17, file: nameOf(second) })
      expect(yield* Effect.flip(log.get(10))).toMatchObject({ _tag: "LogUnavailable" })
      expect(yield* log.get(3)).toMatchObject({ sequence: 3 })
      expect(readdirSync(folder).length).toBe(2)

      const reader = yield* Effect.flatMap(RawLog, (raw) => raw.readFrom(9)).pipe(
        Effect.provideContext(context)
      )
      expect(yield* Effect.flip(reader.next)).toMatchObject({ expected: 9, found: 17 })

      const text = readFileSync(indexPath(dataFolder), "utf8")
      writeFileSync(indexPath(dataFolder), text.replace('"first":9', '"first":8'))
      const unopened = yield* Effect.flip(
        Layer.build(Layer.fresh(jetStreamLog)).pipe(Effect.provideContext(context))
      )
      expect(unopened.message).toContain("found it missing or damaged")
    }).pipe(Effect.scoped, Effect.provide(emptyJetStreamLog))
)
