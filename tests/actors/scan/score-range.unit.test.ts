import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { resultOf } from "../../../actors/scan/result.ts"
import { isFirm, rangeOf } from "../../../actors/scan/rules/range.ts"
import { score } from "../../../actors/scan/rules/rule-set.ts"
import { wadjet } from "../../../actors/scan/rules/wadjet.ts"
import { knownSources } from "../../../actors/scan/sources/known-sources.ts"
import { LinkId } from "../../../contracts/ids.ts"

const named = (name: string) => {
  const at = name.indexOf(".")
  return { source: name.slice(0, at), kind: name.slice(at + 1) }
}
const weightOf = (name: string) => wadjet.weights[name]!.weight
const missing = (...sources: ReadonlyArray<string>) => sources.map((source) => ({ source, reason: "slow" }))

describe("the range of a score", () => {
  it("is the score itself where nothing is missing, and where a person decided", () => {
    const evidence = [named("structure.ip-literal")]
    const { score: sum } = score(wadjet, evidence)
    expect(rangeOf(wadjet, evidence, [])).toEqual({ least: sum, most: sum })
    expect(rangeOf(wadjet, [named("override.allow")], missing("urlhaus"))).toEqual({ least: -60, most: -60 })
  })

  it("reaches as far as the heaviest thing that a missing source can say, either way", () => {
    expect(rangeOf(wadjet, [], missing("rdap"))).toEqual({
      least: wadjet.prior + weightOf("rdap.age-years"),
      most: wadjet.prior + weightOf("rdap.age-7")
    })
  })

  it("counts what belongs together up to its cap", () => {
    const all = rangeOf(wadjet, [], missing("safe-browsing", "urlhaus", "virustotal", "phishtank"))
    expect(all.most).toBe(wadjet.prior + wadjet.families["lists"]!.most)
  })

  it("adds no second time what somebody else said already", () => {
    const evidence = [named("dns-filter.blocked")]
    const { score: sum } = score(wadjet, evidence)
    expect(rangeOf(wadjet, evidence, missing("quad9-dns"))).toEqual({ least: sum, most: sum })
  })

  it("knows the sources that go by another name while they are missing", () => {
    const feed = rangeOf(wadjet, [], missing("feeds"))
    expect(feed).toEqual(rangeOf(wadjet, [], missing("feed openphish", "feed urlhaus")))
    expect(feed.most).toBeGreaterThan(wadjet.prior)
    expect(rangeOf(wadjet, [], missing("reputation")).most).toBeGreaterThan(feed.most)
  })

  it.each(knownSources.map(({ name }) => name))("is wider while %s is missing", (name) => {
    expect(rangeOf(wadjet, [], missing(name)).most).toBeGreaterThan(wadjet.prior)
  })

  it("is as wide where no service is asked at all as where each of them is missing", () => {
    const services = knownSources.map(({ name }) => name).filter((name) => name !== "certificate")
    expect(rangeOf(wadjet, [], missing("reputation"))).toEqual(rangeOf(wadjet, [], missing(...services)))
  })

  it("is never narrower for more that is missing, and always has the score in it", () => {
    const names = Object.keys(wadjet.weights)
    const evidence = fc.subarray(names).map((some) => some.map(named))
    const sources = fc.subarray(["feeds", "rdap", "redirects", "urlhaus", "virustotal", "quad9-dns", "else"])
    fc.assert(
      fc.property(evidence, sources, sources, (found, some, more) => {
        const { score: sum } = score(wadjet, found)
        const less = rangeOf(wadjet, found, missing(...some))
        const wider = rangeOf(wadjet, found, missing(...some, ...more))
        expect(less.least).toBeLessThanOrEqual(sum)
        expect(less.most).toBeGreaterThanOrEqual(sum)
        expect(wider.least).toBeLessThanOrEqual(less.least)
        expect(wider.most).toBeGreaterThanOrEqual(less.most)
      })
    )
  })

  it("says whether the level could still be another one", () => {
    expect(isFirm(wadjet, { least: -20, most: -1 })).toBe(true)
    expect(isFirm(wadjet, { least: -20, most: 0 })).toBe(false)
  })

  it("stands in the fact of a scan where something is missing, and nowhere else", () => {
    const of = {
      link: LinkId.make("a9993e364706816aba3e25717850c26c9cd0d89d"),
      url: "http://example.com/",
      evidence: [named("structure.plain-http")]
    }
    const { data: lacking } = resultOf({ ...of, missing: missing("urlhaus") }, 0)
    expect(lacking.range).toEqual({
      least: lacking.score,
      most: lacking.score + weightOf("urlhaus.listed")
    })
    expect(resultOf({ ...of, missing: [] }, 0).data.range).toBeUndefined()
  })
})
