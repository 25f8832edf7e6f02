import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { structureEvidence } from "../../../actors/scan/structure.ts"

const kinds = (url: string) => structureEvidence(url).map(({ kind }) => kind)

describe("the structure of a URL", () => {
  it.each([
    ["ip-literal", "http://192.0.2.7/"],
    ["ip-literal", "http://[2001:db8::7]/"],
    ["odd-port", "https://example.com:8081/"],
    ["userinfo", "https://bank.example@evil.example/"],
    ["plain-http", "http://example.com/"],
    ["long-url", `https://example.com/${"a".repeat(200)}`],
    ["deep-path", "https://example.com/1/2/3/4/5/6/7"],
    ["many-labels", "https://a.b.c.example.com/"],
    ["punycode", "https://xn--bcher-kva.example/"],
    ["suspicious-tld", "https://example.top/"],
    ["restricted-tld", "https://www.example.gov/"],
    ["shortener", "https://bit.ly/abc"],
    ["address-in-name", "https://192-0-2-7.sslip.io/"],
    ["dynamic-dns", "https://example.duckdns.org/"],
    ["shared-hosting", "https://example.vercel.app/"],
    ["throwaway-hosting", "https://example.webflow.io/"],
    ["throwaway-hosting", "https://example.weebly.com/"],
    ["cheap-tld", "https://example.network/"],
    ["ending-in-name", "https://shop.com-tracking.example/"],
    ["ending-in-name", "https://www.bank-co-jp.example.org/"],
    ["credential-host", "https://account.unlock.example.com/"],
    ["hyphens", "https://a-b-c.com/"],
    ["digits-in-name", "https://a1b2c3.com/"],
    ["generated-name", "https://qxzkvbwp.com/"],
    ["credential-name", "https://walletsverifier.com/"],
    ["lure-name", "https://claim-x.com/"],
    ["coin-name", "https://bridgetokens.com/"],
    ["numeric-label", "https://532222343.example.com/"],
    ["hosted-name", "https://my-new-shop.pages.dev/"],
    ["brand-in-path", "https://example.com/wp/amazon/index.php"],
    ["generated-name", "https://qwhtkm.cn/"],
    ["executable", "https://example.com/a/Setup.EXE"],
    ["nested-url", "https://example.com/?u=https://example.org/"],
    ["host-in-path", "https://example.com/www.bank.com/login.html"],
    ["kit-path", "https://example.com/wp-content/plugins/x/verify.php"],
    ["token-in-path", "https://example.com/7ba2bb0c9df9f1750f68bbf128577b9b/a"],
    ["address-in-url", "https://example.com/a?to=someone@example.org"],
    ["scheme", "intent://example.com/#Intent;scheme=https;end"]
  ])("shows %s in %s", (kind, url) => {
    expect(kinds(url)).toContain(kind)
  })

  it("says nothing against an ordinary address", () => {
    expect(kinds("https://www.example.com/blog/2024/05/hello-world?page=2")).toEqual([])
  })

  it.each([
    "htmlcheats",
    "linkding",
    "handschuh",
    "worldwide",
    "zhangsan",
    "strength",
    "backbench",
    "openstreetmap"
  ])("takes %s for a name that somebody chose", (name) =>
    expect(kinds(`https://${name}.com/`)).not.toContain("generated-name")
  )

  it("leaves brands' names in the paths of brands alone", () => {
    expect(kinds("https://github.com/google/x")).not.toContain("brand-in-path")
  })

  it("gives details that nobody can tap", () => {
    expect(structureEvidence("http://192.0.2.7/").find(({ kind }) => kind === "ip-literal")?.detail).toBe(
      "192[.]0[.]2[.]7"
    )
  })

  it.each([
    "https://example.com/wp-content/uploads/2024/05/photo.jpg",
    "https://example.com/wp-content/uploads/",
    "https://example.com/wp-admin/",
    "https://example.com/index.php/wp-content",
    "https://example.com/verify.php?next=/wp-admin/a.php"
  ])("finds no planted page in %s", (url) => {
    expect(kinds(url)).not.toContain("kit-path")
  })

  // Nothing is timed: at this length, what takes quadratic time outlives the time limit of a test.
  it.each(["a", "wp-admin/", "?a.-", "a@", "@a", "YUBhLmFh", "a.a/", "%40a", "https%3a"])(
    "of a URL made of %j is read without going over it again and again",
    (piece) => {
      const url = `https://example.com/${piece.repeat(262_144 / piece.length)}`
      expect(kinds(url)).toContain("long-url")
    }
  )

  it("is read from any URL without failing", () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
        expect(structureEvidence(url).every(({ source }) => source === "structure")).toBe(true)
      })
    )
  })
})
