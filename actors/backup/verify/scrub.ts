/**
 * Scrubbing: the whole log is read and held against the digests of what was shipped, since its server does not notice
 * a flipped bit by itself, and the place is held against the log. What is broken or missing at the place is stored
 * again, where the log is whole there; a hole in the log is named, with whether the place can fill it.
 */
import { Clock, Effect } from "effect"
import type { EventLogService, LogUnavailable } from "../../../infra/event-log/event-log.ts"
import type { RawLogService } from "../../../infra/event-log/raw-log.ts"
import type { Place, PlaceFailed } from "../places/place.ts"
import { replaceForCertain } from "../places/read-back.ts"
import { sha256 } from "../segment/frame.ts"
import { packMessages } from "../segment/messages.ts"
import type { Recipient } from "../segment/seal.ts"
import {
  checkFollows,
  encodeSegment,
  type Origin,
  type Segment,
  type Tail,
  tailOf
} from "../segment/segment.ts"
import { segmentKey } from "../ship/keys.ts"
import { segmentAt, segmentsHeld } from "../ship/tail.ts"
import { segmentEventsMax } from "../ship/waiting.ts"
import { readWhole, type WholeReader } from "./read-whole.ts"

export interface ScrubOptions {
  readonly place: Place
  readonly origin: Origin
  readonly recipients: ReadonlyArray<Recipient>
  readonly log: Pick<EventLogService, "last">
  readonly raw: RawLogService
  /** The end of what was shipped there, as whoever ships knows it. */
  readonly shipped: Tail | null
}

export interface Scrubbed {
  readonly upTo: number
  readonly segments: number
  readonly log: ReadonlyArray<string>
  readonly problems: ReadonlyArray<string>
  readonly mended: number
  readonly seconds: number
}

export const problemsMax = 20

type Header = Segment["header"]

/** A segment that is whole, without its body. */
interface Sound {
  readonly header: Header
  readonly tail: Tail
}

/** What is not whole, or not there: what lies between two segments that are. */
interface Gap {
  readonly from: number
  readonly to: number
  readonly previous: Tail | null
  /** What follows names this. */
  readonly inPlaceOf: Tail
  readonly broken: ReadonlyArray<number>
}

interface Walk {
  readonly sound: ReadonlyArray<Sound>
  readonly gaps: ReadonlyArray<Gap>
  readonly problems: ReadonlyArray<string>
}

/** Walks the chain, and goes on behind what does not hold. */
const walk = Effect.fnUntraced(function* ({ origin, place, shipped }: ScrubOptions) {
  const sound: Array<Sound> = []
  const gaps: Array<Gap> = []
  const problems: Array<string> = []
  let previous: Tail | null = null
  let broken: Array<number> = []
  const gapUpTo = (to: number, inPlaceOf: Tail) => {
    const from = (previous?.last ?? 0) + 1
    if (broken.length === 0)
      problems.push(`events ${from} to ${to}: expected ${segmentKey(origin, from)}, found nothing`)
    gaps.push({ from, to, previous, inPlaceOf, broken })
    broken = []
  }
  for (const first of yield* segmentsHeld(place, origin)) {
    const read = yield* Effect.result(segmentAt(place, origin, first))
    if (read._tag === "Failure") {
      if (read.failure._tag === "PlaceFailed") return yield* read.failure
      problems.push(`events from ${first} on (${segmentKey(origin, first)}): ${read.failure.message}`)
      broken.push(first)
      continue
    }
    if (read.success === undefined) continue
    const segment: Segment = read.success
    const { header } = segment
    const end: number = (previous as Tail | null)?.last ?? 0
    if (header.last <= end) continue
    if (header.first > end + 1 && header.previous !== null && header.previous.last === header.first - 1)
      gapUpTo(header.first - 1, header.previous)
    else {
      const follows: { readonly _tag: "Success" } | { readonly _tag: "Failure"; readonly failure: Error } =
        yield* Effect.result(checkFollows(segment, origin, previous))
      if (follows._tag === "Failure") {
        problems.push(`events from ${first} on (${segmentKey(origin, first)}): ${follows.failure.message}`)
        broken.push(first)
        continue
      }
    }
    previous = tailOf(segment)
    sound.push({ header, tail: previous })
  }
  if (shipped !== null && ((previous as Tail | null)?.last ?? 0) < shipped.last)
    gapUpTo(shipped.last, shipped)
  return { sound, gaps, problems } satisfies Walk
})

/** Stores the events of a gap again. */
const mend = Effect.fnUntraced(function* (
  { origin, place, recipients }: ScrubOptions,
  { broken, from, inPlaceOf, previous, to }: Gap,
  reader: WholeReader
) {
  let tail = previous
  let mended = 0
  for (let first = from; first <= to; first += segmentEventsMax) {
    const last = Math.min(to, first + segmentEventsMax - 1)
    const messages = yield* reader.take(first, last)
    if (messages.length !== last - first + 1) return mended
    const { bytes, tail: next } = yield* Effect.promise(() =>
      encodeSegment({ origin, previous: tail, messages, ...(last === to ? { inPlaceOf } : {}) }, recipients)
    )
    yield* replaceForCertain(place, segmentKey(origin, first), bytes)
    tail = next
    mended += 1
  }
  const others = broken.filter((first) => first < from || (first - from) % segmentEventsMax !== 0)
  yield* Effect.forEach(others, (first) => place.remove(segmentKey(origin, first)), { discard: true })
  return mended
})

/** The places of the log where what it says is not what was shipped. */
const compare = Effect.fnUntraced(function* (sound: ReadonlyArray<Sound>, reader: WholeReader) {
  const others: Array<string> = []
  for (const { header } of sound) {
    const messages = yield* reader.take(header.first, header.last)
    if (messages.length !== header.last - header.first + 1) continue
    if (sha256(packMessages(messages)) !== header.content.sha256)
      others.push(`events ${header.first} to ${header.last} of the log are not those that were shipped`)
  }
  return others
})

const heldBy = (sound: ReadonlyArray<Sound>, event: number): boolean =>
  sound.some(({ header }) => header.first <= event && event <= header.last)

/**
 * Scrubs the log and a place. Fails where one of them cannot be asked.
 *
 * @example
 * const { log, mended, problems } = yield* scrub({ place, origin, recipients, log, raw, shipped })
 */
export const scrub = Effect.fn("scrub")(function* (
  options: ScrubOptions
): Effect.fn.Return<Scrubbed, PlaceFailed | LogUnavailable> {
  const { log, place, raw } = options
  const began = yield* Clock.currentTimeMillis
  const end = yield* log.last
  const { gaps, problems, sound } = yield* walk(options)
  const reader = readWhole(raw, end)
  const others = yield* Effect.scoped(compare(sound, reader).pipe(Effect.tap(() => reader.take(end, end))))
  let mended = 0
  for (const gap of gaps) mended += yield* Effect.scoped(mend(options, gap, readWhole(raw, end)))
  const holes = reader.holes().map(({ file, from, to }) => {
    const within = file === undefined ? "" : ` (the file ${file} of the archive)`
    const where = from === to ? `event ${from}${within} is` : `events ${from} to ${to}${within} are`
    const filled = heldBy(sound, from) && heldBy(sound, to)
    return `${where} missing in the log; ${place.name} ${filled ? "holds what is missing" : "does not hold all of it"}`
  })
  return {
    upTo: end,
    segments: sound.length,
    log: [...holes, ...others].slice(0, problemsMax),
    problems: problems.slice(0, problemsMax),
    mended,
    seconds: ((yield* Clock.currentTimeMillis) - began) / 1_000
  }
})
