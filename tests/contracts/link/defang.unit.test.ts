import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { defang } from "../../../contracts/link/defang.ts"
import { extractLinks } from "../../../contracts/link/extract.ts"

describe("a defanged link", () => {
  it.each([
    ["paypa1.com", "paypa1[.]com"],
    ["https://paypa1.com/login.php", "hxxps://paypa1[.]com/login[.]php"],
    ["http://192.0.2.7:8080/", "hxxp://192[.]0[.]2[.]7:8080/"],
    ["http://[2001:db8::7]/", "hxxp://2001[:]db8[:][:]7/"],
    ["ftp://a.example/", "ftp[:]//a[.]example/"],
    ["https://bank.example@evil.example/", "hxxps://bank[.]example[@]evil[.]example/"]
  ])("of %s is %s", (url, expected) => {
    expect(defang(url)).toBe(expected)
  })

  it("can't be tapped, whatever the URL", () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
        expect(extractLinks(defang(url)).every((link) => link.defanged)).toBe(true)
      })
    )
  })

  it("stays as it is when it is defanged again", () => {
    fc.assert(
      fc.property(fc.webUrl(), (url) => {
        expect(defang(defang(url))).toBe(defang(url))
      })
    )
  })
})
