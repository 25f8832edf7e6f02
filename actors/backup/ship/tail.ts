/** Finding how far a place has come, by what it holds and not by what anybody remembers. */
import { Effect, Schema } from "effect"
import type { Place } from "../places/place.ts"
import { Damaged, damaged } from "../segment/frame.ts"
import { type Origin, readSegment, type Segment, type Tail, tailOf } from "../segment/segment.ts"
import { parseSegmentKey, segmentKey, segmentsOf } from "./keys.ts"

/** A place holds something else than this log, or something of it that is damaged: a person has to look. */
export class PlaceBlocked extends Schema.TaggedError<PlaceBlocked>()("PlaceBlocked", {
  place: Schema.String,
  message: Schema.String
}) {}

export const blocked = (place: Place, found: string, next: string): PlaceBlocked =>
  new PlaceBlocked({
    place: place.name,
    message: `expected ${place.shown} to hold a copy of this log, found ${found}. ${next}`
  })

/** What to do where two write to one place. */
export const twoWriters =
  "Does another installation with the same data write there? Stop one of them, or give one a place of its own"

const mendIt =
  "`wadjet verify` says what can be restored. Move it away, and a new copy begins in an empty place"

/** Reads the segment that begins with an event, and sees that it does. */
export const segmentAt = Effect.fn("segmentAt")(function* (place: Place, origin: Origin, first: number) {
  const key = segmentKey(origin, first)
  const bytes = yield* place.get(key)
  if (bytes === undefined) return undefined
  const segment = yield* readSegment(bytes)
  const { account, generation } = segment.header
  if (segment.header.first !== first || account !== origin.account || generation !== origin.generation)
    return yield* damaged(
      "place",
      `the segment that its key ${key} names`,
      segmentKey(segment.header, segment.header.first)
    )
  return segment
})

/** The same, where damage keeps anything more from being written. */
export const soundSegmentAt = (place: Place, origin: Origin, first: number) =>
  segmentAt(place, origin, first).pipe(
    Effect.catchTag("Damaged", (error: Damaged) =>
      Effect.fail(blocked(place, `a damaged segment ${segmentKey(origin, first)} (${error.message})`, mendIt))
    )
  )

/** The first events of the segments that a place holds, in order. */
export const segmentsHeld = Effect.fn("segmentsHeld")(function* (
  place: Place,
  origin: Origin,
  after?: number
) {
  const objects = yield* place.list(
    segmentsOf(origin),
    after === undefined ? undefined : segmentKey(origin, after)
  )
  return objects.flatMap(({ key }) => parseSegmentKey(key)?.first ?? [])
})

/** The last segment that a place holds; `undefined` where it holds none of this generation. */
export const lastSegment = Effect.fn("lastSegment")(function* (place: Place, origin: Origin, hint?: number) {
  // Nothing is listed twice: from a segment that was known to be there, only what came later.
  const later = hint === undefined ? [] : yield* segmentsHeld(place, origin, hint)
  const known = later.at(-1) ?? hint
  const segment: Segment | undefined =
    known === undefined ? undefined : yield* soundSegmentAt(place, origin, known)
  if (segment !== undefined) return segment
  const first = (yield* segmentsHeld(place, origin)).at(-1)
  return first === undefined ? undefined : yield* soundSegmentAt(place, origin, first)
})

export type { Tail }
export { tailOf }
