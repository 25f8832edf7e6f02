/** Finding how far a place has come, by what it holds and not by what anybody remembers. */
import { Effect, Schema } from "effect"
import type { Place } from "../places/place.ts"
import { replaceForCertain } from "../places/read-back.ts"
import { Damaged, damaged, sha256 } from "../segment/frame.ts"
import { type Origin, readSegment, type Segment, type Tail, tailOf } from "../segment/segment.ts"
import { asideKey, parseSegmentKey, segmentKey, segmentsOf } from "./keys.ts"

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

const damagedSegment = (place: Place, origin: Origin, first: number, { message }: Damaged) =>
  blocked(place, `a damaged segment ${segmentKey(origin, first)} (${message})`, mendIt)

/** The same, where damage keeps anything more from being written: somebody else may have stored it. */
export const soundSegmentAt = (place: Place, origin: Origin, first: number) =>
  segmentAt(place, origin, first).pipe(
    Effect.catchTag("Damaged", (error: Damaged) => Effect.fail(damagedSegment(place, origin, first, error)))
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

/** A segment that nobody can read was moved out of the way: why, and where to. */
export interface Aside {
  readonly first: number
  readonly reason: string
  readonly key: string
}

/**
 * Moves a damaged segment out of the way, as it is: what it can still tell is not thrown away. It is seen to be there
 * first, so that whoever is interrupted, or not told the truth, finds it at one of the two.
 */
const setAside = Effect.fnUntraced(function* (
  place: Place,
  origin: Origin,
  first: number,
  { message }: Damaged
) {
  const from = segmentKey(origin, first)
  const bytes = yield* place.get(from)
  if (bytes === undefined) return []
  const key = asideKey(origin, first, sha256(bytes))
  yield* replaceForCertain(place, key, bytes)
  yield* place.remove(from)
  return [{ first, reason: message, key } satisfies Aside]
})

/** What a place ends with: its last segment that is whole, and those behind it that were not. */
export interface PlaceEnd {
  /** `undefined` where it holds none of this generation. */
  readonly segment: Segment | undefined
  readonly aside: ReadonlyArray<Aside>
}

/**
 * Finds what a place ends with. What is damaged there and is in the log as well is moved aside, and shipping stores it
 * again; what the log does not have stays where it is, and blocks the place.
 *
 * @param known - The first event of a segment that was known to be there.
 */
export const findEnd = Effect.fn("findEnd")(function* (
  place: Place,
  origin: Origin,
  endOfLog: number,
  known?: number
) {
  const aside: Array<Aside> = []
  // Nothing is listed twice: from a segment that was known to be there, only what came later.
  const later = known === undefined ? [] : yield* segmentsHeld(place, origin, known)
  let first = later.at(-1) ?? known ?? (yield* segmentsHeld(place, origin)).at(-1)
  while (first !== undefined) {
    const read = yield* Effect.result(segmentAt(place, origin, first))
    if (read._tag === "Success" && read.success !== undefined)
      return { segment: read.success, aside } satisfies PlaceEnd
    if (read._tag === "Failure") {
      if (read.failure._tag === "PlaceFailed") return yield* read.failure
      if (first > endOfLog) return yield* damagedSegment(place, origin, first, read.failure)
      aside.push(...(yield* setAside(place, origin, first, read.failure)))
    }
    first = (yield* segmentsHeld(place, origin)).at(-1)
  }
  return { segment: undefined, aside } satisfies PlaceEnd
})

export type { Tail }
export { tailOf }
