/**
 * Holding what a place has of a log against the log, event by event: every segment against its own digests, against
 * the one before it, and against the events that it should hold. No identity is needed.
 */
import { createHash, type Hash } from "node:crypto"
import { Effect } from "effect"
import type { RawMessage } from "../../../infra/event-log/raw-log.ts"
import type { Place, PlaceFailed } from "../places/place.ts"
import { packMessages } from "../segment/messages.ts"
import { checkFollows, type Origin, type Segment, type Tail, tailOf } from "../segment/segment.ts"
import { segmentKey } from "../ship/keys.ts"
import { segmentAt, segmentsHeld } from "../ship/tail.ts"

/** How far a place holds what the log holds. */
export interface HeldUpTo {
  readonly place: string
  readonly shown: string
  readonly upTo: number
  /** Why no further; null where it holds all that it was asked about. */
  readonly problem: string | null
}

export interface Holding {
  /** Takes the events of the log, from the first one on and in their order. */
  readonly take: (messages: ReadonlyArray<RawMessage>) => Effect.Effect<void, PlaceFailed>
  readonly held: () => HeldUpTo
}

interface Open {
  readonly segment: Segment
  readonly hash: Hash
}

/** Asks about events up to one; of the segment that it lies in all events have to be given. */
export const holdAgainstLog = Effect.fnUntraced(function* (place: Place, origin: Origin, upTo: number) {
  const firsts = new Set(yield* segmentsHeld(place, origin))
  let previous: Tail | null = null
  let open: Open | undefined
  let last = 0
  let problem: string | null = null

  /** The segment that begins with an event. */
  const begin = Effect.fnUntraced(function* (first: number) {
    if (!firsts.has(first)) return yield* Effect.fail(`it holds nothing from event ${first} on`)
    const found = yield* Effect.gen(function* () {
      const segment = yield* segmentAt(place, origin, first)
      if (segment !== undefined) yield* checkFollows(segment, origin, previous)
      return segment
    }).pipe(
      Effect.catchTag("Damaged", ({ message }) => Effect.fail(`${segmentKey(origin, first)}: ${message}`))
    )
    return found ?? (yield* Effect.fail(`${segmentKey(origin, first)} is there no more`))
  })

  const end = ({ hash, segment: { header, ...segment } }: Open) => {
    open = undefined
    if (hash.digest("hex") === header.content.sha256) {
      previous = tailOf({ header, ...segment })
      last = header.last
    } else
      problem = `${segmentKey(origin, header.first)}: events ${header.first} to ${header.last} there are not those of the log`
  }

  const takeOne = Effect.fnUntraced(function* (message: RawMessage) {
    const { sequence } = message
    if (problem !== null || (open === undefined && sequence > upTo)) return
    if (open === undefined) {
      const begun = yield* begin(sequence).pipe(
        Effect.catch((error) => {
          if (typeof error !== "string") return Effect.fail(error)
          problem = error
          return Effect.undefined
        })
      )
      if (begun === undefined) return
      open = { segment: begun, hash: createHash("sha256") }
    }
    open.hash.update(packMessages([message]))
    if (sequence === open.segment.header.last) end(open)
  })

  return {
    take: (messages) => Effect.forEach(messages, takeOne, { discard: true }),
    held: () => ({
      place: place.name,
      shown: place.shown,
      upTo: last,
      problem: problem ?? (last >= upTo ? null : `it holds events up to ${last} only`)
    })
  } satisfies Holding
})
