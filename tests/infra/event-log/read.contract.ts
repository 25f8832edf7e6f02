/** What reading any event log promises. */
import { expect } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { type Batch, type Entry, EventLog } from "../../../infra/event-log/event-log.ts"
import {
  appendEach,
  Behind,
  by,
  entry,
  everyName,
  type LogTest,
  muted,
  readEvents,
  received,
  sequencesOf,
  unmuted,
  upFrom
} from "./subject.ts"

/** The first batches of a log, by their size, last sequence, and how many wait behind. */
const outline = ({ events, pending, upTo }: Batch) => ({ events: sequencesOf(events), upTo, pending })

export const readContract = (it: LogTest): void => {
  it(
    "reads everything in order without a gap, in batches no larger than asked for",
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* appendEach(
        log,
        "a",
        upFrom(1, 25).map((number) => muted(number % 3))
      )
      const { batches, events } = yield* readEvents(log, { from: 1, batchMax: 10 }, 25)
      expect(sequencesOf(events)).toEqual(upFrom(1, 25))
      expect(batches.every(({ events }) => events.length <= 10)).toBe(true)
      expect(batches.map(({ events, upTo }) => events.at(-1)!.sequence - upTo)).toEqual(batches.map(() => 0))
      expect(batches.at(0)!.pending).toBe(25 - batches.at(0)!.events.length)
      expect(batches.at(-1)!.pending).toBe(0)
      expect(sequencesOf((yield* readEvents(log, { from: 20 }, 6)).events)).toEqual(upFrom(20, 6))
    })
  )

  it(
    "says at once that nothing waits, and then brings what comes",
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* log.append([entry("a", muted(1))], by)
      const first = yield* log.read({ from: 2 }).pipe(Stream.take(1), Stream.runCollect)
      expect(first.map(outline)).toEqual([{ events: [], upTo: 1, pending: 0 }])
      const filtered = yield* log
        .read({ from: 1, events: ["policy.unmuted"] })
        .pipe(Stream.take(1), Stream.runCollect)
      expect(filtered.map(outline)).toEqual([{ events: [], upTo: 0, pending: 0 }])
      const reader = yield* Effect.forkChild(readEvents(log, { from: 2 }, 2))
      yield* appendEach(log, "b", [muted(1), unmuted(1)])
      expect(sequencesOf((yield* Fiber.join(reader)).events)).toEqual([2, 3])
    })
  )

  it(
    "does not say that nothing waits while something does",
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* appendEach(log, "a", [muted(1), muted(2)])
      const { batches } = yield* readEvents(log, { from: 1 }, 2)
      expect(batches.every(({ events }) => events.length > 0)).toBe(true)
    })
  )

  it(
    "reads the events of the names and the contexts asked for, each once",
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* appendEach(log, "a", [muted(1), received(), unmuted(1), muted(2), received()])
      const read = (options: Parameters<typeof log.read>[0], count: number) =>
        Effect.map(readEvents(log, options, count), ({ events }) => sequencesOf(events))
      expect(yield* read({ from: 1, events: ["policy.muted"] }, 2)).toEqual([1, 4])
      expect(yield* read({ from: 1, events: ["policy.muted", "message.received"] }, 4)).toEqual([1, 2, 4, 5])
      expect(yield* read({ from: 1, contexts: ["policy"] }, 3)).toEqual([1, 3, 4])
      expect(yield* read({ from: 1, contexts: ["policy"], events: ["message.received"] }, 5)).toEqual(
        upFrom(1, 5)
      )
      expect(
        yield* read({ from: 1, contexts: ["policy"], events: ["policy.muted", "policy.muted"] }, 3)
      ).toEqual([1, 3, 4])
      expect(yield* read({ from: 2, events: ["policy.muted"] }, 1)).toEqual([4])
      expect(yield* read({ from: 1, events: everyName }, 5)).toEqual(upFrom(1, 5))
      const { boundary } = (yield* log.get(1))!
      const within = [{ context: "policy", boundary }] as const
      expect(yield* read({ from: 1, within }, 2)).toEqual([1, 3])
      expect(yield* read({ from: 1, within, events: ["message.received"] }, 4)).toEqual([1, 2, 3, 5])
      expect(yield* read({ from: 1, within, contexts: ["policy"] }, 3)).toEqual([1, 3, 4])
    })
  )

  it(
    "brings a reader of most of a long log each of its events once, up to the end and on from there",
    Effect.gen(function* () {
      const log = yield* EventLog
      const cycle = [muted(1), unmuted(1), received()]
      const facts = upFrom(0, 900).map((number) => entry(`a${number}`, cycle[number % 3]!))
      yield* log.append(facts as [Entry, ...ReadonlyArray<Entry>], by)
      const wanted = upFrom(1, 900).filter((sequence) => sequence % 3 !== 0)
      const seen: Array<number> = []
      const batches: Array<Batch> = []
      const caughtUp = yield* Deferred.make<void>()
      const reader = yield* log.read({ from: 1, events: ["policy.muted", "policy.unmuted"] }).pipe(
        Stream.tap((batch) => {
          batches.push(batch)
          seen.push(...sequencesOf(batch.events))
          return seen.length === wanted.length ? Deferred.succeed(caughtUp, undefined) : Effect.void
        }),
        Stream.takeUntil(() => seen.length === wanted.length + 2),
        Stream.runDrain,
        Effect.forkChild
      )
      yield* Deferred.await(caughtUp)
      yield* appendEach(log, "b", cycle)
      yield* Fiber.join(reader)
      expect(seen).toEqual([...wanted, 901, 902])
      expect(batches.map(({ upTo }) => upTo)).toEqual(
        batches.map(({ upTo }) => upTo).toSorted((a, b) => a - b)
      )
      expect(batches.every(({ events, upTo }) => events.every(({ sequence }) => sequence <= upTo))).toBe(true)
    })
  )

  it(
    "tells who has caught up when more is here than was taken, of what is wanted",
    Effect.gen(function* () {
      const log = yield* EventLog
      const behind = yield* Behind
      const pull = yield* Stream.toPull(log.read({ from: 1, events: ["policy.muted"] }))
      expect((yield* pull).map(outline)).toEqual([{ events: [], upTo: 0, pending: 0 }])
      const pulled = yield* Effect.forkChild(pull, { startImmediately: true })
      yield* behind.pass(1_000)
      yield* log.append([entry("a", muted(1))], by)
      const [batch] = yield* Fiber.join(pulled)
      const more = yield* Effect.forkChild(batch.more!, { startImmediately: true })
      yield* log.append([entry("b", unmuted(1))], by)
      yield* behind.pass(100)
      expect(more.pollUnsafe()).toBeUndefined()
      yield* log.append([entry("c", muted(2))], by)
      yield* Fiber.join(more)
      expect((yield* pull).map(outline)).toEqual([{ events: [3], upTo: 3, pending: 0 }])
    })
  )

  it(
    "goes from what is there to what comes without a gap or a repeat, while facts are appended",
    Effect.gen(function* () {
      const log = yield* EventLog
      const before = 300
      const during = 300
      yield* appendEach(
        log,
        "a",
        upFrom(1, before).map((number) => muted(number % 7))
      )
      const writer = yield* Effect.forkChild(
        appendEach(
          log,
          "b",
          upFrom(1, during).map((number) => (number % 2 === 0 ? muted(1) : unmuted(2)))
        )
      )
      const readers = yield* Effect.all(
        [
          readEvents(log, { from: 1 }, before + during),
          readEvents(log, { from: 1, batchMax: 7 }, before + during),
          readEvents(log, { from: 150, contexts: ["policy"] }, before + during - 149)
        ],
        { concurrency: 3 }
      )
      yield* Fiber.join(writer)
      expect(sequencesOf(readers[0].events)).toEqual(upFrom(1, before + during))
      expect(sequencesOf(readers[1].events)).toEqual(upFrom(1, before + during))
      expect(sequencesOf(readers[2].events)).toEqual(upFrom(150, before + during - 149))
    })
  )
}
