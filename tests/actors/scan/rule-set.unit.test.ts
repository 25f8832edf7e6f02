import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Evidence } from "../../../actors/scan/evidence.ts"
import { type RuleSet, score } from "../../../actors/scan/rules/rule-set.ts"
import { wadjet } from "../../../actors/scan/rules/wadjet.ts"

const rules: RuleSet = {
  version: "test-1",
  unit: "decibans",
  prior: -10,
  suspiciousFrom: 0,
  maliciousFrom: 10,
  bounds: { least: -60, most: 60 },
  families: { host: { least: 0, most: 12 }, lists: { least: 0, most: 40 } },
  weights: {
    "s.a": { family: "host", weight: 8 },
    "s.b": { family: "host", weight: 9 },
    "f.listed": { family: "lists", weight: 30 }
  },
  decisions: { "override.allow": { level: "benign", score: -60 } },
  validSeconds: { benign: 100, suspicious: 50, malicious: 20 },
  validSecondsWhileMissing: 30
}
const a: Evidence = { source: "s", kind: "a" }
const b: Evidence = { source: "s", kind: "b" }
const listed: Evidence = { source: "f", kind: "listed", detail: "seen" }
const timedOut = { source: "f", reason: "timed out" }

describe("a score", () => {
  it("is the prior when nothing is known", () => {
    expect(score(rules, [])).toMatchObject({ level: "benign", score: -10, reasons: [], validSeconds: 100 })
  })

  it("adds evidence, but counts what belongs together only up to its cap", () => {
    expect(score(rules, [a]).score).toBe(-2)
    expect(score(rules, [a, b])).toMatchObject({ score: 2, level: "suspicious" })
    expect(score(rules, [a, b, listed])).toMatchObject({ score: 32, level: "malicious" })
  })

  it("explains itself, the heaviest reason first", () => {
    expect(score(rules, [a, listed, b]).reasons).toEqual([
      { ...listed, weight: 30 },
      { ...b, weight: 9 },
      { ...a, weight: 8 }
    ])
  })

  it("states the probability that its decibans stand for", () => {
    expect(score(rules, [listed]).probability).toBeCloseTo(0.99, 2)
  })

  it("shows evidence that no rule knows, at no weight", () => {
    expect(score(rules, [{ source: "x", kind: "y" }])).toMatchObject({
      score: -10,
      reasons: [{ source: "x", weight: 0 }]
    })
  })

  it("yields to a person's decision", () => {
    expect(score(rules, [listed, { source: "override", kind: "allow" }])).toMatchObject({
      level: "benign",
      score: -60
    })
  })

  it("treats what is missing as unknown: no cleaner, and believed for less long", () => {
    const known = score(rules, [a])
    const unknown = score(rules, [a], [timedOut])
    expect(unknown).toMatchObject({
      score: known.score,
      level: known.level,
      missing: [timedOut],
      validSeconds: 30
    })
    expect(score(rules, [listed], [timedOut]).validSeconds).toBe(20)
  })
})

describe("Wadjet's rule set", () => {
  const names = Object.keys(wadjet.weights)

  it("puts every weight into a family that it caps", () => {
    const families = Object.values(wadjet.weights).map(({ family }) => family)
    expect(families.filter((family) => wadjet.families[family] === undefined)).toEqual([])
  })

  it("never calls a link malicious by how it is built alone, without an imitation", () => {
    const structure = names.filter((name) => wadjet.weights[name]?.family === "host")
    const evidence = structure.map((name) => ({
      source: "structure",
      kind: name.slice(name.indexOf(".") + 1)
    }))
    expect(score(wadjet, evidence).level).not.toBe("malicious")
  })

  it("never lowers a score for more evidence against a link", () => {
    const against = names.filter((name) => (wadjet.weights[name]?.weight ?? 0) > 0)
    const evidence = fc.subarray(
      against.map((name) => ({
        source: name.slice(0, name.indexOf(".")),
        kind: name.slice(name.indexOf(".") + 1)
      }))
    )
    fc.assert(
      fc.property(evidence, evidence, (some, more) => {
        expect(score(wadjet, [...some, ...more]).score).toBeGreaterThanOrEqual(score(wadjet, some).score)
      })
    )
  })
})
