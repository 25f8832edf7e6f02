/**
 * A sweep of damage over a copy and over the log that it is of: one bit, one cut, one missing and one exchanged part at
 * a time. Each has to be found and named; the rest has to be sound up to it; and what is mended has to be as it was.
 */
import { Effect } from "effect"
import { packMessages, type LogRecord } from "../../../actors/backup/segment/messages.ts"
import { mendLog } from "../../../actors/backup/verify/mend-log.ts"
import { scrub } from "../../../actors/backup/verify/scrub.ts"
import { isSound, verifyLog } from "../../../actors/backup/verify/verify.ts"
import { memoryLog } from "../../actors/backup/memory-place.ts"
import { shippedLog, type ShippedSegment } from "../../actors/backup/shipped.ts"
import { restoresOnServer, restoresUpTo, type Shipped } from "./restoring.ts"

/** Sizes of segments, in events: the last one alone, the others of one to nine. */
export const sizes = (segments: number): ReadonlyArray<number> =>
  Array.from({ length: segments }, (_, index) => 1 + ((index * 7) % 9))

interface Case {
  readonly what: string
  /** The segment that it concerns. */
  readonly at: ShippedSegment
  readonly damage: (objects: Map<string, Buffer>) => void
}

const flipped = (bytes: Buffer, bit: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[bit >> 3]! ^= 1 << (bit & 7)
  return copy
}

/**
 * Every `step`th bit of every segment, and so many cuts of each; `step` 1 is all of them. `others` are the segments of
 * another copy of the same log: each is whole, and follows others than are here.
 */
function* casesOf(
  { segments }: Shipped,
  others: ReadonlyArray<ShippedSegment>,
  step: number
): Generator<Case> {
  let bit = 0
  for (const at of segments) {
    for (; bit < at.bytes.length * 8; bit += step) {
      const here = bit
      yield {
        what: `bit ${here} of ${at.key}`,
        at,
        damage: (objects) => objects.set(at.key, flipped(at.bytes, here))
      }
    }
    bit -= at.bytes.length * 8
    for (let length = 0; length < at.bytes.length; length += Math.max(1, Math.floor(step / 8)))
      yield {
        what: `${at.key} cut to ${length}`,
        at,
        damage: (objects) => objects.set(at.key, at.bytes.subarray(0, length))
      }
    yield { what: `${at.key} missing`, at, damage: (objects) => objects.delete(at.key) }
    for (const other of [segments[0]!, segments.at(-1)!])
      if (other !== at)
        yield {
          what: `${other.key} in the place of ${at.key}`,
          at,
          damage: (objects) => objects.set(at.key, other.bytes)
        }
    const other = others.find(({ first, key }) => first > 1 && key === at.key)
    if (other !== undefined)
      yield {
        what: `another copy's ${at.key} in its place`,
        at,
        damage: (objects) => objects.set(at.key, other.bytes)
      }
  }
}

export interface Swept {
  readonly cases: number
  readonly breaches: ReadonlyArray<string>
}

/** What is restored besides, for restoring takes longer than finding. */
export interface Restoring {
  /** Every so many cases into memory; 1 is all of them. */
  readonly everyCases: number
  /** Every so many cases onto a nats-server, where anything remains before the damage; left out, none. */
  readonly onServer?: { readonly binary: string; readonly everyCases: number }
}

export interface Restored {
  readonly inMemory: number
  readonly onServer: number
}

/** Damages the copy, in every way of the sweep, and sees that it is found, named and mended, and the rest restored. */
export const sweepCopy = Effect.fnUntraced(function* (segments: number, step: number, restoring: Restoring) {
  const shipped = yield* shippedLog(sizes(segments))
  const { identity, options, origin, place } = shipped
  const { segments: others } = yield* shippedLog(sizes(segments))
  const whole = new Map(place.objects)
  const breaches: Array<string> = []
  let cases = 0
  let inMemory = 0
  let onServerToo = 0
  const expect = (holds: boolean, what: string) => {
    if (!holds) breaches.push(what)
  }
  const restore = Effect.fnUntraced(function* (what: string, at: ShippedSegment, isEnd: boolean) {
    const { everyCases, onServer } = restoring
    const found: Array<string> = []
    if (cases % everyCases === 0) {
      inMemory += 1
      found.push(...(yield* restoresUpTo(shipped, { ...at, isEnd })))
    }
    if (onServer !== undefined && at.first > 1 && cases % onServer.everyCases === 0) {
      onServerToo += 1
      found.push(...(yield* restoresOnServer(shipped, onServer.binary, at.first - 1)))
    }
    breaches.push(...found.map((it) => `${what}: ${it}`))
  })
  for (const { at, damage, what } of casesOf(shipped, others, step)) {
    cases += 1
    damage(place.objects)
    const report = yield* verifyLog(place, origin, undefined)
    // Nothing behind it tells that the last one is missing: whoever shipped knows.
    const isEnd = at === shipped.segments.at(-1) && what.endsWith("missing")
    if (!isEnd) {
      expect(!isSound(report), `${what}: not found by checking`)
      expect(
        report.damages.some(({ from }) => from === at.first),
        `${what}: not named by checking`
      )
    }
    expect(report.soundUpTo === at.first - 1, `${what}: sound up to ${report.soundUpTo}`)
    yield* restore(what, at, isEnd)
    const scrubbed = yield* scrub(options)
    expect(
      scrubbed.problems.some((it) => it.includes(at.key)),
      `${what}: not named by scrubbing`
    )
    expect(scrubbed.log.length === 0, `${what}: held against the log: ${scrubbed.log.join()}`)
    expect(scrubbed.mended === 1, `${what}: ${scrubbed.mended} mended`)
    const after = yield* verifyLog(place, origin, identity)
    expect(isSound(after) && after.soundUpTo === shipped.messages.length, `${what}: not mended`)
    place.objects.clear()
    for (const [key, bytes] of whole) place.objects.set(key, bytes)
    if (breaches.length > 20) break
  }
  return { cases, inMemory, onServer: onServerToo, breaches } satisfies Swept & Restored
})

/** A segment of more than one event in which an event is, if it is in one. */
const manyAround = (segments: Shipped["segments"], sequence: number): ShippedSegment | undefined =>
  segments.find(({ first, last }) => first <= sequence && sequence <= last && first < last)

/**
 * Takes every `step`th event out of the log, changes it, or changes it and takes another one of its segment out, and sees
 * that the scrub finds it and names it, and what mending makes of it.
 */
export const sweepLog = Effect.fnUntraced(function* (segments: number, step: number) {
  const shipped = yield* shippedLog(sizes(segments))
  const { identity, messages, options, origin, place } = shipped
  const before = new Map(place.objects)
  const breaches: Array<string> = []
  let cases = 0
  const look = Effect.fnUntraced(function* (
    found: typeof messages,
    wanted: (it: string) => boolean,
    what: string,
    mends: boolean
  ) {
    cases += 1
    const { log, mended, problems } = yield* scrub({ ...options, raw: memoryLog(found) })
    if (log.length !== 1 || !wanted(log[0]!)) breaches.push(`${what}: ${log.join() || "not found"}`)
    if (mended !== 0 || problems.length !== 0) breaches.push(`${what}: the copy was blamed`)
    for (const [key, bytes] of before)
      if (place.objects.get(key) !== bytes) breaches.push(`${what}: ${key} was changed`)
    const made: Array<LogRecord> = []
    const mending = yield* Effect.result(
      Effect.scoped(
        mendLog({
          place,
          origin,
          identity,
          raw: memoryLog(found),
          end: messages.length,
          into: { add: (more) => Effect.sync(() => void made.push(...more)) },
          onProgress: () => Effect.void
        })
      )
    )
    // Nobody can tell which of two that differ is right: then nothing is made.
    if (mending._tag === "Failure")
      return mends ? void breaches.push(`${what}: not mended: ${mending.failure.message}`) : undefined
    if (!mends) breaches.push(`${what}: mended, though the copy and the log differ`)
    else if (!packMessages(made).equals(packMessages(messages)))
      breaches.push(`${what}: mended to something else`)
  })
  const isMissing = (sequence: number) => (it: string) =>
    it === `event ${sequence} is missing in the log; memory holds what is missing`
  for (let index = 0; index < messages.length; index += step) {
    const { sequence } = messages[index]!
    // The end of the log is what the server says; an event missing there is one that it never acknowledged.
    if (sequence < messages.length)
      yield* look(
        messages.filter((it) => it.sequence !== sequence),
        isMissing(sequence),
        `event ${sequence} missing`,
        true
      )
    const changed = messages.map((it) =>
      it.sequence === sequence
        ? { ...it, data: flipped(Buffer.from(it.data), (sequence * 13) % (it.data.length * 8)) }
        : it
    )
    yield* look(
      changed,
      (it) => /^events \d+ to \d+ of the log are not those/.test(it),
      `event ${sequence} changed`,
      false
    )
    const around = manyAround(shipped.segments, sequence)
    const gone = around?.first === sequence ? sequence + 1 : around?.first
    if (gone !== undefined && gone < messages.length)
      yield* look(
        changed.filter((it) => it.sequence !== gone),
        isMissing(gone),
        `event ${sequence} changed, and event ${gone} missing`,
        false
      )
  }
  return { cases, breaches } satisfies Swept
})
