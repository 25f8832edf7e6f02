import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { partKey, pointKey } from "../../../../actors/backup/points/keys.ts"
import { encodePoint } from "../../../../actors/backup/points/point.ts"
import { pointsAt, prune, type PruneOptions } from "../../../../actors/backup/points/prune.ts"
import { zoneOf } from "../../../../actors/backup/retention/calendar.ts"
import { extentOf } from "../../../../actors/backup/segment/frame.ts"
import { memoryPlace } from "../memory-place.ts"
import { origin } from "../segment/some-messages.ts"

const hour = 3_600_000
const start = Date.parse("2026-03-01T00:30:00Z")

const partOf = (name: string) => extentOf(Buffer.from(name))

/** A place with a point for each hour, each of a part of its own and of one that all share. */
const placeOf = (points: number) => {
  const place = memoryPlace()
  const moments = Array.from({ length: points }, (_, index) => start + index * hour)
  for (const at of moments) {
    const parts = [partOf("shared"), partOf(String(at))]
    const file = { path: "read-model/wadjet.db", content: partOf("whole"), parts }
    place.objects.set(pointKey(origin, at), encodePoint({ ...origin, at, sequence: 1, files: [file] }))
    for (const { sha256 } of parts) place.objects.set(partKey(origin, sha256), Buffer.from("sealed"))
  }
  return { place, moments }
}

const options: PruneOptions = {
  policy: { counts: { last: 1 }, within: {} },
  zone: zoneOf("UTC")!,
  lastGood: undefined,
  clockHeld: true,
  dryRun: false,
  damaged: false
}

describe("pruning", () => {
  it.effect("deletes nothing on the word of a clock that jumped, nor against that of the storage", () =>
    Effect.gen(function* () {
      const { moments, place } = placeOf(5)
      const now = moments.at(-1)! + hour
      yield* TestClock.setTime(now)
      const before = new Map(place.objects)
      expect(yield* prune(place, origin, { ...options, clockHeld: false })).toMatchObject({
        drop: [],
        parts: 0,
        withheld: "the clock of this machine jumped"
      })
      for (const apart of [-1, 1]) {
        const withClock = { ...place, clock: Effect.succeed(now + apart * (5 * 60_000 + 1)) }
        const pruned = yield* prune(withClock, origin, options)
        expect(pruned).toMatchObject({ drop: [], withheld: "the clock of memory says another time" })
        expect(pruned.keep.length).toBe(5)
      }
      expect(new Map(place.objects)).toEqual(before)
      const agreeing = { ...place, clock: Effect.succeed(now + 5 * 60_000) }
      expect((yield* prune(agreeing, origin, options)).drop).toEqual(moments.slice(0, -1).toReversed())
    })
  )

  it.effect("deletes nothing while a point that stays is damaged, and says how to delete that", () =>
    Effect.gen(function* () {
      const { moments, place } = placeOf(3)
      yield* TestClock.setTime(moments.at(-1)! + hour)
      place.objects.set(pointKey(origin, moments[2]!), Buffer.from("no point"))
      const pruned = yield* prune(place, origin, options)
      expect(pruned).toMatchObject({
        drop: [],
        withheld: expect.stringMatching(/^a point that is kept is damaged: .*`wadjet backup prune --damaged`/)
      })
      // The last one that was proven good is not offered.
      const good = yield* prune(place, origin, { ...options, damaged: true, lastGood: moments[2]! })
      expect(good.withheld).toMatch(/^a point that is kept is damaged/)
      expect(good.withheld).not.toContain("--damaged")
      expect((yield* pointsAt(place, origin)).length).toBe(3)
    })
  )

  it.effect("leaves points that give everything back, and all that they need, when damaged ones go too", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(fc.nat(9)),
          fc.uniqueArray(fc.nat(9)),
          fc.option(fc.nat(9), { nil: undefined }),
          fc.integer({ min: 1, max: 9 }),
          async (unreadable, lacking, good, last) => {
            const { moments, place } = placeOf(10)
            for (const index of unreadable)
              place.objects.set(pointKey(origin, moments[index]!), Buffer.from("no point"))
            for (const index of lacking)
              place.objects.delete(partKey(origin, partOf(String(moments[index]!)).sha256))
            const broken = new Set([...unreadable, ...lacking])
            const lastGood = good === undefined || unreadable.includes(good) ? undefined : moments[good]!
            const policy = { counts: { last }, within: {} }
            const run = Effect.gen(function* () {
              yield* TestClock.setTime(moments.at(-1)! + hour)
              return yield* prune(place, origin, { ...options, policy, lastGood, damaged: true })
            })
            const pruned = await Effect.runPromise(Effect.provide(run, TestClock.layer()))
            const left = await Effect.runPromise(pointsAt(place, origin))
            const whole = moments.filter((_, index) => !broken.has(index))
            expect(pruned.withheld).toBeNull()
            // The rules choose among those that give back, and take no other in their stead.
            const choice = moments.filter((at) => whole.includes(at) || at === lastGood)
            expect(left.filter((at) => at !== lastGood).toSorted()).toEqual(
              choice.slice(-last).filter((at) => at !== lastGood)
            )
            expect(lastGood === undefined || left.includes(lastGood)).toBe(true)
            for (const at of left.filter((it) => whole.includes(it)))
              expect(place.objects.has(partKey(origin, partOf(String(at)).sha256))).toBe(true)
          }
        )
      )
    )
  )
})
