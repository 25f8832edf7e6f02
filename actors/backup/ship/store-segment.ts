/** Storing the next segment at a place, so that it is there exactly once, whatever became of earlier attempts. */
import { Effect, Result } from "effect"
import type { RawMessage } from "../../../infra/event-log/raw-log.ts"
import type { Place, PlaceFailed } from "../places/place.ts"
import { lied } from "../places/read-back.ts"
import type { Recipient } from "../segment/seal.ts"
import {
  contentOf,
  encodeSegment,
  type Origin,
  readSegment,
  type Segment,
  type Tail
} from "../segment/segment.ts"
import { segmentKey } from "./keys.ts"
import { blocked, soundSegmentAt, tailOf, twoWriters } from "./tail.ts"

export interface Stored {
  readonly tail: Tail
  /** The first event of the segment. */
  readonly first: number
  /** How many of the messages it holds; of an earlier attempt's segment perhaps fewer than there are now. */
  readonly count: number
  /** How large the object is; 0 where an earlier attempt stored it. */
  readonly bytes: number
}

/** Whether a segment holds just these events, and follows what ours would follow. */
const isOurs = ({ header }: Segment, previous: Tail | null, messages: ReadonlyArray<RawMessage>): boolean =>
  header.previous?.object === previous?.object &&
  header.last - header.first < messages.length &&
  header.content.sha256 === contentOf(messages.slice(0, header.last - header.first + 1)).sha256

/** What stands where ours should stand: our own, of an attempt whose answer was lost, or another writer's. */
const adopt = Effect.fnUntraced(function* (
  place: Place,
  origin: Origin,
  previous: Tail | null,
  messages: ReadonlyArray<RawMessage>
) {
  const first = (previous?.last ?? 0) + 1
  const segment = yield* soundSegmentAt(place, origin, first)
  // It was there a moment ago.
  if (segment === undefined) return undefined
  if (!isOurs(segment, previous, messages))
    return yield* blocked(place, `other events from ${first} on`, twoWriters)
  return { tail: tailOf(segment), first, count: segment.header.last - first + 1, bytes: 0 } satisfies Stored
})

/**
 * Looks whether a place holds what it said that it stored. What it made of it instead, where that is no segment at
 * all, is in the way of the next attempt.
 */
const confirm = Effect.fnUntraced(function* (place: Place, key: string, bytes: Buffer) {
  const held = yield* place.get(key)
  if (held === undefined) return yield* lied(place, "store an object", key, "nothing")
  if (held.equals(bytes)) return undefined
  if (Result.isFailure(yield* Effect.result(readSegment(held)))) yield* place.remove(key)
  return yield* lied(place, "store an object", key, "something else")
})

/**
 * Stores messages behind what a place holds. `prepare` runs once it is known that nobody else was there first: by it
 * the place gets the keys that they are sealed under.
 */
export const storeSegment = Effect.fn("storeSegment")(function* <E>(
  place: Place,
  origin: Origin,
  previous: Tail | null,
  messages: ReadonlyArray<RawMessage>,
  recipients: ReadonlyArray<Recipient>,
  prepare: (isFree: Effect.Effect<boolean, PlaceFailed>) => Effect.Effect<void, E>
) {
  const first = (previous?.last ?? 0) + 1
  // What was read and what is stored would be apart for good.
  if (messages[0]?.sequence !== first)
    return yield* Effect.die(
      new Error(`expected to store events from ${first} on, found ${messages[0]?.sequence}`)
    )
  const key = segmentKey(origin, first)
  yield* prepare(Effect.map(place.get(key), (there) => there === undefined))
  const { bytes, tail } = yield* Effect.promise(() =>
    encodeSegment({ origin, previous, messages }, recipients)
  )
  if ((yield* place.putIfAbsent(key, bytes)) === "taken")
    return yield* adopt(place, origin, previous, messages)
  yield* confirm(place, key, bytes)
  return { tail, first, count: tail.last - first + 1, bytes: bytes.length } satisfies Stored
})
