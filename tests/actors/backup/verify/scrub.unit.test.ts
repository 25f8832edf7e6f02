import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { joinSegments } from "../../../../actors/backup/ship/join-segments.ts"
import { segmentKey, segmentsOf } from "../../../../actors/backup/ship/keys.ts"
import { scrub } from "../../../../actors/backup/verify/scrub.ts"
import { verifyLog } from "../../../../actors/backup/verify/verify.ts"
import { sizes, sweepCopy, sweepLog } from "../../../faults/backup/sweep.ts"
import { memoryLog } from "../memory-place.ts"
import { shippedLog } from "../shipped.ts"

describe("scrubbing", () => {
  it.live("finds nothing where all is well, and changes nothing", () =>
    Effect.gen(function* () {
      const { messages, options, place } = yield* shippedLog(sizes(30))
      const before = new Map(place.objects)
      expect(yield* scrub(options)).toMatchObject({
        upTo: messages.length,
        segments: 30,
        log: [],
        problems: [],
        mended: 0
      })
      expect(new Map(place.objects)).toEqual(before)
    })
  )

  it.live(
    "finds and names every flipped bit, cut, missing and exchanged part of a copy, restores the rest, and mends it from the log",
    () =>
      Effect.gen(function* () {
        const { breaches, cases, inMemory } = yield* sweepCopy(5, 4_001, { everyCases: 1 })
        expect(breaches).toEqual([])
        expect(inMemory).toBe(cases)
        expect(cases).toBeGreaterThan(20)
      }),
    60_000
  )

  it.live(
    "finds every event that the log lost, or that is another one than was shipped, and leaves the copy alone",
    () =>
      Effect.gen(function* () {
        const { breaches, cases } = yield* sweepLog(6, 3)
        expect(breaches).toEqual([])
        expect(cases).toBeGreaterThan(10)
      })
  )

  it.live("finds segments that are missing at the end, and several in a row", () =>
    Effect.gen(function* () {
      const { identity, messages, options, origin, place, segments } = yield* shippedLog(sizes(9))
      for (const gone of [segments[3]!, segments[4]!, segments[5]!, segments[7]!, segments[8]!])
        place.objects.delete(gone.key)
      const found = yield* scrub(options)
      expect(found.problems).toEqual([
        expect.stringContaining(`events ${segments[3]!.first} to ${segments[5]!.last}`),
        expect.stringContaining(`events ${segments[7]!.first} to ${segments[8]!.last}`)
      ])
      expect(found.mended).toBe(2)
      const after = yield* verifyLog(place, origin, identity)
      expect(after).toMatchObject({ damages: [], soundUpTo: messages.length })
    })
  )

  it.live("does not take a gap for mended where the storage only says that it stored what was in it", () =>
    Effect.gen(function* () {
      const { options, place, segments } = yield* shippedLog(sizes(5))
      place.objects.delete(segments[2]!.key)
      const lying = { ...place, replace: () => Effect.void }
      expect(yield* Effect.flip(scrub({ ...options, place: lying }))).toMatchObject({
        _tag: "PlaceFailed",
        fault: "lied",
        message: expect.stringContaining(segments[2]!.key)
      })
      const halving = {
        ...place,
        replace: (key: string, bytes: Uint8Array) => place.replace(key, bytes.subarray(0, bytes.length / 2))
      }
      expect(yield* Effect.flip(scrub({ ...options, place: halving }))).toMatchObject({ fault: "lied" })
      expect(yield* scrub(options)).toMatchObject({ mended: 1 })
    })
  )

  it.live("leaves a gap as it is where the log has a hole too, and says that nobody has it", () =>
    Effect.gen(function* () {
      const { messages, options, place, segments } = yield* shippedLog(sizes(5))
      const gone = segments[2]!
      place.objects.delete(gone.key)
      const holed = memoryLog(messages.filter(({ sequence }) => sequence !== gone.first))
      expect(yield* scrub({ ...options, raw: holed })).toMatchObject({
        log: [`event ${gone.first} is missing in the log; memory does not hold all of it`],
        mended: 0
      })
      expect(place.objects.has(gone.key)).toBe(false)
    })
  )
})

describe("joining segments", () => {
  const many = Array.from({ length: 40 }, () => 2)

  it.live("makes one of many, which is as good, and leaves the last as it is", () =>
    Effect.gen(function* () {
      const { identity, messages, options, origin, place, recipients, segments } = yield* shippedLog(many)
      expect(yield* joinSegments(place, origin, options.raw, recipients)).toBe(38)
      expect([...place.objects.keys()].toSorted()).toEqual([segments[0]!.key, segments[39]!.key])
      const held: Array<string> = []
      const report = yield* verifyLog(place, origin, identity, {
        onEvents: (events) => Effect.sync(() => held.push(...events.map(({ headers }) => headers)))
      })
      expect(report).toMatchObject({ damages: [], soundUpTo: messages.length, segments: 2 })
      expect(held).toEqual(messages.map(({ headers }) => headers))
      expect(yield* joinSegments(place, origin, options.raw, recipients)).toBe(0)
      expect(yield* scrub(options)).toMatchObject({ problems: [], log: [], mended: 0 })
    })
  )

  it.live("is finished the next time where it was interrupted, wherever that was", () =>
    Effect.gen(function* () {
      for (let after = 0; after < 39; after += 13) {
        const { identity, messages, options, origin, place, recipients } = yield* shippedLog(many)
        let removed = 0
        const dying = {
          ...place,
          remove: (key: string) =>
            removed++ < after ? place.remove(key) : Effect.die(new Error("the process was killed"))
        }
        yield* Effect.exit(joinSegments(dying, origin, options.raw, recipients))
        const between = yield* verifyLog(place, origin, identity)
        expect(between).toMatchObject({ damages: [], soundUpTo: messages.length })
        yield* joinSegments(place, origin, options.raw, recipients)
        const left = yield* place.list(segmentsOf(origin))
        // Fewer than are worth joining may stay; they lie within the joined one.
        expect(left.length).toBeLessThan(18)
        expect(yield* verifyLog(place, origin, identity)).toMatchObject({
          damages: [],
          soundUpTo: messages.length
        })
        expect(yield* scrub(options)).toMatchObject({ problems: [], mended: 0 })
      }
    })
  )

  it.live("covers nothing up: what is not as the log has it stays", () =>
    Effect.gen(function* () {
      const { messages, options, origin, place, recipients, segments } = yield* shippedLog(many)
      const other = messages.map((it) => (it.sequence === 21 ? { ...it, subject: "evt.other" } : it))
      const before = new Map(place.objects)
      const refused = yield* Effect.flip(joinSegments(place, origin, memoryLog(other), recipients))
      expect(refused).toMatchObject({ _tag: "Damaged", part: "content" })
      expect(new Map(place.objects)).toEqual(before)
      place.objects.set(segmentKey(origin, 21), Buffer.from(segments[3]!.bytes))
      expect(yield* Effect.flip(joinSegments(place, origin, options.raw, recipients))).toMatchObject({
        _tag: "Damaged"
      })
    })
  )
})
