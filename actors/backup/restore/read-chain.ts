/**
 * Reading what a place holds of one log, segment by segment in their order, each held against its digests and against
 * the one before. It ends with the first that is damaged: what follows cannot stand behind a hole.
 */
import { Effect, Result, Schema, Stream } from "effect"
import type { Place, PlaceFailed } from "../places/place.ts"
import { Damaged, damaged, DamagedPart } from "../segment/frame.ts"
import type { LogRecord } from "../segment/messages.ts"
import type { Identity } from "../segment/seal.ts"
import {
  checkFollows,
  openSegment,
  type Origin,
  type Segment,
  type Tail,
  tailOf
} from "../segment/segment.ts"
import { segmentKey } from "../ship/keys.ts"
import { segmentAt, segmentsHeld } from "../ship/tail.ts"

/** Segments that are fetched and opened ahead: one takes some milliseconds, and a round trip to storage many. */
const aheadMax = 4

/** From here on nothing can be restored of this log from this place. */
export class ChainBroken extends Schema.TaggedError<ChainBroken>()("ChainBroken", {
  key: Schema.String,
  part: DamagedPart,
  /** The first event that is not there; what is behind it is lost with it. */
  from: Schema.Int,
  message: Schema.String
}) {}

/** The events of one segment. */
export interface Part {
  /** The sequence of the first of them. */
  readonly first: number
  readonly messages: ReadonlyArray<LogRecord>
}

interface Fetched {
  readonly first: number
  readonly outcome: Result.Result<
    { readonly segment: Segment; readonly messages: ReadonlyArray<LogRecord> },
    Damaged
  >
}

const opening = (place: Place, origin: Origin, identity: Identity) =>
  Effect.fnUntraced(function* (first: number): Effect.fn.Return<Fetched, PlaceFailed> {
    const attempt = Effect.gen(function* () {
      const segment = yield* segmentAt(place, origin, first)
      if (segment === undefined) return yield* damaged("beginning", "a segment", "nothing")
      return { segment, messages: yield* openSegment(segment, identity) }
    })
    const outcome = yield* attempt.pipe(
      Effect.map((it): Fetched["outcome"] => Result.succeed(it)),
      Effect.catchTag("Damaged", (error) => Effect.succeed<Fetched["outcome"]>(Result.fail(error)))
    )
    return { first, outcome }
  })

/** Sees that each follows the one before it, and passes over those whose events were in a longer one. */
const inOrder = (origin: Origin) => {
  let previous: Tail | null = null
  let last = 0
  const broken = (at: number, { message, part }: Damaged) =>
    new ChainBroken({ key: segmentKey(origin, at), part, from: last + 1, message })
  return Effect.fnUntraced(function* ({ first, outcome }: Fetched) {
    if (first <= last) return []
    if (first > last + 1)
      return yield* broken(
        last + 1,
        damaged("place", `events from ${last + 1} on`, `nothing before ${first}`)
      )
    if (Result.isFailure(outcome)) return yield* broken(first, outcome.failure)
    const { messages, segment } = outcome.success
    yield* Effect.mapError(checkFollows(segment, origin, previous), (error) => broken(first, error))
    previous = tailOf(segment)
    last = segment.header.last
    return [{ first, messages } satisfies Part]
  })
}

/**
 * All events of a log, in the parts in which they were stored.
 *
 * @example readChain(place, origin, identity).pipe(Stream.runForEach(({ first, messages }) => …))
 */
export const readChain = (
  place: Place,
  origin: Origin,
  identity: Identity
): Stream.Stream<Part, PlaceFailed | ChainBroken> =>
  Stream.unwrap(
    Effect.map(segmentsHeld(place, origin), (firsts) =>
      Stream.fromIterable(firsts).pipe(
        Stream.mapEffect(opening(place, origin, identity), { concurrency: aheadMax }),
        Stream.mapEffect(inOrder(origin)),
        Stream.flatMap((parts) => Stream.fromIterable(parts))
      )
    )
  )
