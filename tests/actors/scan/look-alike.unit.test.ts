import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { brands, parseBrands } from "../../../actors/scan/brands.ts"
import { plainReading, skeleton } from "../../../actors/scan/confusables.ts"
import { isEditDistanceOne } from "../../../actors/scan/edit-distance.ts"
import { lookAlike } from "../../../actors/scan/look-alike.ts"

describe("a host made to be taken for a brand's", () => {
  it.each([
    ["paypa1.com", "high", "paypal.com"],
    ["rnicrosoft.com", "high", "microsoft.com"],
    ["раураl.com", "high", "paypal.com"],
    ["xn--pypal-4ve.com", "high", "paypal.com"],
    ["microsoft-login.com", "high", "microsoft.com"],
    ["paypal.com.example.net", "high", "paypal.com"],
    ["www-paypal-com.example.net", "high", "paypal.com"],
    ["paypal.example.net", "medium", "paypal.com"],
    ["instagrarn.com", "high", "instagram.com"],
    ["steamcommunnity.com", "medium", "steamcommunity.com"],
    ["facebok.com", "medium", "facebook.com"],
    ["netflix-fr.com", "medium", "netflix.com"],
    ["netflix.web.app", "high", "netflix.com"]
  ])("%s is held to imitate at level %s %s", (host, level, brand) => {
    expect(lookAlike(host)).toMatchObject({ spoof: true, level, brand })
  })

  it.each([
    "paypal.com",
    "www.paypal.com",
    "amazon.co.uk",
    "google.fr",
    "opal.google",
    "google.github.io",
    "example.github.io",
    "apple-mapkit.com",
    "example.com",
    "pineapple.com",
    "advisable.org",
    "finance.com",
    "192.0.2.7",
    "[2001:db8::7]",
    "localhost"
  ])("%s is left alone", (host) => {
    expect(lookAlike(host)).toMatchObject({ spoof: false, level: "none", reasons: [] })
  })

  it("never includes a host that a brand owns", () => {
    const flagged = brands
      .flatMap(({ owns }) => owns)
      .filter((host) => lookAlike(`www.${host}`).brand !== undefined)
    expect(flagged.filter((host) => !/\.(io|dev|app)$/.test(host))).toEqual([])
  })
})

describe("a name of another script", () => {
  it.each([
    "президент.рф",
    "bücher.de",
    "例え.jp",
    "전자정부.kr",
    "हिन्दी.भारत",
    "עברית.il",
    "färgbolaget.se"
  ])("%s is left alone when it is honest", (host) => {
    expect(lookAlike(host)).toMatchObject({ spoof: false, unicode: host })
  })

  it.each([
    ["mixes scripts", "exаmple.com"],
    ["is a whole word of look-alikes", "сосо.com"],
    ["has an emoji", "🔒example.com"],
    ["has a slash that is a letter", "google一com.com"],
    ["does not decode", "xn--example-.com"]
  ])("is a spoof when it %s", (_, host) => {
    expect(lookAlike(host).spoof).toBe(true)
  })
})

describe("readings", () => {
  it("fold together what looks alike", () => {
    expect(plainReading("раураl")).toBe("paypal")
    expect(skeleton("paypa1")).toBe(skeleton("paypal"))
    expect(skeleton("rnodern")).toBe(skeleton("modern"))
    expect(skeleton("vvhatsapp")).toBe(skeleton("whatsapp"))
  })

  it.each([
    ["abba", "baba", true],
    ["", "é", true],
    ["ab", "b", true],
    ["test", "tést", true],
    ["ab", "ab", false],
    ["", "ab", false],
    ["tés", "test", false]
  ])("%j and %j are one slip apart: %s", (a, b, expected) => {
    expect(isEditDistanceOne(a, b)).toBe(expected)
    expect(isEditDistanceOne(b, a)).toBe(expected)
  })
})

describe("a brand list", () => {
  it("is read from its text", () => {
    expect(parseBrands("acme*: acme.com\n    acme.org ~ acne\nother: other.net")).toEqual([
      { name: "acme", isWord: true, owns: ["acme.com", "acme.org"], neighbours: ["acne"] },
      { name: "other", isWord: false, owns: ["other.net"], neighbours: [] }
    ])
  })
})

it("any host gets an answer", () => {
  fc.assert(
    fc.property(fc.oneof(fc.domain(), fc.string({ unit: "grapheme" })), (host) => {
      const { spoof, level } = lookAlike(host)
      expect(spoof).toBe(level !== "none")
    })
  )
})
