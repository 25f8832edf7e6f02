import { describe, expect, it } from "vitest"
import { localEvidence } from "../../../actors/scan/classify.ts"
import { evidenceName } from "../../../actors/scan/evidence.ts"
import { isKnownSite, knownSite } from "../../../actors/scan/known-sites.ts"

describe("sites that public lists know by name", () => {
  it.each([
    ["openssl.org", "openssl.org"],
    ["www.37signals.com", "37signals.com"],
    ["adidas.co.uk", "adidas.co.uk"]
  ])("%s is part of %s", (host, site) => expect(knownSite(host)).toBe(site))

  it.each(["example.com", "co.uk", "192.0.2.7", "", "openssl.org.example"])("%s is part of none", (host) => {
    expect(knownSite(host)).toBeNull()
  })

  it.each(["anybody.weebly.com", "anybody.wpengine.com", "form.jotform.com"])(
    "%s is part of none, for strangers fill it",
    (host) => expect(knownSite(host)).toBeNull()
  )

  it("are no public suffixes, where everybody has a name", () => {
    expect(["github.io", "pages.dev", "web.app", "netlify.app"].filter(isKnownSite)).toEqual([])
  })

  it("have that said for them, unless the host imitates another", () => {
    const namesOf = (url: string) => localEvidence(url).map(evidenceName)
    expect(namesOf("https://www.openssl.org/")).toEqual(["site.known"])
    expect(namesOf("https://paypal.com.openssl.org/")).toContain("look-alike.high")
    expect(namesOf("https://paypal.com.openssl.org/")).not.toContain("site.known")
  })
})
