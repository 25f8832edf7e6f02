/**
 * A sweep of damage over a copy and over the log that it is of: one bit, one cut, one missing and one exchanged part at
 * a time. Each has to be found and named; the rest has to be sound up to it; and what is mended has to be as it was.
 */
import { Effect } from "effect"
import { scrub } from "../../../actors/backup/verify/scrub.ts"
import { isSound, verifyLog } from "../../../actors/backup/verify/verify.ts"
import { memoryLog } from "../../actors/backup/memory-place.ts"
import { shippedLog, type ShippedSegment } from "../../actors/backup/shipped.ts"

type Shipped = Effect.Success<ReturnType<typeof shippedLog>>

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

/** Every `step`th bit of every segment, and so many cuts of each; `step` 1 is all of them. */
function* casesOf({ segments }: Shipped, step: number): Generator<Case> {
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
  }
}

export interface Swept {
  readonly cases: number
  readonly breaches: ReadonlyArray<string>
}

/** Damages the copy, in every way of the sweep, and sees that it is found, named and mended. */
export const sweepCopy = Effect.fnUntraced(function* (segments: number, step: number) {
  const shipped = yield* shippedLog(sizes(segments))
  const { identity, options, origin, place } = shipped
  const whole = new Map(place.objects)
  const breaches: Array<string> = []
  let cases = 0
  const expect = (holds: boolean, what: string) => {
    if (!holds) breaches.push(what)
  }
  for (const { at, damage, what } of casesOf(shipped, step)) {
    cases += 1
    damage(place.objects)
    const report = yield* verifyLog(place, origin, undefined)
    const isLast = at === shipped.segments.at(-1)
    // Nothing behind it tells that the last one is missing: whoever shipped knows.
    if (!(isLast && what.endsWith("missing"))) {
      expect(!isSound(report), `${what}: not found by checking`)
      expect(
        report.damages.some(({ from }) => from === at.first),
        `${what}: not named by checking`
      )
    }
    expect(report.soundUpTo === at.first - 1, `${what}: sound up to ${report.soundUpTo}`)
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
  return { cases, breaches } satisfies Swept
})

/** Takes every `step`th event out of the log, or changes it, and sees that the scrub finds it and names it. */
export const sweepLog = Effect.fnUntraced(function* (segments: number, step: number) {
  const { messages, options, place } = yield* shippedLog(sizes(segments))
  const before = new Map(place.objects)
  const breaches: Array<string> = []
  let cases = 0
  const look = Effect.fnUntraced(function* (
    found: typeof messages,
    wanted: (it: string) => boolean,
    what: string
  ) {
    cases += 1
    const { log, mended, problems } = yield* scrub({ ...options, raw: memoryLog(found) })
    if (log.length !== 1 || !wanted(log[0]!)) breaches.push(`${what}: ${log.join() || "not found"}`)
    if (mended !== 0 || problems.length !== 0) breaches.push(`${what}: the copy was blamed`)
    for (const [key, bytes] of before)
      if (place.objects.get(key) !== bytes) breaches.push(`${what}: ${key} was changed`)
  })
  for (let index = 0; index < messages.length; index += step) {
    const { sequence } = messages[index]!
    // The end of the log is what the server says; an event missing there is one that it never acknowledged.
    if (sequence < messages.length)
      yield* look(
        messages.filter((it) => it.sequence !== sequence),
        (it) => it === `event ${sequence} is missing in the log; memory holds what is missing`,
        `event ${sequence} missing`
      )
    const changed = messages.map((it) =>
      it.sequence === sequence
        ? { ...it, data: flipped(Buffer.from(it.data), (sequence * 13) % (it.data.length * 8)) }
        : it
    )
    yield* look(
      changed,
      (it) => /^events \d+ to \d+ of the log are not those/.test(it),
      `event ${sequence} changed`
    )
  }
  return { cases, breaches } satisfies Swept
})
