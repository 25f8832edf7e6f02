import { describe, expect, it } from "vitest"
import { typingMillis } from "../../../../actors/whatsapp/pacing/typing.ts"

const typing = { typedCharactersPerMinute: 1_500, typingSecondsMax: 5 }

describe("typing", () => {
  it("takes as long as the text is, and no longer than the longest time", () => {
    expect(typingMillis(typing, "x".repeat(25), "text", "notice")).toBe(1_000)
    expect(typingMillis(typing, "x".repeat(75), "text", "bulk")).toBe(3_000)
    expect(typingMillis(typing, "x".repeat(2_000), "text", "bulk")).toBe(5_000)
  })

  it("never comes before a warning, nor before what nobody types", () => {
    expect(typingMillis(typing, "x".repeat(100), "text", "warning")).toBe(0)
    for (const wire of ["edit", "revoke", "reaction", "unreact"] as const)
      expect(typingMillis(typing, "x".repeat(100), wire, "notice")).toBe(0)
    expect(typingMillis({ ...typing, typingSecondsMax: 0 }, "hello", "text", "bulk")).toBe(0)
  })
})
