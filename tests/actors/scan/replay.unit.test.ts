import { describe, expect, it } from "vitest"
import { classic } from "../../../actors/scan/rules/classic.ts"
import {
  evidenceUnder,
  makeComparison,
  type RecordedResult,
  rescore
} from "../../../actors/scan/rules/replay.ts"
import { type RuleSet, score } from "../../../actors/scan/rules/rule-set.ts"
import { LinkId } from "../../../contracts/ids.ts"

const rules: RuleSet = {
  version: "test-1",
  unit: "decibans",
  prior: -15,
  suspiciousFrom: 0,
  maliciousFrom: 10,
  bounds: { least: -60, most: 60 },
  families: { lists: { least: 0, most: 45 }, host: { least: 0, most: 24 } },
  weights: {
    "urlhaus.listed": { family: "lists", weight: 30 },
    "feed.url": { family: "lists", weight: 30 },
    "structure.ip-literal": { family: "host", weight: 18 },
    "structure.plain-http": { family: "host", weight: 2 },
    "structure.odd-port": { family: "host", weight: 7 }
  },
  decisions: {},
  validSeconds: { benign: 60, suspicious: 60, malicious: 60 },
  validSecondsWhileMissing: 60
}

const link = LinkId.make("a9993e364706816aba3e25717850c26c9cd0d89d")
const named = (name: string) => {
  const at = name.indexOf(".")
  return { source: name.slice(0, at), kind: name.slice(at + 1) }
}

/** A result as these rules would have recorded it. */
const recorded = (
  sequence: number,
  names: ReadonlyArray<string>,
  more: Partial<RecordedResult> = {}
): RecordedResult => {
  const { level, reasons, score: sum } = score(rules, names.map(named))
  return {
    sequence,
    link,
    level,
    score: sum,
    ruleSet: rules.version,
    evidence: reasons.map(({ kind, source, weight }) => ({ source, kind, weight })),
    missing: [],
    ...more
  }
}

const listed = ["urlhaus.listed", "feed.url"]
const compared = (by: RuleSet, ...results: ReadonlyArray<RecordedResult>) => {
  const comparison = makeComparison(by)
  for (const result of results) comparison.add(rescore(by, result))
  return comparison.result()
}

describe("a recorded result weighed again", () => {
  it("comes to the same by the rules that it was recorded by", () => {
    const names = Object.keys(rules.weights)
    const results = names.map((name, at) => recorded(at + 1, [name, names[(at * 7) % names.length]!]))
    expect(compared(rules, ...results).sameVersion).toEqual({
      results: names.length,
      equal: names.length
    })
  })

  it("is weighed by what was found, and not by the weights that were recorded", () => {
    const result = recorded(1, listed)
    const forged = { ...result, evidence: result.evidence.map((each) => ({ ...each, weight: 0 })) }
    expect(rescore(rules, forged).now.score).toBe(result.score)
  })

  it("is told apart from one of the same version that comes to something else", () => {
    const odd = recorded(1, listed, { score: 1 })
    expect(compared(rules, odd, recorded(2, listed)).sameVersion).toEqual({ results: 2, equal: 1 })
  })

  it("gives the classic rules the older scanner's own signals where the URL is known", () => {
    const url = "http://192.0.2.7/setup.apk"
    const result = recorded(1, ["structure.ip-literal", "structure.executable", "urlhaus.listed"], { url })
    const found = evidenceUnder(classic, result).map(({ kind, source }) => `${source}.${kind}`)
    expect(found.toSorted()).toEqual(["structure.executable", "structure.ip-literal", "urlhaus.listed"])
    const newer = { ...result, url: "http://192.0.2.7/setup.vbs" }
    expect(rescore(classic, newer).now.score).toBe(13)
    expect(rescore(classic, { ...newer, url: undefined }).now.score).toBe(14)
  })
})

describe("a comparison", () => {
  const strict: RuleSet = {
    ...rules,
    version: "strict-1",
    weights: { ...rules.weights, "structure.plain-http": { family: "host", weight: 16 } }
  }

  it("counts results by the level that they had and the one that they get", () => {
    const { confusion, results } = compared(
      strict,
      recorded(1, []),
      recorded(2, ["structure.plain-http"]),
      recorded(3, listed)
    )
    expect(results).toBe(3)
    expect(confusion).toEqual({
      malicious: { malicious: 1, suspicious: 0, benign: 0 },
      suspicious: { malicious: 0, suspicious: 0, benign: 0 },
      benign: { malicious: 0, suspicious: 1, benign: 1 }
    })
  })

  it("counts a link once whose first result a later look took the place of", () => {
    const { confusion, replaced } = compared(
      rules,
      recorded(1, []),
      recorded(2, ["urlhaus.listed"], { revises: 1 }),
      recorded(3, listed, { revises: 2 })
    )
    expect(replaced).toBe(2)
    expect(confusion.benign.benign).toBe(0)
    expect(confusion.malicious.malicious).toBe(1)
  })

  it("counts each kind of evidence, with its weight then and now, and says which one the rules do not know", () => {
    const { "structure.odd-port": _, ...known } = strict.weights
    const { kinds } = compared(
      { ...strict, weights: known },
      recorded(1, ["structure.plain-http", "structure.odd-port"]),
      recorded(2, ["structure.plain-http"])
    )
    expect(kinds).toEqual([
      { name: "structure.plain-http", results: 2, changed: 2, was: 2, now: 16 },
      { name: "structure.odd-port", results: 1, changed: 1, was: 7, now: null }
    ])
  })
})
