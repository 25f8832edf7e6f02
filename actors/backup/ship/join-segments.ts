/**
 * Making one segment of many small ones. Each of them is held against the log before it goes, so that nothing broken
 * is covered up; the joined one is stored in the place of the first, and only then the others are deleted. Where that
 * is interrupted, what is left over lies within the joined one, and goes the next time.
 */
import { Effect } from "effect"
import type { DamagedLog, LogUnavailable } from "../../../infra/event-log/event-log.ts"
import type { RawLogService, RawMessage } from "../../../infra/event-log/raw-log.ts"
import type { Place, PlaceFailed, StoredObject } from "../places/place.ts"
import { replaceForCertain } from "../places/read-back.ts"
import { Damaged, damaged } from "../segment/frame.ts"
import { packMessages } from "../segment/messages.ts"
import { sha256 } from "../segment/frame.ts"
import type { Recipient } from "../segment/seal.ts"
import { encodeSegment, type Origin, type Segment, tailOf } from "../segment/segment.ts"
import { parseSegmentKey, segmentKey, segmentsOf } from "./keys.ts"
import { segmentAt } from "./tail.ts"
import { segmentEventsMax } from "./waiting.ts"

/** Segments of fewer bytes are joined, so many at least, into one of about this many bytes at most. */
const smallBytesMax = 256 * 1024
const joinedBytesMax = 1024 * 1024
const joinMin = 16

interface Held {
  readonly first: number
  readonly bytes: number
}

/** Rows of small segments that follow each other; the last segment of all stays as it is. */
const rowsOf = (segments: ReadonlyArray<Held>): ReadonlyArray<ReadonlyArray<Held>> => {
  const rows: Array<Array<Held>> = []
  let row: Array<Held> = []
  let bytes = 0
  const end = () => {
    if (row.length >= joinMin) rows.push(row)
    row = []
    bytes = 0
  }
  for (const [index, segment] of segments.slice(0, -1).entries()) {
    const next = segments[index + 1]!
    const events = next.first - (row[0]?.first ?? segment.first)
    if (segment.bytes >= smallBytesMax || bytes + segment.bytes > joinedBytesMax || events > segmentEventsMax)
      end()
    if (segment.bytes >= smallBytesMax) continue
    row.push(segment)
    bytes += segment.bytes
  }
  end()
  return rows
}

/** Reads events of the log. */
const eventsOf = Effect.fnUntraced(function* (raw: RawLogService, first: number, last: number) {
  const reader = yield* raw.readFrom(first)
  const messages: Array<RawMessage> = []
  while (messages.length <= last - first) messages.push(...(yield* reader.next))
  return messages.slice(0, last - first + 1)
}, Effect.scoped)

/** The segments of a row, each whole and behind the one before; what lies within another one is only left over. */
const readRow = Effect.fnUntraced(function* (place: Place, origin: Origin, row: ReadonlyArray<Held>) {
  const segments: Array<Segment> = []
  const leftOver: Array<number> = []
  for (const { first } of row) {
    const segment = yield* segmentAt(place, origin, first)
    if (segment === undefined) return yield* damaged("beginning", `a segment from ${first} on`, "nothing")
    const before = segments.at(-1)
    if (before !== undefined && segment.header.last <= before.header.last) leftOver.push(first)
    else if (before !== undefined && tailOf(before).object !== segment.header.previous?.object)
      return yield* damaged(
        "place",
        `a segment that follows the one up to ${before.header.last}`,
        `one from ${first} on`
      )
    else segments.push(segment)
  }
  return { segments, leftOver }
})

const joinRow = Effect.fnUntraced(function* (
  place: Place,
  origin: Origin,
  raw: RawLogService,
  recipients: ReadonlyArray<Recipient>,
  row: ReadonlyArray<Held>
) {
  const { leftOver, segments } = yield* readRow(place, origin, row)
  const [one] = segments
  const other = segments.at(-1)
  if (one === undefined || other === undefined) return 0
  const { first, previous } = one.header
  const messages = yield* eventsOf(raw, first, other.header.last)
  for (const { header } of segments) {
    const found = sha256(packMessages(messages.slice(header.first - first, header.last - first + 1)))
    if (found !== header.content.sha256)
      return yield* damaged(
        "content",
        `events ${header.first} to ${header.last} as the log has them`,
        "others"
      )
  }
  const { bytes } = yield* Effect.promise(() =>
    encodeSegment({ origin, previous, messages, inPlaceOf: tailOf(other) }, recipients)
  )
  const key = segmentKey(origin, first)
  yield* replaceForCertain(place, key, bytes)
  const gone = [...segments.slice(1).map(({ header }) => header.first), ...leftOver]
  yield* Effect.forEach(gone, (it) => place.remove(segmentKey(origin, it)), { discard: true })
  return gone.length
})

/** Whether a row is only what an interrupted joining left over: the segment before it has its events too. */
const isLeftOver = Effect.fnUntraced(function* (
  place: Place,
  origin: Origin,
  before: Held,
  row: ReadonlyArray<Held>
) {
  const segment = yield* segmentAt(place, origin, before.first)
  const last = yield* segmentAt(place, origin, row.at(-1)!.first)
  return segment !== undefined && last !== undefined && last.header.last <= segment.header.last
})

/**
 * Joins what there is to join at a place, and answers with how many objects are gone. Fails with `Damaged` where a
 * segment is not what the log has: then it stays, and checking the place says what is wrong with it.
 */
export const joinSegments = Effect.fn("joinSegments")(function* (
  place: Place,
  origin: Origin,
  raw: RawLogService,
  recipients: ReadonlyArray<Recipient>
): Effect.fn.Return<number, PlaceFailed | Damaged | LogUnavailable | DamagedLog> {
  const objects: ReadonlyArray<StoredObject> = yield* place.list(segmentsOf(origin))
  const held = objects.flatMap(({ bytes, key }) => {
    const parsed = parseSegmentKey(key)
    return parsed === undefined ? [] : [{ first: parsed.first, bytes }]
  })
  let gone = 0
  for (const row of rowsOf(held)) {
    const before = held[held.indexOf(row[0]!) - 1]
    if (before !== undefined && (yield* isLeftOver(place, origin, before, row))) {
      yield* Effect.forEach(row, ({ first }) => place.remove(segmentKey(origin, first)), { discard: true })
      gone += row.length
    } else gone += yield* joinRow(place, origin, raw, recipients, row)
  }
  return gone
})
