import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { readPhone } from "../../../../actors/schedule/import/phone.ts"

const read = (text: string, region?: string) => Result.merge(readPhone(text, region))

describe("a phone number", () => {
  it.each([
    ["0170 1234567", "DE", "+491701234567"],
    ["+49 (170) 123-4567", undefined, "+491701234567"],
    ["0049 170 1234567", undefined, "+491701234567"],
    ["491701234567", undefined, "+491701234567"],
    ["tel:+49-170-1234567", undefined, "+491701234567"],
    ["491701234567@s.whatsapp.net", "GB", "+491701234567"],
    ["491701234567:12@s.whatsapp.net", undefined, "+491701234567"],
    ["07400 123456", "gb", "+447400123456"],
    ["(212) 555-2368", "US", "+12125552368"]
  ])("is understood however it is written: %s in %s", (text, region, number) => {
    expect(read(text, region)).toBe(number)
  })

  it.each(["", "abc", "12", "+49 170", "0170 1234567", "+1 212 555 2368 ext. 4", "+999 1234567"])(
    "is refused in a sentence when it is none, or lacks its country: %s",
    (text) => {
      expect(read(text)).toMatch(/^expected a phone number such as \+49 170 0000000.*, found ".*"$/)
    }
  )
})
