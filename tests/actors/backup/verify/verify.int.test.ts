import { rm } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { beforeAll } from "vitest"
import { directoryPlace } from "../../../../actors/backup/places/directory-place.ts"
import type { Place } from "../../../../actors/backup/places/place.ts"
import type { Identity, Recipient } from "../../../../actors/backup/segment/seal.ts"
import { encodeSegment, type Tail } from "../../../../actors/backup/segment/segment.ts"
import { segmentKey } from "../../../../actors/backup/ship/keys.ts"
import { isSound, originsAt, verifyLog } from "../../../../actors/backup/verify/verify.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { origin, someIdentity, someMessages } from "../segment/some-messages.ts"

let identity: Identity
let recipient: Recipient
let objects: ReadonlyArray<{ readonly key: string; readonly bytes: Buffer; readonly last: number }>

beforeAll(async () => {
  const own = await someIdentity()
  identity = own.identity
  recipient = own.recipient
  const stored: Array<{ key: string; bytes: Buffer; last: number }> = []
  let previous: Tail | null = null
  for (let index = 0; index < 12; index++) {
    const first: number = (previous?.last ?? 0) + 1
    const messages = someMessages(first, 1 + (index % 4))
    const { bytes, tail } = await encodeSegment({ origin, previous, messages }, [recipient])
    stored.push({ key: segmentKey(origin, first), bytes, last: tail.last })
    previous = tail
  }
  objects = stored
})

/** A place that holds all of it. */
const filled = Effect.gen(function* () {
  const path = yield* temporaryFolder
  const place = directoryPlace("disk", path)
  for (const { bytes, key } of objects) yield* place.putIfAbsent(key, bytes)
  return { path, place }
})

const check = (place: Place, by: Identity | undefined = undefined) => verifyLog(place, origin, by)

describe("what a place holds", () => {
  it.live("is found to be whole, with an identity and without", () =>
    Effect.gen(function* () {
      const { place } = yield* filled
      expect(yield* originsAt(place)).toEqual([origin])
      for (const by of [undefined, identity]) {
        const report = yield* check(place, by)
        expect(report).toMatchObject({
          segments: 12,
          damages: [],
          soundUpTo: objects.at(-1)!.last,
          opened: by !== undefined
        })
        expect(isSound(report)).toBe(true)
      }
    })
  )

  it.live("is not opened by somebody else's identity", () =>
    Effect.gen(function* () {
      const { place } = yield* filled
      const stranger = yield* Effect.promise(someIdentity)
      const report = yield* check(place, stranger.identity)
      expect(report.damages.length).toBe(12)
      expect(report.damages.every(({ part }) => part === "content")).toBe(true)
    })
  )

  it.live("is named where a bit of it is flipped, with the events that it costs", () =>
    Effect.gen(function* () {
      const { place } = yield* filled
      for (const index of [0, 5, 11])
        for (let sample = 0; sample < 12; sample++) {
          const { bytes, key } = objects[index]!
          const flipped = Buffer.from(bytes)
          const bit = Math.floor((bytes.length * 8 * sample) / 12) + (sample % 8)
          flipped[bit >> 3]! ^= 1 << (bit & 7)
          yield* place.replace(key, flipped)
          const report = yield* check(place)
          const soundUpTo = objects[index - 1]?.last ?? 0
          expect(report).toMatchObject({ soundUpTo, damages: [{ key, from: soundUpTo + 1 }] })
          expect(report.damages[0]!.to).toBe(index === 11 ? null : objects[index]!.last)
          yield* place.replace(key, bytes)
        }
    })
  )

  it.live("is named where a part of it is missing, cut off or exchanged", () =>
    Effect.gen(function* () {
      const { path, place } = yield* filled
      const [one, two] = [objects[3]!, objects[6]!]
      yield* Effect.promise(() => rm(join(path, one.key)))
      expect((yield* check(place)).damages).toMatchObject([
        { part: "missing", key: one.key, from: objects[2]!.last + 1, to: one.last }
      ])
      yield* place.replace(one.key, two.bytes)
      expect((yield* check(place)).damages).toMatchObject([{ part: "place", key: one.key }])
      yield* place.replace(one.key, one.bytes.subarray(0, -1))
      expect((yield* check(place)).damages).toMatchObject([{ part: "body", key: one.key }])
      yield* place.replace(one.key, one.bytes)
      expect((yield* check(place)).damages).toEqual([])
    })
  )

  it.live("is named where something else was stored in place of a segment, in its right form", () =>
    Effect.gen(function* () {
      const { place } = yield* filled
      const { key, last } = objects[4]!
      const first = objects[3]!.last + 1
      const forged = yield* Effect.promise(() =>
        encodeSegment(
          {
            origin,
            previous: { last: first - 1, object: "0".repeat(64), content: "0".repeat(64) },
            messages: someMessages(900, last - first + 1)
          },
          [recipient]
        )
      )
      yield* place.replace(key, forged.bytes)
      const report = yield* check(place, identity)
      expect(report.soundUpTo).toBe(first - 1)
      expect(report.damages[0]).toMatchObject({ part: "place", key })
    })
  )
})
