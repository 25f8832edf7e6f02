import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { canonicalize } from "../../../contracts/link/canonical.ts"

const canonical = (url: string, base?: string) => {
  const result = canonicalize(url, base)
  return "error" in result ? undefined : result.canonical
}

describe("the canonical URL", () => {
  it.each([
    ["lower-cases scheme and host only", "HTTPS://Example.COM/A?B", "https://example.com/A?B"],
    ["drops default ports", "http://example.com:80/", "http://example.com/"],
    ["keeps other ports", "http://example.com:8080/", "http://example.com:8080/"],
    ["resolves dot segments", "https://example.com/a/../b/./c", "https://example.com/b/c"],
    ["encodes names of other scripts", "https://bücher.example/", "https://xn--bcher-kva.example/"],
    ["reads every spelling of an address", "http://0xC0.0.2.7/", "http://192.0.2.7/"],
    ["drops a place in the document", "https://example.com/a#top", "https://example.com/a"],
    ["keeps a client-side route", "https://example.com/#/settings", "https://example.com/#/settings"],
    ["keeps a hash-bang", "https://example.com/#!/a", "https://example.com/#!/a"],
    [
      "drops parameters that only track",
      "https://example.com/?utm_source=x&id=1&fbclid=y",
      "https://example.com/?id=1"
    ],
    [
      "drops the query when nothing is left of it",
      "https://example.com/a?utm_source=x&gclid=1",
      "https://example.com/a"
    ],
    [
      "keeps order and bytes of the rest",
      "https://example.com/?b=%7e&a=+&b",
      "https://example.com/?b=%7e&a=+&b"
    ],
    [
      "keeps the userinfo, which is evidence",
      "https://bank.example@evil.example/",
      "https://bank.example@evil.example/"
    ]
  ])("%s", (_, url, expected) => {
    expect(canonical(url)).toBe(expected)
  })

  it("resolves a reference against a base", () => {
    expect(canonical("../b?x", "https://example.com/a/c")).toBe("https://example.com/b?x")
  })

  it.each([
    ["", undefined, /found nothing/],
    ["example.com/a", undefined, /without a scheme/],
    ["http://a b/", undefined, /rejects/],
    ["/a", "not a base", /base/]
  ])("of %j there is none, and it says why", (url, base, reason) => {
    expect(canonicalize(url, base)).toEqual({ error: expect.stringMatching(reason) })
  })

  it("is its own canonical URL", () => {
    const pieces = fc.constantFrom(
      "http:",
      "data:",
      "x:",
      "//",
      "/",
      "a",
      "utm_source=1",
      "&",
      "?",
      "#",
      "#/",
      "#!",
      " ",
      "%20",
      "..",
      "é",
      "@",
      ":80",
      "\t"
    )
    const url = fc.oneof(
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      fc.array(pieces).map((all) => all.join(""))
    )
    fc.assert(
      fc.property(url, (text) => {
        const once = canonical(text)
        expect(once === undefined ? undefined : canonical(once)).toBe(once)
      }),
      { numRuns: 3_000 }
    )
  })
})
