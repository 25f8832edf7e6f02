import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { unescapeFully } from "../../../../actors/scan/safe-browsing/bytes.ts"
import { safeBrowsingText, safeBrowsingUrl } from "../../../../actors/scan/safe-browsing/canonical.ts"
import { expressionsOf } from "../../../../actors/scan/safe-browsing/expressions.ts"

const partsOf = (url: string) => {
  const parts = safeBrowsingUrl(url)
  if ("error" in parts) throw new Error(`${url}: ${parts.error}`)
  return parts
}
// Everything that is read in a way of its own, and what is not.
const anyText = fc.string({ unit: fc.constantFrom(..."htp:/?#@[].%25eE0xé\u0080日 \\") })
const textOf = (url: string) => safeBrowsingText(partsOf(url))
const hostOf = (url: string) => partsOf(url).host

describe("the canonical URL", () => {
  it("has no user information, even where it is made to look like a host", () => {
    expect(hostOf("http://www.example.com%2F@evil.example/")).toBe("evil.example")
    expect(hostOf("http://www.example.com%40@evil.example/")).toBe("evil.example")
  })

  it("ends the host at a backslash, as browsers do", () => {
    expect(textOf("http://evil.example\\@www.example.com/")).toBe("http://evil.example/@www.example.com/")
  })

  it.each([
    ["hexadecimal in four parts", "http://0x12.0x43.0x44.0x01/", "18.67.68.1"],
    ["octal in four parts", "http://012.034.01.055/", "10.28.1.45"],
    ["one number", "http://167838211/", "10.1.2.3"],
    ["three parts, the last of two bytes", "http://10.1.515/", "10.1.2.3"],
    ["an escaped name", "http://%31%30.1.2.3/", "10.1.2.3"],
    ["a dot behind it", "http://10.1.2.3./", "10.1.2.3"]
  ])("writes an address of %s in dotted decimal", (_name, url, host) => expect(hostOf(url)).toBe(host))

  it.each([
    "http://1.2.3.4.5/",
    "http://08.1.2.3/",
    "http://4294967296/",
    "http://0x/",
    "http://1..2.example/"
  ])("leaves %s a name", (url) => expect(partsOf(url).isAddress).toBe(false))

  it.each([
    ["[2001:0db8:0000::1]", "[2001:db8::1]"],
    ["[::ffff:1.2.3.4]", "1.2.3.4"],
    ["[64:ff9b::1.2.3.4]", "1.2.3.4"],
    ["[::ffff:0:a]", "0.0.0.10"],
    ["[::192.9.5.5]", "[::192.9.5.5]"],
    ["[0:0:0:0:0:0:192.9.5.5]", "[::192.9.5.5]"],
    ["[2001:DB8::A]", "[2001:db8::a]"]
  ])("shortens the address %s", (written, host) => expect(hostOf(`http://${written}/x`)).toBe(host))

  it("resolves folders before it joins slashes", () => {
    expect(textOf("http://h.example/a//../b")).toBe("http://h.example/a/b")
    expect(textOf("http://h.example/a/%2e%2e/%2e/b/")).toBe("http://h.example/b/")
    expect(textOf("http://h.example/../../a/.")).toBe("http://h.example/a/")
  })

  it("writes an international name in A-labels, however it was spelled", () => {
    const host = "www.xn--mlat-zra.com"
    expect(hostOf("http://www.ümlat.com/")).toBe(host)
    expect(hostOf("http://www.%C3%BCmlat.com/")).toBe(host)
    expect(hostOf("http://WWW.XN--MLAT-ZRA.COM/")).toBe(host)
  })

  it("escapes the UTF-8 of a path in upper case", () => {
    expect(textOf("http://h.example/é?ü#x")).toBe("http://h.example/%C3%A9?%C3%BC")
  })

  it.each([
    "",
    " ",
    "http://",
    "http:///x",
    "/x",
    "?x",
    "http://a:b/",
    "http://::/",
    "mailto:a@example.com",
    "tel:112",
    "javascript:1",
    "http://user@/x",
    "http://.../x"
  ])("is refused for %j, which has no host", (url) => expect(safeBrowsingUrl(url)).toHaveProperty("error"))

  it("undoes escapes of escapes in one pass, as deep as they may be", () => {
    const depth = 200_000
    expect(textOf(`http://h.example/%${"25".repeat(depth)}41`)).toBe("http://h.example/A")
    const again = (bytes: string): string => {
      const once = bytes.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
        String.fromCharCode(parseInt(hex, 16))
      )
      return once === bytes ? bytes : again(once)
    }
    const escapes = fc.string({ unit: fc.constantFrom("%", "2", "5", "4", "1", "x"), maxLength: 40 })
    fc.assert(fc.property(escapes, (text) => void expect(unescapeFully(text)).toBe(again(text))))
  })

  // Nothing is timed: at this length, what takes quadratic time outlives the time limit of a test.
  it.each([" ", ".", "%25", "/..", "//", "@", ":1", "?", "\\"])(
    "takes linear time for a URL full of %j",
    (piece) => expect(safeBrowsingUrl(`http://a/${piece.repeat(300_000)}x`)).toHaveProperty("path")
  )

  it.each([" ", ".", "%2e", "1.", "a."])("takes linear time for a host full of %j", (piece) =>
    expect(safeBrowsingUrl(`http://a${piece.repeat(300_000)}x/`)).toHaveProperty("host")
  )

  it("never throws, and is its own canonical form", () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl({ withQueryParameters: true }), anyText), (url) => {
        const parts = safeBrowsingUrl(url)
        if ("error" in parts || parts.isAddress || /[%:/?@\\[]/.test(parts.host)) return
        const text = safeBrowsingText(parts)
        expect(textOf(text)).toBe(text)
      })
    )
  })
})

describe("the expressions", () => {
  it("begin with the exact URL and go on to its names and folders", () => {
    expect(expressionsOf(partsOf("http://a.b.example.com/1/2.html?param=1"))).toEqual([
      "a.b.example.com/1/2.html?param=1",
      "a.b.example.com/1/2.html",
      "a.b.example.com/",
      "a.b.example.com/1/",
      "b.example.com/1/2.html?param=1",
      "b.example.com/1/2.html",
      "b.example.com/",
      "b.example.com/1/",
      "example.com/1/2.html?param=1",
      "example.com/1/2.html",
      "example.com/",
      "example.com/1/"
    ])
  })

  it("skip names between the exact one and the four shortest", () => {
    const hosts = expressionsOf(partsOf("http://a.b.c.d.e.f.example/"))
    expect(hosts).toEqual([
      "a.b.c.d.e.f.example/",
      "c.d.e.f.example/",
      "d.e.f.example/",
      "e.f.example/",
      "f.example/"
    ])
  })

  it("stop at the name that one owner holds", () => {
    expect(expressionsOf(partsOf("http://a.site.github.io/"))).toEqual([
      "a.site.github.io/",
      "site.github.io/"
    ])
    expect(expressionsOf(partsOf("http://shop.example.co.uk/"))).toEqual([
      "shop.example.co.uk/",
      "example.co.uk/"
    ])
  })

  it("of an address are those of its paths alone", () => {
    expect(expressionsOf(partsOf("http://10.1.2.3/a/b"))).toEqual([
      "10.1.2.3/a/b",
      "10.1.2.3/",
      "10.1.2.3/a/"
    ])
  })

  it("are at most thirty, each once", () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
        const expressions = expressionsOf(partsOf(url))
        expect(expressions.length).toBeLessThanOrEqual(30)
        expect(new Set(expressions).size).toBe(expressions.length)
      })
    )
  })
})
