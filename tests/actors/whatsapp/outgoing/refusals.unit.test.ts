import { describe, expect, it } from "vitest"
import { isGivenUp, waitMillisAfter } from "../../../../actors/whatsapp/outgoing/after-failure.ts"
import { refusalOf } from "../../../../actors/whatsapp/outgoing/refusals.ts"

const hour = 60 * 60_000

describe("a refusal of WhatsApp's server", () => {
  it.each(["400", "401", "403", "404", "405", "406", "410", "413"])(
    "with %s is final at the first attempt",
    (code) => {
      expect(isGivenUp(refusalOf(code), 1, "warning")).toBe(true)
    }
  )

  it.each(["408", "421", "429", "463", "500", "502", "503", "504"])(
    "with %s passes: the message is never given up for it",
    (code) => {
      for (const attempt of [1, 10, 1_000]) {
        expect(isGivenUp(refusalOf(code), attempt, "notice")).toBe(false)
        expect(waitMillisAfter(refusalOf(code), attempt)).toBeGreaterThan(0)
      }
    }
  )

  it.each(["479", "475", "999"])(
    "with %s, which may be for ever, is given up after five attempts",
    (code) => {
      expect([1, 4, 5].map((attempt) => isGivenUp(refusalOf(code), attempt, "notice"))).toEqual([
        false,
        false,
        true
      ])
      expect(isGivenUp(refusalOf(code), 1_000, "warning")).toBe(false)
      expect(isGivenUp(refusalOf(code), 1_000, "belated")).toBe(false)
    }
  )

  it("makes the wait longer each time, up to a bound", () => {
    const waits = [1, 2, 3, 4, 5, 6, 100].map((attempt) => waitMillisAfter(refusalOf("463"), attempt))
    expect(waits.map((wait) => wait / hour)).toEqual([1, 2, 4, 8, 16, 16, 16])
  })

  it("says the code and what it means", () => {
    expect(refusalOf("463").message).toBe(
      "WhatsApp refused the message with 463: this account may not write to new people for a while"
    )
    expect(refusalOf("777").message).toContain("777")
  })
})
