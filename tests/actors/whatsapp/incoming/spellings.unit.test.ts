import { describe, expect, it } from "@effect/vitest"
import fc from "fast-check"
import { jsonTexts } from "../../../../actors/whatsapp/incoming/json-texts.ts"
import { partId, partsOf } from "../../../../actors/whatsapp/incoming/parts.ts"
import { joinTexts } from "../../../../actors/whatsapp/incoming/read-message.ts"
import { vcardTexts } from "../../../../actors/whatsapp/incoming/vcard.ts"
import { textLengthMax } from "../../../../contracts/commands.ts"
import { extractLinks } from "../../../../contracts/link/extract.ts"

const card = (...lines: ReadonlyArray<string>) => ["BEGIN:VCARD", ...lines, "END:VCARD"].join("\r\n")

describe("a contact card", () => {
  it.each([
    ["an escaped URL", card("URL:http\\://a.example/x\\,y"), ["http://a.example/x,y"]],
    [
      "a grouped property with parameters",
      card('item1.URL;type="a:b";x=y:http://a.example/'),
      ["http://a.example/"]
    ],
    ["a folded line", card("NOTE:see http://a.exam", " ple/x"), ["see http://a.example/x"]],
    ["a line break in a note", card("NOTE:one\\nhttp://a.example/"), ["one\nhttp://a.example/"]],
    [
      "quoted-printable text over two lines",
      card("NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:gr=C3=BC=C3=9Fe =", "http=3A//a.example/"),
      ["grüße http://a.example/"]
    ],
    [
      "a picture by its address, and not by its bytes",
      card("PHOTO;ENCODING=b:aHR0cDovL2EuZXhhbXBsZS8=", "LOGO;VALUE=uri:http://a.example/l.png"),
      ["http://a.example/l.png"]
    ],
    ["a line that is a URL", card("http://a.example/"), ["http://a.example/"]],
    ["a line that is no property", card("see a.example"), ["see a.example"]],
    ["what is for machines", card("VERSION:3.0", "PRODID:x", "UID:y", "REV:z", "FN:Ada"), ["Ada"]]
  ])("says what is in it: %s", (_, vcard, texts) => {
    expect(vcardTexts(vcard)).toEqual(texts)
  })

  it("is read whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        expect(Array.isArray(vcardTexts(text))).toBe(true)
      })
    )
  })
})

describe("JSON", () => {
  it.each([
    ['{"url":"http:\\/\\/a.example","n":1,"deep":[{"t":"x"}]}', ["http://a.example", "x"]],
    ['{"params":"{\\"url\\":\\"http://a.example\\"}"}', ["http://a.example"]],
    ['{"u":"\\u0068ttp://a.example"}', ["http://a.example"]],
    ["no json", ["no json"]],
    ['{"broken": "http://a.example"', ['{"broken": "http://a.example"']],
    ["[not json either]", ["[not json either]"]]
  ])("says its texts, without its escapes: %s", (json, texts) => {
    expect(jsonTexts(json)).toEqual(texts)
  })

  it("that is deeper than anybody reads is said as it is spelled", () => {
    const deep = `${"[".repeat(100)}"http://a.example/"${"]".repeat(100)}`
    expect(jsonTexts(deep)).toEqual([deep])
    const endless = "[".repeat(200_000)
    expect(jsonTexts(endless)).toEqual([endless])
  })
})

describe("texts in one message", () => {
  it("stand one below the other, each once, and not where an earlier one has them as a word", () => {
    expect(joinTexts(["a b", "b", "a b", " ", "c"])).toBe("a b\nc")
  })

  it("keep every link, whichever are left out", () => {
    const word = fc.constantFrom(
      "http://a.example/",
      "a.example",
      "http://a.example/x",
      "a.example.org",
      "(a.example)"
    )
    fc.assert(
      fc.property(fc.array(fc.array(word, { maxLength: 3 }), { maxLength: 5 }), (lines) => {
        const texts = lines.map((words) => words.join(" "))
        const urls = (text: string) => extractLinks(text).map(({ url }) => url)
        expect(new Set(urls(joinTexts(texts)))).toEqual(new Set(texts.flatMap(urls)))
      })
    )
  })
})

describe("a text that is too long for one event", () => {
  const texts = (posted: string, quoted = "") => ({ posted, quoted, unread: [] })

  it("is several parts that make it up, none of them too long, and no link of it is cut", () => {
    const link = "http://a.example/some/path"
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12_000 }), fc.integer({ min: 0, max: 40 }), (count, shift) => {
        const text = `${"x".repeat(shift)} ${Array.from({ length: count }, () => link).join(" ")}`
        const parts = partsOf(texts(text)).map(({ posted }) => posted)
        expect(parts.join("")).toBe(text)
        expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(textLengthMax)
        expect(parts.flatMap((part) => extractLinks(part)).filter(({ url }) => url === link).length).toBe(
          count
        )
      }),
      { numRuns: 20 }
    )
  })

  it("is one part where it is none too long, and says so where it is longer than anybody takes", () => {
    expect(partsOf(texts("a", "b"))).toEqual([texts("a", "b")])
    expect(partsOf(texts("x".repeat(textLengthMax)))).toHaveLength(1)
    const endless = partsOf(texts("x".repeat(textLengthMax * 70)))
    expect(endless).toHaveLength(64)
    expect(endless.map(({ unread }) => unread.length > 0).indexOf(true)).toBe(0)
  })

  it("has its quotes cut shorter, and no character in two", () => {
    const parts = partsOf(texts("", "😀".repeat(10_000)))
    expect(parts.length).toBeGreaterThan(1)
    expect(parts.map(({ quoted }) => quoted).join("")).toBe("😀".repeat(10_000))
    for (const { quoted } of parts) expect(quoted.isWellFormed()).toBe(true)
  })

  it("has parts with ids that no sender can choose", () => {
    expect([partId("m1", 0), partId("m1", 1)]).toEqual(["m1", "m1\n1"])
  })
})
