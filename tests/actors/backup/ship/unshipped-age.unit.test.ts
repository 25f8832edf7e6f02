import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { makeUnshippedAge } from "../../../../actors/backup/ship/unshipped-age.ts"

const hour = 3_600_000

describe("the age of what a place lacks", () => {
  it("is by the time of day, and nothing where nothing is lacking", () => {
    const ageOf = makeUnshippedAge()
    expect(ageOf(null, 10 * hour, 0)).toBe(0)
    expect(ageOf(9 * hour, 10 * hour, 1_000)).toBe(hour)
    expect(ageOf(null, 10 * hour, 2_000)).toBe(0)
  })

  it("grows when the clock is set back, by as long as the same event is lacking", () => {
    const ageOf = makeUnshippedAge()
    const since = 10 * hour
    expect(ageOf(since, since + 400, 1_000)).toBe(400)
    expect(ageOf(since, since - hour, 6_000)).toBe(5_000)
    // Another one is the oldest now, and it is not known to be as old.
    expect(ageOf(since + 1, since - hour, 7_000)).toBe(0)
  })

  it("is never less than for how long that was seen, however the clock is set", () => {
    const step = fc.record({ set: fc.integer({ min: -hour, max: hour }), after: fc.nat(5_000) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const ageOf = makeUnshippedAge()
        const since = 100 * hour
        let [wall, monotonic] = [since, 0]
        ageOf(since, wall, monotonic)
        for (const { after, set } of steps) {
          wall += after + set
          monotonic += after
          expect(ageOf(since, wall, monotonic)).toBeGreaterThanOrEqual(monotonic)
        }
      })
    )
  })
})
