import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { packing, unpacking } from "../../../infra/actor/packing.ts"

const hash = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 40, maxLength: 40 })

const part = fc.oneof(
  fc.record({ as: fc.constant("byte" as const), value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ as: fc.constant("count" as const), value: fc.maxSafeNat() }),
  fc.record({ as: fc.constant("hash" as const), value: hash }),
  fc.record({ as: fc.constant("text" as const), value: fc.string({ unit: "grapheme", maxLength: 400 }) })
)

const pack = (parts: ReadonlyArray<{ readonly as: string; readonly value: string | number }>) => {
  const to = packing()
  for (const { as, value } of parts) (to[as as "text"] as (value: string | number) => void)(value)
  return to.done()
}

describe("packed values", () => {
  it("come out as they went in, however many they are", () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        const from = unpacking(pack(parts))
        for (const { as, value } of parts) expect(from[as]()).toBe(value)
      })
    )
  })

  it("take a byte for a small number, twenty for a hash, and one more than its letters for a word", () => {
    const sizeOf = (as: string, value: string | number) => pack([{ as, value }]).length
    expect(sizeOf("count", 127)).toBe(1)
    expect(sizeOf("count", 1_000_000)).toBe(3)
    expect(sizeOf("count", 1_767_225_600_000)).toBe(6)
    expect(sizeOf("hash", "a".repeat(40))).toBe(20)
    expect(sizeOf("text", "psender000")).toBe(11)
  })

  it.each(["a".repeat(39), "a".repeat(42), `${"a".repeat(39)}x`])(
    "are no hash where it is none: %s",
    (value) => {
      expect(() => pack([{ as: "hash", value }])).toThrow(/expected 40 hexadecimal digits/)
    }
  )

  it("do not change when the next value is packed", () => {
    const first = pack([{ as: "text", value: "first" }])
    pack([{ as: "text", value: "other" }])
    expect(unpacking(first).text()).toBe("first")
  })
})
