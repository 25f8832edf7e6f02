import { describe, expect, it } from "vitest"
import { evidenceWords } from "../../../actors/operator/evidence-words.ts"
import { knownSources } from "../../../actors/scan/sources/known-sources.ts"
import { wadjet } from "../../../actors/scan/rules/wadjet.ts"
import { readSources } from "../../architecture/sources.ts"

/** Evidence as sources write it: whole, or by `found("kind", …)` where the file has one source. */
const whole = /source: "([a-z-]+)", kind: "([a-z0-9-]+)"/g
const bySource =
  /\bfound\((?:[^"();]*, )?"([a-z0-9-]+)"|\? "([a-z0-9-]+)" : "([a-z0-9-]+)", name|\bkind: "([a-z0-9-]+)"/g

const kindsIn = (text: string): ReadonlyArray<string> => {
  const named = [...text.matchAll(whole)].map(([, source, kind]) => `${source}.${kind}`)
  const source = /^const source = "([a-z-]+)"$/m.exec(text)?.[1]
  if (source === undefined) return named
  const own = [...text.matchAll(bySource)].flatMap(([, ...kinds]) =>
    kinds.filter((kind) => kind !== undefined)
  )
  return [...named, ...own.map((kind) => `${source}.${kind}`)]
}

const kinds = [...new Set(readSources("actors/scan").flatMap(({ text }) => kindsIn(text)))].toSorted()

describe("every kind of evidence that a source writes", () => {
  it("is found in the sources", () => {
    expect(kinds).toEqual(
      expect.arrayContaining([
        "brand.owned",
        "certificate.name-mismatch",
        "dns-filter.blocked",
        "page.brand-login",
        "page.password-off-site",
        "phishtank.verified",
        "redirects.loop",
        "safe-browsing.listed",
        "urlhaus.listed",
        "urlscan.malicious-host"
      ])
    )
  })

  it("has words", () => {
    expect(kinds.filter((name) => evidenceWords[name] === undefined)).toEqual([])
  })

  it("is weighed by the rule set, if only with nothing", () => {
    expect(kinds.filter((name) => wadjet.weights[name] === undefined)).toEqual([])
  })
})

describe("every source", () => {
  it("has a name of its own, and says what it is told and what turns it on", () => {
    const names = knownSources.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { off, setting, told } of knownSources) {
      expect(off).toContain(setting)
      expect(told).not.toBe("")
    }
  })
})
