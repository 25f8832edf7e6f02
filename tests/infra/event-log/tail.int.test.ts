/** What comes is brought to a process once, for all who read it there. */
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { eventStream } from "../../../contracts/streams.ts"
import { decodeMessage } from "../../../infra/event-log/codec.ts"
import {
  type Entry,
  EventLog,
  type EventLogService,
  type ReadOptions
} from "../../../infra/event-log/event-log.ts"
import { readFrom } from "../../../infra/event-log/jetstream-read.ts"
import { makeTail } from "../../../infra/event-log/tail.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { Nats, type NatsService } from "../../../infra/nats/connection.ts"
import { emptyJetStreamLog } from "./jetstream-subject.ts"
import { appendEach, by, entry, muted, received, sequencesOf, unmuted, upFrom } from "./subject.ts"

const consumersOf = ({ manager }: NatsService) =>
  Effect.promise(() => Array.fromAsync(manager.consumers.list(eventStream.name)))

/** Asks until as many consumers are left: who leaves one does not wait until the server has forgotten it. */
const untilConsumers = Effect.fnUntraced(function* (nats: NatsService, count: number) {
  for (;;) {
    const found = yield* consumersOf(nats)
    if (found.length === count) return found
    yield* Effect.sleep("20 millis")
  }
})

interface Reader {
  readonly seen: Array<number>
  readonly caughtUp: Deferred.Deferred<void>
  /** Waited for with each batch that holds events. */
  pause: Effect.Effect<void>
}

const follow = Effect.fnUntraced(function* (log: Pick<EventLogService, "read">, options: ReadOptions) {
  const reader: Reader = { seen: [], caughtUp: Deferred.makeUnsafe<void>(), pause: Effect.void }
  const fiber = yield* log.read(options).pipe(
    Stream.runForEach(({ events, pending }) => {
      reader.seen.push(...sequencesOf(events))
      if (pending === 0) Deferred.doneUnsafe(reader.caughtUp, Effect.void)
      return events.length > 0 ? reader.pause : Effect.void
    }),
    Effect.forkScoped
  )
  return { reader, fiber }
})

const until = (holds: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() => (holds() ? Effect.void : Effect.delay(until(holds), "5 millis")))

/** A log whose readers share a tail that keeps few messages. */
const keeping = Effect.fnUntraced(function* (keptMax: number) {
  const log = yield* EventLog
  const nats = yield* Nats
  const { account } = yield* Keyring
  return { ...log, read: readFrom(nats, account, decodeMessage, makeTail(nats, keptMax)) }
})

const cycle = [muted(1), unmuted(1), received()]
const wants: ReadonlyArray<Omit<ReadOptions, "from">> = [
  {},
  { events: ["policy.muted"] },
  { events: ["policy.muted", "message.received"] },
  { contexts: ["policy"] }
]
/** Which of the cycle each of them wants, by its place. */
const wanted = [[0, 1, 2], [0], [0, 2], [0, 1]]
const wantedUpTo = (last: number, index: number, from = 1) =>
  upFrom(from, last - from + 1).filter((sequence) => wanted[index]!.includes((sequence - 1) % 3))
const appendCycles = (log: EventLogService, prefix: string, count: number) =>
  appendEach(
    log,
    prefix,
    upFrom(0, count).map((number) => cycle[number % 3]!)
  )

describe("readers of one process that have caught up", () => {
  it.live("share one consumer, whatever they want, and leave none behind", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const nats = yield* Nats
      const long = upFrom(0, 900).map((number) => entry(`a${number}`, cycle[number % 3]!))
      yield* log.append(long as [Entry, ...ReadonlyArray<Entry>], by)
      const readers = yield* Effect.forEach(wants, (options) => follow(log, { ...options, from: 1 }))
      yield* Effect.forEach(readers, ({ reader }) => Deferred.await(reader.caughtUp))
      // A consumer of its own brings a reader what comes before it has joined.
      yield* appendCycles(log, "b", 3)
      yield* until(() =>
        readers.every(({ reader }, index) => reader.seen.length === wantedUpTo(903, index).length)
      )
      const [only] = yield* untilConsumers(nats, 1)
      expect(only!.config.filter_subjects ?? only!.config.filter_subject).toBeUndefined()
      yield* appendCycles(log, "c", 3)
      yield* until(() =>
        readers.every(({ reader }, index) => reader.seen.length === wantedUpTo(906, index).length)
      )
      expect(readers.map(({ reader }) => reader.seen)).toEqual(
        wants.map((_, index) => wantedUpTo(906, index))
      )
      // Who begins where they are needs none of its own.
      const late = yield* follow(log, { from: 905 })
      yield* until(() => late.reader.seen.length === 2)
      expect(yield* consumersOf(nats)).toHaveLength(1)
      yield* Effect.forEach([...readers, late], ({ fiber }) => Fiber.interrupt(fiber))
      yield* untilConsumers(nats, 0)
    }).pipe(Effect.scoped, Effect.provide(emptyJetStreamLog))
  )

  it.live("miss nothing where they fall behind what is kept, and join again", () =>
    Effect.gen(function* () {
      const log = yield* keeping(2)
      const nats = yield* Nats
      const readers = yield* Effect.forEach(wants, (options) => follow(log, { ...options, from: 1 }))
      yield* Effect.forEach(readers, ({ reader }) => Deferred.await(reader.caughtUp))
      yield* appendCycles(log, "a", 3)
      yield* until(() => readers.every(({ reader }, index) => reader.seen.length === wanted[index]!.length))
      yield* untilConsumers(nats, 1)
      const goOn = Deferred.makeUnsafe<void>()
      for (const { reader } of readers.slice(1)) reader.pause = Deferred.await(goOn)
      yield* appendCycles(log, "b", 60)
      yield* until(() => readers[0]!.reader.seen.length === 63)
      Deferred.doneUnsafe(goOn, Effect.void)
      for (let more = 0; ; more++) {
        const last = 63 + more * 3
        yield* until(() =>
          readers.every(({ reader }, index) => reader.seen.length === wantedUpTo(last, index).length)
        )
        expect(readers.map(({ reader }) => reader.seen)).toEqual(
          wants.map((_, index) => wantedUpTo(last, index))
        )
        if (more > 0 && (yield* consumersOf(nats)).length === 1) return
        yield* appendCycles(log, `c${more}-`, 3)
      }
    }).pipe(Effect.scoped, Effect.provide(emptyJetStreamLog))
  )

  it.live("miss nothing, and get nothing twice, wherever and whenever they begin", () =>
    Effect.gen(function* () {
      const log = yield* keeping(20)
      const total = 600
      const writer = yield* Effect.forkChild(appendCycles(log, "a", total))
      const readers: Array<{ readonly index: number; readonly from: number; readonly reader: Reader }> = []
      for (let number = 0; number < 40; number++) {
        const last = yield* log.last
        const from = Math.max(1, last + 2 - (number % 5) * 7)
        const index = number % wants.length
        const { reader } = yield* follow(log, { ...wants[index], from })
        readers.push({ index, from, reader })
        yield* Effect.sleep("5 millis")
      }
      yield* Fiber.join(writer)
      const of = ({ from, index }: { readonly index: number; readonly from: number }) =>
        wantedUpTo(total, index, Math.min(from, total + 1))
      yield* until(() => readers.every((one) => one.reader.seen.length >= of(one).length))
      expect(readers.map(({ reader }) => reader.seen)).toEqual(readers.map(of))
    }).pipe(Effect.scoped, Effect.provide(emptyJetStreamLog))
  )

  it.live("are told where it ends, and whoever comes then is, too", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const nats = yield* Nats
      const readers = yield* Effect.forEach(wants, (options) => follow(log, { ...options, from: 1 }))
      yield* Effect.forEach(readers, ({ reader }) => Deferred.await(reader.caughtUp))
      yield* appendCycles(log, "a", 3)
      yield* untilConsumers(nats, 1)
      yield* Effect.promise(() => nats.connection.close())
      const failures = yield* Effect.forEach(readers, ({ fiber }) => Effect.flip(Fiber.join(fiber)))
      expect(failures.map(({ _tag }) => _tag)).toEqual(wants.map(() => "LogUnavailable"))
      const late = yield* follow(log, { from: 1 })
      expect(yield* Effect.flip(Fiber.join(late.fiber))).toMatchObject({ _tag: "LogUnavailable" })
    }).pipe(Effect.scoped, Effect.provide(emptyJetStreamLog))
  )
})
