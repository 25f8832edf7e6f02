import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { knownBrands } from "../../../actors/scan/brands.ts"
import { parseBrands } from "../../../contracts/brand-list.ts"
import { plainReading, skeleton } from "../../../actors/scan/confusables.ts"
import { isWithinEdits } from "../../../actors/scan/edit-distance.ts"
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
    ["paypal.com-login.example", "high", "paypal.com"],
    ["páypal.com-login.example", "high", "paypal.com"],
    ["paypal.example.net", "medium", "paypal.com"],
    ["instagrarn.com", "high", "instagram.com"],
    ["steamcommunnity.com", "medium", "steamcommunity.com"],
    ["facebok.com", "medium", "facebook.com"],
    ["netflix-fr.com", "medium", "netflix.com"],
    ["netflix.web.app", "high", "netflix.com"],
    ["steamcomnmuniity.ru", "medium", "steamcommunity.com"],
    ["instgarm.net", "low", "instagram.com"],
    ["facebokk.xyz", "medium", "facebook.com"],
    ["metamask.example", "medium", "metamask.io"],
    ["métamask.com", "high", "metamask.io"],
    ["paypalholidays.com", "low", "paypal.com"],
    ["paypalholidays.xyz", "medium", "paypal.com"],
    ["steamtradeoffers.com", "high", "steampowered.com"],
    ["steamcomnninuti.ru", "medium", "steamcommunity.com"],
    ["steamcommunitiy.example.com", "low", "steamcommunity.com"],
    ["myetherwallet.de", "medium", "myetherwallet.com"],
    ["dicsorb.com", "low", "discord.com"],
    ["yahoomailverify.weebly.com", "medium", "yahoo.com"],
    ["revolution-revolut.com", "medium", "revolut.com"],
    ["paypa1cdn.com", "low", "paypal.com"],
    ["netflixfestival.shop", "medium", "netflix.com"],
    ["netflix-festival.com", "medium", "netflix.com"],
    ["metamaskforum.com", "low", "metamask.io"],
    ["signup-linkedin.weebly.com", "medium", "linkedin.com"]
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
    "change.org",
    "hosting.com",
    "alibabacloud.com.my",
    "amazon.com.be",
    "netflixinsights.com",
    "openssl.org",
    "postman.com",
    "superset.apache.org",
    "opensearch.org",
    "netflixforeducators.com",
    "mozillafestival.org",
    "lifeatspotify.com",
    "paypal-community.net",
    "nvidia.tt.omtrdc.net",
    "linkedin.conductrics.com",
    "counterrevolutionary.com",
    "synchronization.com",
    "reklama.com",
    "allgaeu-schwaben.de",
    "interest.com",
    "delivery.com",
    "spotify.map.fastly.net",
    "192.0.2.7",
    "[2001:db8::7]",
    "localhost"
  ])("%s is left alone", (host) => {
    expect(lookAlike(host)).toMatchObject({ spoof: false, level: "none", reasons: [] })
  })

  it("never includes a host that a brand owns", () => {
    const flagged = knownBrands()
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
    "färgbolaget.se",
    "col·legi.cat",
    "ビタミンb6.jp",
    "十一.cn",
    "thực-phẩm.vn",
    "þjóð.is",
    "курс.com",
    "৭৭.বাংলা"
  ])("%s is left alone when it is honest", (host) => {
    expect(lookAlike(host)).toMatchObject({ spoof: false, unicode: host })
  })

  it.each([
    ["mixes scripts", "exаmple.com"],
    ["is a whole word of look-alikes", "сосо.com"],
    ["has an emoji", "🔒example.com"],
    ["has a slash that is a letter", "google一com.com"],
    ["has a slash of kana between Latin letters", "googleノcom.com"],
    ["has a kana middle dot beside Latin letters", "example・com.com"],
    ["has the he of the other kana", "カへカ.com"],
    ["has accents beside another script", "café中文.com"],
    ["has a middle dot outside Catalan", "l·l.com"],
    ["has letters that only scholars write", "ǎexample.com"],
    ["has letters of the Middle Ages", "exampl\uAB32.com"],
    ["has letters of the Middle Ages under a nation's ending", "e\u1EFFample.de"],
    ["has points over Hebrew letters", "סֶקְס.com"],
    ["has an accent on a letter that has it already", "xn--1ca20i.com"],
    ["has the he of the other kana beside a long vowel", "モヒートへブン.com"],
    ["is a word of Lao letters that look like others", "ພຣບ.com"],
    ["is a number in digits of another script", "০২.com"],
    ["has a letter that passes for a digit among digits", "12ও45.com"],
    ["has a dot above a dotted letter", "exampl\u0307e.com"],
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
    ["abba", "baba", 1, true],
    ["", "é", 1, true],
    ["ab", "b", 1, true],
    ["test", "tést", 1, true],
    ["ab", "ab", 0, true],
    ["", "ab", 1, false],
    ["tés", "test", 1, false],
    ["tés", "test", 2, true],
    ["instagram", "lnstagarm", 2, true],
    ["abcdef", "badcfe", 2, false],
    ["abcdef", "badcfe", 3, true]
  ])("%j and %j are at most %i slips apart: %s", (a, b, most, expected) => {
    expect(isWithinEdits(a, b, most)).toBe(expected)
    expect(isWithinEdits(b, a, most)).toBe(expected)
  })
})

describe("a brand list", () => {
  it("is read from its text", () => {
    expect(parseBrands("acme*: acme.com\n    acme.org ~ acne\nother!: other.net")).toEqual([
      {
        name: "acme",
        isWord: true,
        isOnlyThere: false,
        owns: ["acme.com", "acme.org"],
        neighbours: ["acne"]
      },
      { name: "other", isWord: false, isOnlyThere: true, owns: ["other.net"], neighbours: [] }
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
