import { describe, expect, it } from "@effect/vitest"
import fc from "fast-check"
import { linksOf } from "../../../actors/whatsapp/sightings.ts"
import { linkId } from "../../../contracts/link/link-id.ts"

const key = new Uint8Array(32)
const token = (text: string) => linkId(key, text)
const only = (text: string) => {
  const { links } = linksOf(key, text)
  expect(links).toHaveLength(1)
  return links[0]!
}

describe("the links of a text", () => {
  it("are there once per canonical URL, and every spelling of them", () => {
    const { links, spelled } = linksOf(
      key,
      "http://Example.com/ and example.com and HTTP://EXAMPLE.COM:80/#top"
    )
    expect(links.map(({ link }) => link)).toEqual([token("http://example.com/")])
    expect(spelled.map(({ raw }) => raw)).toEqual([
      "http://Example.com/",
      "example.com",
      "HTTP://EXAMPLE.COM:80/#top"
    ])
    expect(new Set(spelled.map(({ url }) => url))).toEqual(new Set(["http://example.com/"]))
  })

  it("stand where the text spells them", () => {
    fc.assert(
      fc.property(fc.string(), fc.webUrl(), fc.string(), (before, url, after) => {
        const text = `${before} ${url} ${after}`
        for (const { end, raw, start } of linksOf(key, text).spelled) expect(text.slice(start, end)).toBe(raw)
      })
    )
  })

  it("are found where they are defanged, and say so", () => {
    expect(linksOf(key, "hxxps://paypa1[.]example/x").spelled).toMatchObject([
      { url: "https://paypa1.example/x", defanged: true }
    ])
  })

  it("in known redirect wrappers are known by what they lead to, and say what they came in", () => {
    const raw = "https://l.facebook.com/l.php?u=https%3A%2F%2Fevil.example%2Fx%3Futm_source%3Dfb&h=AT0"
    const { links, spelled } = linksOf(key, `${raw} and https://evil.example/x`)
    expect(links.map(({ link }) => link)).toEqual([token("https://evil.example/x")])
    expect(links[0]!.host).toBe(token("evil.example"))
    expect(spelled).toMatchObject([
      { raw, url: "https://evil.example/x", wrappers: ["facebook"] },
      { raw: "https://evil.example/x", url: "https://evil.example/x" }
    ])
    expect(spelled[1]).not.toHaveProperty("wrappers")
  })

  it("are none where there are none", () => {
    for (const text of ["", "good morning", "3.14 is pi", "see file.txt"])
      expect(linksOf(key, text).links).toEqual([])
  })

  it("are all taken, however many there are", () => {
    const urls = Array.from({ length: 1_000 }, (_, index) => `http://example.com/${index}`)
    const { links, spelled } = linksOf(key, [...urls, urls[0]].join(" "))
    expect(links.map(({ link }) => link)).toEqual(urls.map(token))
    expect(spelled).toHaveLength(1_001)
  })

  it("have the same id in every chat under one key, and another one under another", () => {
    expect(only("example.com").link).toBe(only("look: http://example.com").link)
    expect(linksOf(new Uint8Array(32).fill(1), "example.com").links[0]!.link).not.toBe(
      only("example.com").link
    )
  })
})

describe("the domains of a link", () => {
  it.each([
    ["a registered name", "http://example.com/", ["example.com"]],
    ["a name below it", "http://a.b.example.com/", ["example.com", "b.example.com", "a.b.example.com"]],
    ["a suffix of several labels", "http://shop.example.co.uk/", ["example.co.uk", "shop.example.co.uk"]],
    ["a suffix that a company runs", "http://a.site.github.io/", ["site.github.io", "a.site.github.io"]],
    ["a suffix itself", "http://github.io/", ["github.io"]],
    ["an IPv4 address", "http://192.0.2.7/", ["192.0.2.7"]],
    ["an IPv4 address in hexadecimal", "http://0xC0000207/", ["192.0.2.7"]],
    ["an IPv6 address", "http://[2001:db8::7]/", ["[2001:db8::7]"]],
    ["a name of one label", "http://localhost/", ["localhost"]],
    [
      "an international name",
      "http://магазин.пример.рф/",
      ["xn--e1afmkfd.xn--p1ai", "xn--80aairftm.xn--e1afmkfd.xn--p1ai"]
    ],
    [
      "an international name in its ASCII spelling",
      "http://xn--e1afmkfd.xn--p1ai/",
      ["xn--e1afmkfd.xn--p1ai"]
    ],
    ["a name with a trailing dot", "http://www.example.com./", ["example.com", "www.example.com"]]
  ])("of %s are those of one owner, from the registered one down", (_name, url, domains) => {
    const found = only(url)
    expect(found.domains).toEqual(domains.map(token))
    expect(found.host).toBe(token(domains.at(-1)!))
  })

  it("always end with the host itself, and each is a part of the next", () => {
    fc.assert(
      fc.property(fc.webUrl({ authoritySettings: { withIPv4: true, withIPv6: true } }), (url) => {
        for (const { domains, host } of linksOf(key, url).links) expect(domains.at(-1)).toBe(host)
      })
    )
  })
})
