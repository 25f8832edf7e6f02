/**
 * Segments: consecutive events of the log in one sealed object. Each names the one before it, by the digest of that
 * object and by that of its content, so that none can be left out, put in twice or exchanged.
 */
import { Effect, Schema } from "effect"
import { Damaged, damaged, Digest, Extent, extentOf, frame, type Framed, unframe } from "./frame.ts"
import { type LogRecord, packMessages, unpackMessages } from "./messages.ts"
import { type Identity, type Recipient, seal, unseal } from "./seal.ts"

/** Whose log it is, and which life of it. */
const Origin = { account: Schema.String, generation: Schema.String }
export interface Origin {
  readonly account: string
  readonly generation: string
}

/** The end of what is stored: what the next segment follows. */
export const Tail = Schema.Struct({ last: Schema.Int, object: Digest, content: Digest })
export type Tail = typeof Tail.Type

const Header = Schema.Struct({
  kind: Schema.Literal("segment"),
  ...Origin,
  /** Sequences of the first and the last event. */
  first: Schema.Int,
  last: Schema.Int,
  /** What it follows; null for the first of a generation. */
  previous: Schema.NullOr(Tail),
  /**
   * The end of what it was put in the place of, where it was: segments that were joined, or one that was broken. What
   * follows names that end.
   */
  inPlaceOf: Schema.optionalKey(Tail),
  /** Of the events before they were compressed and encrypted. */
  content: Extent,
  body: Extent
})
export type SegmentHeader = typeof Header.Type

export type Segment = Framed<SegmentHeader>

/** Events that are to be stored, and what they follow. */
export interface Contents {
  readonly origin: Origin
  readonly previous: Tail | null
  readonly messages: ReadonlyArray<LogRecord>
  /** Left out where nothing was there before. */
  readonly inPlaceOf?: Tail
}

/** The digest of events, as it would stand in a segment of them. */
export const contentOf = (messages: ReadonlyArray<LogRecord>): Extent => extentOf(packMessages(messages))

/** Makes the object of events, and the tail that it leaves. */
export const encodeSegment = async (
  { inPlaceOf, messages, origin, previous }: Contents,
  recipients: ReadonlyArray<Recipient>
): Promise<{ readonly bytes: Buffer; readonly tail: Tail }> => {
  const plain = packMessages(messages)
  const first = (previous?.last ?? 0) + 1
  const last = first + messages.length - 1
  const content = extentOf(plain)
  const { account, generation } = origin
  const header = {
    kind: "segment",
    account,
    generation,
    first,
    last,
    previous,
    ...(inPlaceOf === undefined ? {} : { inPlaceOf }),
    content
  }
  const bytes = frame(header, await seal(plain, recipients))
  return { bytes, tail: tailOf(readSegmentNow(bytes)) }
}

/** What a segment leaves for the next one to follow. */
export const tailOf = ({ digest, header: { content, inPlaceOf, last } }: Segment): Tail =>
  inPlaceOf ?? { last, object: digest, content: content.sha256 }

const readSegmentNow = (bytes: Buffer): Segment => unframe(bytes, Header)

const asDamaged = (cause: unknown): Damaged =>
  cause instanceof Damaged ? cause : damaged("content", "an object that can be read", String(cause))

/** Reads what can be read without a key, and holds it against its digests. */
export const readSegment = (bytes: Buffer): Effect.Effect<Segment, Damaged> =>
  Effect.try({ try: () => readSegmentNow(bytes), catch: asDamaged })

const isSame = (one: Tail | null, other: Tail | null): boolean =>
  one?.last === other?.last && one?.object === other?.object && one?.content === other?.content

const shown = (tail: Tail | null): string =>
  tail === null ? "the beginning" : `the segment up to ${tail.last} (${tail.object.slice(0, 12)}…)`

/** Whether a segment is the one that must come next. It is known by what it follows, whatever its name says. */
export const checkFollows = (
  { header }: Segment,
  origin: Origin,
  previous: Tail | null
): Effect.Effect<void, Damaged> => {
  const { account, first, generation, last } = header
  const fail = (expected: string, found: string) => Effect.fail(damaged("place", expected, found))
  if (account !== origin.account || generation !== origin.generation)
    return fail(
      `a segment of account ${origin.account}, generation ${origin.generation}`,
      `one of ${account}, ${generation}`
    )
  const wanted = (previous?.last ?? 0) + 1
  if (first !== wanted || last < first) return fail(`events from ${wanted} on`, `${first} to ${last}`)
  const { inPlaceOf } = header
  if (inPlaceOf !== undefined && inPlaceOf.last !== last)
    return fail(
      `a segment in the place of what ended with ${last}`,
      `one of what ended with ${inPlaceOf.last}`
    )
  if (!isSame(header.previous, previous))
    return fail(`a segment that follows ${shown(previous)}`, `one that follows ${shown(header.previous)}`)
  return Effect.void
}

/** Opens a segment: its events, held against the digest of its content. */
export const openSegment = (
  { body, header }: Segment,
  identity: Identity
): Effect.Effect<ReadonlyArray<LogRecord>, Damaged> =>
  Effect.gen(function* () {
    const plain = yield* Effect.tryPromise({
      try: () => unseal(body, identity, header.content.bytes),
      catch: (cause) =>
        damaged(
          "content",
          "a body that this identity opens",
          cause instanceof Error ? cause.message : String(cause)
        )
    })
    const { sha256 } = extentOf(plain)
    if (sha256 !== header.content.sha256)
      return yield* damaged("content", `content with the digest ${header.content.sha256}`, sha256)
    const messages = unpackMessages(plain)
    const wanted = header.last - header.first + 1
    if (messages?.length !== wanted)
      return yield* damaged("content", `${wanted} events`, `${messages?.length ?? "something else"}`)
    return messages
  })
