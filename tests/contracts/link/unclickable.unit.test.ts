import * as fc from "fast-check"
import { LinkifyIt } from "linkify-it"
import { describe, expect, it } from "vitest"
import { extractLinks } from "../../../contracts/link/extract.ts"
import { unclickable } from "../../../contracts/link/unclickable.ts"

const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: true })

/** A link, an address of mail or of a machine: what clients look for in a text. */
const tempting = fc.oneof(
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  fc.domain(),
  fc.emailAddress(),
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom("javascript:", "ftp://a", "//a.example", "0.", "/@0.", "::0", "www.", "例え。テスト")
)
const words = fc
  .array(fc.oneof(tempting, fc.string(), fc.string({ unit: "grapheme" })), { maxLength: 5 })
  .chain((parts) => fc.constantFrom("", " ", ".", "@", "\u2069").map((glue) => parts.join(glue)))

describe("somebody else's words", () => {
  it.each([
    ["see http://paypa1.com now.", "see hxxp://paypa1[.]com now[.]"],
    ["ftp://a.example", "ftp[:]//a[.]example"],
    ["2001:db8::7", "2001[:]db8[:][:]7"],
    ["two. words", "two. words"],
    ["/@0.", "/@0[.]"],
    ["out\u2069 of the frame", "out of the frame"]
  ])("%j are said as %j", (text, said) => {
    expect(unclickable(text)).toBe(said)
  })

  it("hold nothing that can be clicked, in a frame or in none", () => {
    fc.assert(
      fc.property(words, (text) => {
        for (const said of [unclickable(text), `\u2068${unclickable(text)}\u2069`]) {
          expect(extractLinks(said).filter(({ defanged }) => !defanged)).toEqual([])
          expect((linkify.match(said) ?? []).map(({ raw }) => raw)).toEqual([])
        }
      }),
      { numRuns: 300 }
    )
  })

  it("stay as they are when said again", () => {
    fc.assert(
      fc.property(words, (text) => {
        expect(unclickable(unclickable(text))).toBe(unclickable(text))
      })
    )
  })
})
