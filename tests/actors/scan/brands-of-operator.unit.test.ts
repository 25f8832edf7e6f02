import { readFileSync } from "node:fs"
import { Result } from "effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { combined } from "../../../actors/scan/both-ends.ts"
import {
  type BrandIndex,
  brandsOfOperator,
  builtInBrands,
  holdersOfHost,
  isOwned
} from "../../../actors/scan/brand-index.ts"
import { knownBrands } from "../../../actors/scan/brands.ts"
import { classicSignals, classify, localEvidence } from "../../../actors/scan/classify.ts"
import { evidenceName } from "../../../actors/scan/evidence.ts"
import { lookAlike } from "../../../actors/scan/look-alike.ts"
import { pageEvidence } from "../../../actors/scan/page/page-evidence.ts"
import { readPage } from "../../../actors/scan/page/read-page.ts"
import { evidenceUnder } from "../../../actors/scan/rules/replay.ts"
import { classic } from "../../../actors/scan/rules/classic.ts"
import { isSharedByMany, mayHandIn } from "../../../actors/scan/sources/handing-in.ts"
import { readBrandList } from "../../../contracts/brand-list.ts"
import { LinkId } from "../../../contracts/ids.ts"

const withList = (list: string): BrandIndex => brandsOfOperator(Result.getOrThrow(readBrandList(list)))

const own = withList(`
villagebank: village-bank.example villagebank.example ~ villageband
paypal: paypal-partners.example
news*: news.example
club: club.example
`)
const namesOf = (url: string, brands?: BrandIndex) => localEvidence(url, brands).map(evidenceName)

describe("a brand that an operator names", () => {
  it.each([
    ["villagebank-login.com", "high"],
    ["vi11agebank.com", "high"],
    ["vilagebank.com", "medium"],
    ["villagebank.web.app", "high"],
    ["village-bank.example.com-login.net", "high"],
    ["villagebank.example.attacker.net", "high"],
    ["www-village-bank-example.attacker.net", "high"],
    ["villagebank.attacker.net", "medium"],
    ["villagebank.xyz", "medium"],
    ["village-bank.shop", "medium"]
  ])("is imitated by %s, at level %s", (host, level) => {
    expect(lookAlike(host).brand).toBeUndefined()
    expect(lookAlike(host, own)).toMatchObject({ spoof: true, level, brand: "village-bank.example" })
    expect(namesOf(`https://${host}/`, own)).toContain(`look-alike.${level}`)
    expect(classicSignals(`https://${host}/`, own).homoglyph).toEqual({ detected: true, riskLevel: level })
  })

  it.each([
    "village-bank.example",
    "www.village-bank.example",
    "login.secure.villagebank.example",
    "villageband.com",
    "village-bank.de"
  ])("has nothing said against %s", (host) => {
    expect(lookAlike(host, own)).toMatchObject({ spoof: false, level: "none" })
  })

  it("owns its hosts in every look at a link", () => {
    const url = "https://my.village-bank.example/invite?mail=1"
    expect(namesOf(url)).not.toContain("brand.owned")
    expect(namesOf(url, own)).toContain("brand.owned")
    expect(classify(url, "wadjet", own)).toMatchObject({ level: "benign" })
    const there = combined(
      [],
      { evidence: [], missing: [], end: "https://villagebank-login.com/" },
      undefined,
      own
    )
    expect(there.map(evidenceName)).toContain("look-alike.high")
    expect([mayHandIn(url), mayHandIn(url, own)]).toEqual([true, false])
    expect([isSharedByMany("village-bank.example"), isSharedByMany("village-bank.example", own)]).toEqual([
      false,
      true
    ])
  })

  it("is asked about in the classic rules' reading of a recorded link, too", () => {
    const result = {
      sequence: 1,
      link: LinkId.make("a9993e364706816aba3e25717850c26c9cd0d89d"),
      level: "benign",
      score: 0,
      ruleSet: "wadjet-3",
      evidence: [],
      missing: [],
      url: "https://villagebank-login.com/"
    } as const
    expect(evidenceUnder(classic, result)).toEqual([])
    expect(evidenceUnder(classic, result, own).map(evidenceName)).toEqual(["look-alike.high"])
  })

  it("is named in others' paths only to be taken for it, but a word of the operator's choice is not", () => {
    const kinds = (path: string) => namesOf(`https://example.com/${path}/index.php`, own)
    expect(kinds("villagebank")).toContain("structure.brand-in-path")
    expect(kinds("news")).not.toContain("structure.brand-in-path")
    expect(namesOf("https://www.villagebank.example/villagebank/", own)).not.toContain(
      "structure.brand-in-path"
    )
  })

  it("that is called like an ending does not vouch for everything under it", () => {
    expect(lookAlike("paypal-login.club", own)).toMatchObject({ spoof: true, brand: "paypal.com" })
  })

  it("is posed as by pages that are not its own, and by its icon", async () => {
    const login = `<title>Village Bank: log in</title><form><input type=password></form>`
    const icon = `<link rel=icon href="https://www.village-bank.example/favicon.ico"><title>Hello</title>`
    const found = async (html: string, at: string, brands?: BrandIndex) =>
      pageEvidence(await readPage(html, at), at, undefined, brands).map(evidenceName)
    expect(await found(login, "https://secure.example.net/")).toEqual(["page.password-field"])
    expect(await found(login, "https://secure.example.net/", own)).toEqual(["page.brand-login"])
    expect(await found(login, "https://www.villagebank.example/", own)).toEqual([])
    expect(await found(icon, "https://secure.example.net/")).toEqual([])
    expect(await found(icon, "https://secure.example.net/", own)).toEqual(["page.brand-icon"])
  })
})

describe("a brand that is known", () => {
  it("has the domains that an operator adds to it left alone, with their sub-domains", () => {
    for (const host of ["paypal-partners.example", "a.b.paypal-partners.example"]) {
      expect(lookAlike(host).spoof).toBe(true)
      expect(lookAlike(host, own).spoof).toBe(false)
      expect(isOwned(host, own)).toBe(true)
    }
    expect(isOwned("xpaypal-partners.example", own)).toBe(false)
  })

  it("keeps what it had, its place, and the domain that warnings name", () => {
    const { brands } = withList("dpd*: dpd-x.example ~ dpdx\npaypal*: paypal-x.example")
    expect(brands.map(({ brand }) => brand.name)).toEqual(knownBrands().map(({ name }) => name))
    const before = knownBrands().find(({ name }) => name === "paypal")!
    expect(brands.find(({ brand }) => brand.name === "paypal")!.brand).toEqual({
      ...before,
      isWord: true,
      owns: [...before.owns, "paypal-x.example"]
    })
    expect(lookAlike("paypa1.com", own)).toEqual(lookAlike("paypa1.com"))
  })
})

describe("an operator's list", () => {
  it("of nobody is what Wadjet knows from the start", () => {
    expect(withList("# nobody yet")).toBe(builtInBrands())
  })

  it("changes nothing about hosts that have nothing to do with it", () => {
    const elsewhere = withList("zqxzqxzqx: zqxzqxzqx.example")
    const { cases }: { readonly cases: ReadonlyArray<{ readonly host: string }> } = JSON.parse(
      readFileSync(new URL("../../conformance/data/brand-hosts.json", import.meta.url), "utf8")
    )
    const same = (host: string) => {
      expect(lookAlike(host, elsewhere)).toEqual(lookAlike(host))
      const url = `https://${host}/a/paypal/`
      expect(localEvidence(url, elsewhere)).toEqual(localEvidence(url))
    }
    for (const { host } of cases) same(host)
    fc.assert(fc.property(fc.oneof(fc.domain(), fc.string({ unit: "grapheme" })), same))
  })

  it("may say of 50,000 domains who owns them", () => {
    const domains = Array.from({ length: 50_000 }, (_, at) => `site${at % 7 === 0 ? "-" : ""}${at}.co.uk`)
    const owner = withList(`villagebank: ${domains.join("\n  ")}\npaypal: partner.example`)
    expect(domains.filter((domain) => !isOwned(`www.${domain}`, owner))).toEqual([])
    expect(domains.filter((domain) => isOwned(`x${domain}`, owner))).toEqual([])
    expect(isOwned("site50000.co.uk", owner)).toBe(false)
    expect(isOwned("www.partner.example", owner)).toBe(true)
    expect(lookAlike("www-site-49994-co-uk.example.net", owner)).toMatchObject({
      level: "high",
      brand: domains[0]
    })
    expect(lookAlike("www-site49999-co-uk.example.net", owner)).toMatchObject({
      level: "high",
      brand: domains[0]
    })
    expect(lookAlike("villagebank-login.com", owner)).toMatchObject({ level: "high", brand: domains[0] })
  })

  it("knows whose a domain of other letters is, however it is written", () => {
    const mueller = withList("müllerbank: müllerbank.de müller-bank.example")
    for (const host of ["müllerbank.de", "xn--mllerbank-q9a.de", "www.müller-bank.example"])
      expect([host, lookAlike(host, mueller).spoof]).toEqual([host, false])
    expect(namesOf("https://www.müllerbank.de/", mueller)).toContain("brand.owned")
    expect(lookAlike("müllerbank-login.com", mueller)).toMatchObject({
      spoof: true,
      brand: "xn--mllerbank-q9a.de"
    })
    expect(lookAlike("mullerbank-login.com", mueller)).toMatchObject({
      spoof: true,
      brand: "xn--mllerbank-q9a.de"
    })
  })

  it("says of a registrable domain whose name it is under other endings, and of a sub-domain nothing", () => {
    const names = withList(
      "villagebank: village-bank.example vilagebank.village-bank.example villagebanc.example"
    )
    expect(lookAlike("villagebanc.com", names).spoof).toBe(false)
    expect(lookAlike("vilagebank.com", names).spoof).toBe(true)
  })

  it("counts a domain that two own for both", () => {
    const both = withList("villagebank: shared.example\ntownbank: shared.example town.example")
    expect([...holdersOfHost("a.shared.example", both)]).toEqual(["villagebank", "townbank"])
    expect([...holdersOfHost("a.town.example", both)]).toEqual(["townbank"])
    expect([...holdersOfHost("a.example", both)]).toEqual([])
  })
})
