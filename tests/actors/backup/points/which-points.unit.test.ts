import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { makeClockHeld } from "../../../../actors/backup/keep/clock-held.ts"
import { isNightTask, nextHour, nightSince } from "../../../../actors/backup/keep/due.ts"
import { whichPoints } from "../../../../actors/backup/points/which-points.ts"
import { zoneOf } from "../../../../actors/backup/retention/calendar.ts"

const utc = zoneOf("UTC")!
const hour = 3_600_000
const day = 24 * hour
const year = 365 * day
const start = Date.parse("2026-03-01T00:30:00Z")
const policy = { counts: { hourly: 24, daily: 7, weekly: 4, monthly: 12 }, within: {} }
const hourly = (from: number, hours: number) =>
  Array.from({ length: hours }, (_, index) => from + index * hour)
const decide = (points: ReadonlyArray<number>, now: number, confirmed = false, lastGood?: number) =>
  whichPoints({ points, now, confirmed, lastGood }, policy, utc)
const last = (points: ReadonlyArray<number>) => points.at(-1)!

describe("which points are kept", () => {
  it("goes by the rules of retention, with a reason for each", () => {
    const points = hourly(start, 24 * 20)
    const { drop, keep } = decide(points, last(points))
    expect(keep[0]).toMatchObject({ at: last(points) })
    expect(keep[0]!.reasons).toContain("hourly snapshot")
    expect(keep[0]!.reasons).toContain("the newest")
    expect(keep.length + drop.length).toBe(points.length)
    // 24 hours, the days before of seven, the weeks before of four, and the oldest for the months.
    expect(keep.length).toBeGreaterThan(24 + 5)
    expect(drop.length).toBeGreaterThan(400)
  })

  it("deletes nothing from before a clock that jumped a year, and goes on once a week has passed", () => {
    const before = hourly(start, 48)
    const settled = decide(before, last(before)).keep.map(({ at }) => at)
    for (const hours of [1, 5, 24, 100]) {
      const jumped = [...settled, ...hourly(last(before) + year, hours)]
      const dropped = decide(jumped, last(jumped)).drop
      expect(dropped.filter((at) => settled.includes(at))).toEqual([])
    }
    const later = [...settled, ...hourly(last(before) + year, 24 * 9)]
    expect(decide(later, last(later)).drop.length).toBeGreaterThan(0)
    // Somebody else's clock says the same: then the machine was off for a year.
    const confirmed = [...settled, ...hourly(last(before) + year, 24)]
    expect(decide(confirmed, last(confirmed), true).drop.length).toBeGreaterThan(0)
  })

  it("deletes nothing of the future when the clock jumped back, whatever comes after", () => {
    const future = hourly(start + year, 48)
    const past = hourly(start, 72)
    const { drop, keep } = decide([...future, ...past], last(past))
    expect(drop.filter((at) => future.includes(at))).toEqual([])
    expect(keep.find(({ at }) => at === future[0])!.reasons).toContain("from the future")
  })

  it("never deletes the newest, or the last one that was proven good", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: start, max: start + 2 * year }), { minLength: 1, maxLength: 60 }),
        fc.nat(59),
        fc.boolean(),
        fc.integer({ min: 0, max: 3 }),
        (points, index, confirmed, daily) => {
          const good = points[index % points.length]!
          const now = Math.max(...points)
          const { drop, keep } = whichPoints(
            { points, now, confirmed, lastGood: good },
            { counts: { daily, last: 1 }, within: {} },
            utc
          )
          expect(drop).not.toContain(good)
          expect(drop).not.toContain(now)
          expect([...drop, ...keep.map(({ at }) => at)].toSorted()).toEqual([...points].toSorted())
          expect(keep.every(({ reasons }) => reasons.length > 0)).toBe(true)
        }
      )
    )
  })
})

describe("the clock of this machine", () => {
  it("held as long as it went on as time did, and is measured anew from where it jumped", () => {
    const held = makeClockHeld()
    expect(held(start, 0)).toBe(true)
    expect(held(start + hour, hour)).toBe(true)
    expect(held(start + year, 2 * hour)).toBe(false)
    expect(held(start + year + hour, 3 * hour)).toBe(true)
    expect(held(start + 4 * hour, 4 * hour)).toBe(false)
  })

  it("is not believed for an hour after a jump, however often it is asked", () => {
    const held = makeClockHeld()
    held(start, 0)
    for (let passed = 1; passed < hour; passed += hour / 50)
      expect(held(start + year + passed, passed)).toBe(false)
    expect(held(start + year + hour + 1, hour + 1)).toBe(true)
  })

  it("is found to go too fast or too slow, however often it is looked at", () => {
    for (const pace of [0.9, 1.1]) {
      const held = makeClockHeld()
      const looks = Array.from({ length: 121 }, (_, index) => (index * hour) / 120)
      expect(looks.every((passed) => held(start + passed * pace, passed))).toBe(false)
    }
  })
})

describe("what is due at a place", () => {
  it("is a point in every hour of the clock, and a check in every night", () => {
    expect(nextHour(start)).toBe(Date.parse("2026-03-01T01:00:00Z"))
    expect(nightSince(undefined, start, utc)).toBe(true)
    expect(nightSince(start, start + hour, utc)).toBe(false)
    expect(nightSince(start, Date.parse("2026-03-01T03:00:00Z"), utc)).toBe(true)
    // Half past midnight in Vienna is two hours and a half before its night.
    expect(nightSince(start - hour, Date.parse("2026-03-01T02:00:01Z"), zoneOf("Europe/Vienna")!)).toBe(true)
    // Of a place without a point the first night is the next one.
    const night = Date.parse("2026-03-01T03:00:00Z")
    expect(isNightTask({}, undefined, night, utc)).toBe(false)
    expect(isNightTask({ begun: start }, undefined, night - 1, utc)).toBe(false)
    expect(isNightTask({ begun: start }, undefined, night, utc)).toBe(true)
    const point = { at: start, sequence: 1 }
    expect(isNightTask({ begun: start, point }, undefined, start, utc)).toBe(true)
    expect(isNightTask({ begun: start, point }, start, start + hour, utc)).toBe(false)
    // A clock that went back does not make it be checked again and again.
    expect(nightSince(start, start - year, utc)).toBe(false)
  })
})
