/**
 * From what a place holds of a log to a stream that holds it again, up to a point. What was stored in one commit is
 * restored whole or not at all. What came after the point is read too: whoever was forgotten then stays forgotten.
 */
import { Clock, Effect, Stream } from "effect"
import { headerNames } from "../../../contracts/envelope.ts"
import { isUnfinished } from "../../../infra/event-log/batch-headers.ts"
import { decodeMessage } from "../../../infra/event-log/codec.ts"
import type { LogEvent, LogUnavailable } from "../../../infra/event-log/event-log.ts"
import { headerIn } from "../../../infra/event-log/header-block.ts"
import type { Rebuilding } from "../../../infra/event-log/rebuild-log.ts"
import type { Place, PlaceFailed } from "../places/place.ts"
import type { LogRecord } from "../segment/messages.ts"
import type { Identity } from "../segment/seal.ts"
import type { Origin } from "../segment/segment.ts"
import { ChainBroken, readChain } from "./read-chain.ts"
import { type After, makeAfter, makeOpenAtPoint, type OpenAtPoint } from "./survey.ts"
import { makeUnscanned } from "./unscanned.ts"

/** How far a log is wanted: an event's number, or a moment in milliseconds since the epoch; left out, all of it. */
export type Point = { readonly sequence: number } | { readonly time: number }

export interface RestoredLog {
  /** The last event that was restored, and when it happened; 0 and null where there was none. */
  readonly upTo: number
  readonly upToTime: number | null
  readonly open: OpenAtPoint
  readonly after: After
  /** Inputs that the scanner had not done by then. */
  readonly unscanned: ReadonlyArray<number>
  /** Facts after the point by which somebody was forgotten, or is to be, and what overrides got for then, as they were stored. */
  readonly erasures: ReadonlyArray<LogRecord>
  /** How many of them say that somebody is forgotten. */
  readonly forgotten: number
  /** What keeps the rest from being read. */
  readonly broken: ChainBroken | null
}

export interface Restoring {
  readonly place: Place
  readonly origin: Origin
  readonly identity: Identity
  readonly point: Point | undefined
  /** Where it goes; left out, it is only read. */
  readonly into?: Pick<Rebuilding, "add"> | undefined
  readonly onProgress: (events: number) => Effect.Effect<void>
}

const decoded = (sequence: number, { data, headers, subject }: LogRecord): LogEvent =>
  decodeMessage({
    sequence,
    subject,
    header: (name) => headerIn(headers, name),
    data: () => Buffer.from(data.buffer, data.byteOffset, data.length).toString("utf8")
  })

/** The moment of an event that need not be readable otherwise. */
const timeOf = ({ headers }: LogRecord): number => Date.parse(headerIn(headers, headerNames.time))

const isBehind = (point: Point | undefined, sequence: number, time: number): boolean => {
  if (point === undefined) return false
  return "sequence" in point ? sequence > point.sequence : time >= point.time
}

/**
 * The newest keyring has other link keys than the point had: overrides go on matching by the tokens that they got for
 * each of them.
 */
const isOfErasure = (type: LogEvent["type"]): boolean =>
  type === "erasure.requested" || type === "erasure.completed" || type === "policy.overrides-rekeyed"

/** Reads one log, and puts what stands up to the point into a stream. */
export const restoreLog = Effect.fn("restoreLog")(function* ({
  identity,
  into,
  onProgress,
  origin,
  place,
  point
}: Restoring): Effect.fn.Return<RestoredLog, PlaceFailed | LogUnavailable> {
  const open = makeOpenAtPoint()
  const unscanned = makeUnscanned()
  const after = makeAfter()
  const erasures: Array<LogRecord> = []
  let forgotten = 0
  let upTo = 0
  let upToTime: number | null = null
  let isPast = false
  /** Of a commit whose end was not read yet. */
  let unfinished: Array<readonly [sequence: number, record: LogRecord]> = []

  const keep = (sequence: number, record: LogRecord) => {
    const event = decoded(sequence, record)
    upTo = sequence
    upToTime = timeOf(record)
    if (event.type === "unreadable") return
    open.take(event)
    unscanned.take(event)
  }
  const passOver = (sequence: number, record: LogRecord) => {
    const event = decoded(sequence, record)
    after.take({ type: event.type, time: timeOf(record) })
    if (isOfErasure(event.type)) erasures.push(record)
    if (event.type === "erasure.completed") forgotten += 1
  }
  /** The records that are restored now: each commit whole, once its end was read. */
  const taken = (sequence: number, record: LogRecord): ReadonlyArray<LogRecord> => {
    isPast ||= isBehind(point, sequence, timeOf(record))
    if (isPast) {
      passOver(sequence, record)
      return []
    }
    unfinished.push([sequence, record])
    if (isUnfinished(record.headers)) return []
    const whole = unfinished
    unfinished = []
    for (const each of whole) keep(...each)
    return whole.map(([, each]) => each)
  }

  const reading = readChain(place, origin, identity).pipe(
    Stream.runForEach(({ first, messages }) => {
      const records = messages.flatMap((record, index) => taken(first + index, record))
      const stored = into === undefined || records.length === 0 ? Effect.void : into.add(records)
      return Effect.andThen(stored, onProgress(first + messages.length - 1))
    })
  )
  const broken = yield* reading.pipe(
    Effect.as(null),
    Effect.catchTag("ChainBroken", (error) => Effect.succeed(error))
  )
  // The beginning of a commit alone is none.
  for (const each of unfinished) passOver(...each)
  return {
    upTo,
    upToTime,
    open: open.at(yield* Clock.currentTimeMillis),
    after: after.counts(),
    unscanned: unscanned.inputs(),
    erasures,
    forgotten,
    broken
  }
})
