import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { extractLinks } from "../../../contracts/link/extract.ts"

const raws = (text: string) => extractLinks(text).map(({ raw }) => raw)
const urls = (text: string) => extractLinks(text).map(({ url }) => url)

describe("spellings of one link", () => {
  it.each([
    ["any case of the scheme", "HTTPS://Example.COM/A", "https://example.com/A"],
    ["an auto-capitalised scheme", "Https://example.com", "https://example.com/"],
    ["no scheme, under a real suffix", "www.example.co.uk", "http://www.example.co.uk/"],
    ["a bare name of another script", "президент.рф", "http://xn--d1abbgf6aiiy.xn--p1ai/"],
    ["a bare IPv4 address with a port", "192.0.2.7:8080/x", "http://192.0.2.7:8080/x"],
    ["a bare IPv6 address", "2001:db8::7", "http://[2001:db8::7]/"],
    ["an IPv6 address in brackets", "http://[2001:db8::7]:81/", "http://[2001:db8::7]:81/"],
    ["an address as one number", "http://3221225991/", "http://192.0.2.7/"],
    [
      "a userinfo that poses as a host",
      "https://bank.example@evil.example/x",
      "https://bank.example@evil.example/x"
    ],
    [
      "a userinfo that poses as a host and a path",
      "https://bank.example／login@evil.example/x",
      "https://bank.example%EF%BC%8Flogin@evil.example/x"
    ],
    ["zero-width characters in the host", "exa\u200Bmp\u200Dle.com", "http://example.com/"],
    ["direction marks around it", "\u202Ehttps://example.com/a\u202C", "https://example.com/a"],
    ["a full-width dot", "http://example．com/x", "http://example.com/x"],
    ["an ideographic dot", "http://example。com/x", "http://example.com/x"],
    ["full-width letters", "ｈｔｔｐｓ：／／ｅｘａｍｐｌｅ．ｃｏｍ", "https://example.com/"],
    ["a percent-encoded host", "http://ex%61mple.com/", "http://example.com/"],
    ["the root's dot", "https://example.com./a", "https://example.com./a"]
  ])("%s", (_, text, url) => {
    expect(extractLinks(text).map((link) => [link.url, link.defanged])).toEqual([[url, false]])
  })

  it.each([
    ["hxxps://evil.example/a", "https://evil.example/a"],
    ["hxxp://evil[.]example[.]com/a[.]php", "http://evil.example.com/a.php"],
    ["evil[.]com", "http://evil.com/"],
    ["evil(dot)com/x", "http://evil.com/x"],
    ["http[:]//evil.com", "http://evil.com/"],
    ["h**ps://evil.com/", "https://evil.com/"]
  ])("%s is recorded as defanged", (text, url) => {
    expect(extractLinks(text)).toEqual([{ raw: text, url, start: 0, end: text.length, defanged: true }])
  })

  it("is recorded as defanged, though the one before it in the same run of letters is so too", () => {
    const text = "one[.]re🠩two[.]example[.]bm"
    expect(extractLinks(text).map(({ defanged, raw }) => [raw, defanged])).toEqual([
      ["one[.]re", true],
      ["🠩two[.]example[.]bm", true]
    ])
  })
})

describe("a text that is passed over at once", () => {
  it.each([
    "the meeting is at 9.30 in room 4.2, see you there.",
    "at 12:30 (or 13:00): bring 1.000.000 of them...",
    "Note: nothing here [at all] {really}",
    "100% sure",
    ""
  ])("%s has no link", (text) => expect(extractLinks(text)).toEqual([]))

  it.each([
    ["four numbers", "ping 192.0.2.7 now", "192.0.2.7"],
    ["a defanged dot", "evil(DOT)example.com", "evil(DOT)example.com"],
    ["a full-width dot", "siehe example．com bitte", "example．com"],
    ["an IPv6 address", "at 2001:db8::7 it is", "2001:db8::7"],
    ["a defanged separator", "http[:]//intranet/x", "http[:]//intranet/x"]
  ])("yet %s is seen", (_, text, raw) => expect(raws(text)).toEqual([raw]))

  it("has the same links whatever words stand around them", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (text) => {
        expect(raws(`some words ${text}\tmore words`)).toEqual(raws(` ${text}\t`))
      })
    )
  })
})

describe("where a link ends", () => {
  it.each([
    [
      "before punctuation",
      "see https://example.com/a, or https://example.com/b.",
      ["https://example.com/a", "https://example.com/b"]
    ],
    ["before a bracket that opened outside", "(https://example.com/a_(b))", ["https://example.com/a_(b)"]],
    [
      "at markdown's brackets",
      "[https://example.com](https://example.org)",
      ["https://example.com", "https://example.org"]
    ],
    ["before the closing mark of bold", "*https://example.com/a*", ["https://example.com/a"]],
    ["before the closing mark of italics", "_https://example.com/a_ and on", ["https://example.com/a"]],
    ["before the closing mark of nested marks", "*_~example.com/x~_*", ["example.com/x"]],
    ["before code marks", "`https://example.com/a`", ["https://example.com/a"]],
    ["not before an underscore of its own", "https://example.com/a_b_", ["https://example.com/a_b_"]],
    ["before text of an unspaced script", "https://example.com/pathです", ["https://example.com/path"]],
    [
      "not before a path of that script",
      "https://ja.example.org/wiki/日本",
      ["https://ja.example.org/wiki/日本"]
    ],
    ["before an emoji glued to it", "👉bit.ly/abc👈", ["bit.ly/abc"]],
    ["before quotation marks", "“https://example.com/a”", ["https://example.com/a"]],
    ["before a port that can't be", "https://example.com:99999/a", ["https://example.com"]],
    [
      "before punctuation of another script, though an address follows",
      "http://evil.example，联系me@good.example",
      ["http://evil.example"]
    ]
  ])("%s", (_, text, expected) => {
    expect(raws(text)).toEqual(expected)
  })

  it.each(["،", "؟", "؛", "۔", "।", "॥", "。", "．", "։", "።", "།", "၊", "⸮", "‽", "•", "؟!", "۔۔"])(
    "before %s, which ends a sentence or a part of it, with or without a path",
    (mark) => {
      expect(raws(`شوف https://example.com/abc${mark} بعدين`)).toEqual(["https://example.com/abc"])
      expect(raws(`شوف https://example.com${mark} بعدين`)).toEqual(["https://example.com"])
    }
  )

  it.each([
    [
      "by schemes",
      "http://a.comhttps://b.com/xhttp://c.com",
      ["http://a.com", "https://b.com/x", "http://c.com"]
    ],
    ["by a comma", "https://a.com/1,https://b.com/2", ["https://a.com/1", "https://b.com/2"]],
    ["by text of an unspaced script", "見てexample.comとexample.orgです", ["example.com", "example.org"]]
  ])("links glued together are told apart %s", (_, text, expected) => {
    expect(raws(text)).toEqual(expected)
  })

  it.each(["http://192.0.2.7,see", "http://3221225991)see", "http://host.intranet,see"])(
    "a comma and a word behind %s do not undo it",
    (text) => {
      expect(raws(text)).toEqual([text.slice(0, -4)])
    }
  )

  it("a URL inside a URL is part of it", () => {
    expect(raws("https://web.example.org/2020/http://example.com/?u=https://example.net")).toHaveLength(1)
  })
})

describe("what is no link", () => {
  it.each([
    "file.txt",
    "nice.Also",
    "It was fun.So we stayed",
    "at 10.am",
    "someone@example.com",
    "mailto:someone@example.com",
    "user.name@mail.example.com and @example.com",
    "/path/to/file.pl",
    "1.2.3.4.5 or v1.2.3",
    "12.30",
    "ssh://example.com",
    "http://",
    "http:// ",
    "co.uk",
    "http://-example.com",
    "std::vector<int> a::b"
  ])("%s", (text) => {
    expect(raws(text)).toEqual([])
  })

  it("a sentence that goes on behind a domain without a space", () => {
    expect(raws("see example.com.Then go")).toEqual(["example.com"])
  })
})

const fragments = fc.constantFrom(
  "http://",
  "https",
  "://",
  ":",
  "/",
  ".",
  "..",
  "a",
  "com",
  "a.co",
  "@",
  "_",
  "*",
  "(",
  ")",
  "[",
  "[.]",
  "%61",
  "?",
  "#",
  "'",
  " ",
  "\n",
  "\u200B",
  "\u202E",
  "。",
  "中",
  "é",
  "😀",
  "\uFE0F",
  "\uD800",
  "::",
  "1::",
  "1.2.3.4",
  "|",
  "\\",
  "…",
  "hxxp"
)
const hostileText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fragments, { maxLength: 40 }).map((parts) => parts.join(""))
)

describe("any text", () => {
  it("yields links that slice to their raw form, in order, without overlaps", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        let end = 0
        for (const link of extractLinks(text)) {
          expect(text.slice(link.start, link.end)).toBe(link.raw)
          expect(link.start).toBeGreaterThanOrEqual(end)
          expect(link.end).toBeGreaterThan(link.start)
          expect(URL.canParse(link.url)).toBe(true)
          end = link.end
        }
      }),
      { numRuns: 2_000 }
    )
  })

  it("keeps every link that stands between spaces", () => {
    fc.assert(
      fc.property(hostileText, hostileText, (before, after) => {
        expect(urls(`${before} https://example.com/kept ${after}`)).toContain("https://example.com/kept")
      }),
      { numRuns: 1_000 }
    )
  })
})

describe("hostile texts", () => {
  // Nothing is timed: at this length, what takes quadratic time outlives the time limit of a test.
  const units = 262_144

  it.each([
    "_",
    "a_",
    "*",
    "A.",
    "a.",
    "co.A.",
    "中.com",
    "http://a.b/(",
    "a.co/(",
    "_http://a.b ",
    "a@",
    "1::",
    "'",
    "a[.]",
    "日本1.2.3.4/http://",
    "يa.com/x",
    "/a://hxxp*..",
    "a.cohttp://"
  ])("of %j are read without going over them again and again", (piece) => {
    const text = `*_http://x.y/${piece.repeat(units / piece.length)}x`
    expect(extractLinks(text).every((link) => text.startsWith(link.raw, link.start))).toBe(true)
  })

  // Every scheme looks for the end of its userinfo, which may be far away.
  it.each(["http:／／", "http:／／a", "http:／／a@", "http:／／a:"])(
    "of %j are searched for the end of a userinfo once, whatever that is",
    (piece) => {
      for (const end of ["x", "@x", "@@x"]) {
        const text = piece.repeat(units / piece.length) + end
        expect(extractLinks(text).every((link) => text.startsWith(link.raw, link.start))).toBe(true)
      }
    }
  )
})
