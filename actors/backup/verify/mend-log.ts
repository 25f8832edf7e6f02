/**
 * Making a log with holes in it whole: its own events where it has them, and those of a copy where it has not. Where
 * both have an event and it is not the same, nobody can tell which is right: then nothing is made.
 */
import { Effect, Schema, type Scope, Stream } from "effect"
import type { LogUnavailable } from "../../../infra/event-log/event-log.ts"
import type { RawLogService } from "../../../infra/event-log/raw-log.ts"
import type { Rebuilding } from "../../../infra/event-log/rebuild-log.ts"
import type { Place, PlaceFailed } from "../places/place.ts"
import { type Part, readChain } from "../restore/read-chain.ts"
import { sha256 } from "../segment/frame.ts"
import { packMessages } from "../segment/messages.ts"
import type { Identity } from "../segment/seal.ts"
import type { Origin } from "../segment/segment.ts"
import { readWhole } from "./read-whole.ts"

/** The log and the copy together do not make a whole log. */
export class Unmendable extends Schema.TaggedError<Unmendable>()("Unmendable", {
  from: Schema.Int,
  to: Schema.Int,
  message: Schema.String
}) {}

export interface MendOptions {
  readonly place: Place
  readonly origin: Origin
  readonly identity: Identity
  /** The log with holes, and its last event as the server has it. */
  readonly raw: RawLogService
  readonly end: number
  /** The first event that the stream is to hold; 1 if left out. */
  readonly from?: number | undefined
  readonly into: Pick<Rebuilding, "add">
  readonly onProgress: (events: number) => Effect.Effect<void>
}

export interface Mended {
  readonly last: number
  /** Events that only the copy had. */
  readonly filled: number
}

/** Events read at once where there is no copy of them. */
const stepEvents = 1_000

/** Makes it; the readers of the damaged log are open until the scope closes. */
export const mendLog = Effect.fn("mendLog")(function* ({
  end,
  from = 1,
  identity,
  into,
  onProgress,
  origin,
  place,
  raw
}: MendOptions): Effect.fn.Return<Mended, Unmendable | LogUnavailable | PlaceFailed, Scope.Scope> {
  const reader = readWhole(raw, end)
  let last = from - 1
  let filled = 0

  const addPart = Effect.fnUntraced(function* (part: Part) {
    // What is before it is in files.
    const first = Math.max(part.first, from)
    const messages = part.messages.slice(first - part.first)
    if (messages.length === 0) return
    const to = first + messages.length - 1
    const own = yield* reader.take(first, to)
    // Where the log has a hole, the rest of it is still held against the copy.
    const copied = own.map(({ sequence }) => messages[sequence - first]!)
    if (sha256(packMessages(own)) !== sha256(packMessages(copied)))
      return yield* new Unmendable({
        from: first,
        to,
        message: `expected events ${first} to ${to} of the log as ${place.name} has them, found others`
      })
    yield* into.add(messages)
    filled += messages.length - own.length
    last = to
    yield* onProgress(last)
  })
  yield* readChain(place, origin, identity).pipe(
    Stream.runForEach(addPart),
    // What is behind it has to be in the log itself.
    Effect.catchTag("ChainBroken", () => Effect.void)
  )
  while (last < end) {
    const to = Math.min(end, last + stepEvents)
    const own = yield* reader.take(last + 1, to)
    if (own.length !== to - last) {
      const missing = own.findIndex(({ sequence }, index) => sequence !== last + 1 + index)
      const from = missing === -1 ? last + own.length + 1 : last + 1 + missing
      return yield* new Unmendable({
        from,
        to,
        message: `expected event ${from} in the log or at ${place.name}, found it in neither`
      })
    }
    yield* into.add(own)
    last = to
    yield* onProgress(last)
  }
  return { last, filled }
})
