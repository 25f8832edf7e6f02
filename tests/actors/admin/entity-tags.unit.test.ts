import fc from "fast-check"
import { expect, it } from "vitest"
import { isNamed, tagOf } from "../../../actors/admin/entity-tags.ts"

const body = fc.uint8Array({ maxLength: 200 })
const version = fc.option(fc.nat().map(String), { nil: undefined })

it("answers have the same tag where they are the same, and another one where they are not", () => {
  fc.assert(
    fc.property(body, body, version, (one, other, of) => {
      const isSame = Buffer.from(one).equals(Buffer.from(other))
      expect(tagOf(one, of) === tagOf(other, of)).toBe(isSame)
      expect(isNamed(tagOf(one, of), tagOf(other, of))).toBe(isSame)
    }),
    { numRuns: 500 }
  )
})

it("answers that differ in one bit have different tags", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), (one, where) => {
      const other = Uint8Array.from(one)
      const bit = where % (one.length * 8)
      other[bit >> 3]! ^= 1 << (bit & 7)
      expect(tagOf(other)).not.toBe(tagOf(one))
    })
  )
})

it("a tag is found among several, weak or strong, and a version leads it", () => {
  const tag = tagOf(Buffer.from("answer"), "17")
  expect(tag).toMatch(/^"17-[\w-]{22}"$/u)
  expect(isNamed(tag, `"other", ${tag}`)).toBe(true)
  expect(isNamed(tag, `W/${tag}`)).toBe(true)
  expect(isNamed(tag, "*")).toBe(true)
  expect(isNamed(tag, '"17"')).toBe(false)
  expect(isNamed(tag, undefined)).toBe(false)
})
