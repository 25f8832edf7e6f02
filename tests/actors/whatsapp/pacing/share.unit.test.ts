import { describe, expect, it } from "vitest"
import fc from "fast-check"
import {
  type Beginnings,
  fullPaceBetween,
  nextChange,
  shareAt,
  whenAllowed
} from "../../../../actors/whatsapp/pacing/share.ts"

const second = 1_000
const day = 24 * 60 * 60 * second
const start = 1_767_225_600_000
const growth = { warmUpDays: 7, slowStartSeconds: 60 }

describe("the share of the limits", () => {
  it("grows by an eighth a day over the seven days after a number was linked", () => {
    const began = { linkedAt: start }
    const shares = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((days) => shareAt(growth, began, start + days * day))
    expect(shares).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 8].map((parts) => parts / 8))
    expect(shareAt(growth, began, start + day - 1)).toBe(1 / 8)
    expect(nextChange(growth, began, start)).toBe(start + day)
    expect(nextChange(growth, began, start + 7 * day)).toBe(Infinity)
  })

  it("is whole for a number that was linked long ago, and where none was", () => {
    expect(shareAt(growth, {}, start)).toBe(1)
    expect(shareAt(growth, { linkedAt: start - 400 * day }, start)).toBe(1)
    expect(shareAt({ ...growth, warmUpDays: 0 }, { linkedAt: start }, start)).toBe(1)
  })

  it("is that of the first day where the clock was set back to before that", () => {
    expect(shareAt(growth, { linkedAt: start }, start - 3 * day)).toBe(1 / 8)
  })

  it("is a quarter for a minute after each connection", () => {
    const began = { openedAt: start }
    expect([-1, 0, 59_999, 60_000].map((millis) => shareAt(growth, began, start + millis))).toEqual([
      1,
      1 / 4,
      1 / 4,
      1
    ])
    expect(nextChange(growth, began, start)).toBe(start + 60 * second)
    expect(shareAt({ ...growth, slowStartSeconds: 0 }, began, start)).toBe(1)
  })

  const began: fc.Arbitrary<Beginnings> = fc.record(
    {
      linkedAt: fc.integer({ min: start - 9 * day, max: start + day }),
      openedAt: fc.integer({ min: start - 90 * second, max: start + 90 * second })
    },
    { requiredKeys: [] }
  )

  it("allows as much in parts as in one, and says to the millisecond when so much is allowed", () => {
    const millis = fc.integer({ min: 0, max: 2 * day })
    fc.assert(
      fc.property(began, millis, millis, (beginnings, first, second) => {
        const between = (from: number, to: number) => fullPaceBetween(growth, beginnings, from, to)
        const [middle, end] = [start + first, start + first + second]
        expect(between(start, middle) + between(middle, end)).toBeCloseTo(between(start, end), 3)
        const when = whenAllowed(growth, beginnings, start, first)
        expect(between(start, when)).toBeGreaterThanOrEqual(first - 1e-3)
        // A millisecond earlier it is not; what is allowed at once has none.
        expect(when === start || between(start, when - 1) < first).toBe(true)
      })
    )
  })
})
