import { describe, expect, it } from "vitest"
import { slipsBetween } from "../../../actors/scan/slips.ts"

describe("the slips between two names", () => {
  it.each([
    ["discord", "discord", 0],
    ["dicsord", "discord", 1],
    ["discrd", "discord", 1],
    ["disscord", "discord", 1],
    ["discird", "discord", 1],
    ["dicsorb", "discord", 2],
    ["descords", "discord", 2]
  ])("of %s and %s are %d: letters left out, too many, swapped, or near each other", (a, b, slips) => {
    expect(slipsBetween(a, b, 2)).toBe(slips)
    expect(slipsBetween(b, a, 2)).toBe(slips)
  })

  it.each([
    ["openssl", "opensea"],
    ["postman", "postbank"],
    ["coinlib", "coinlist"]
  ])("of %s and %s are more than two: letters that nobody takes for each other", (a, b) => {
    expect(slipsBetween(a, b, 2)).toBe(3)
  })
})
