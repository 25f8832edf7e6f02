import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { builtIn, builtInRuleSet } from "../../../actors/scan/rules/built-in.ts"
import { faultsOf, readRuleSet, type RuleSetFault } from "../../../actors/scan/rules/read-rule-set.ts"

const whole: Record<string, unknown> = JSON.parse(JSON.stringify(builtIn.wadjet))
const faults = (value: unknown): ReadonlyArray<RuleSetFault> => {
  const read = readRuleSet(typeof value === "string" ? value : JSON.stringify(value))
  return Result.isFailure(read) ? read.failure : []
}

describe("a rule-set file", () => {
  it.each(Object.values(builtIn))("holds the built-in rule set $version as it is", (rules) => {
    expect(Result.getOrThrow(readRuleSet(JSON.stringify(rules)))).toEqual(rules)
    expect(faultsOf(rules)).toEqual([])
  })

  it.each<[string, unknown, string, string]>([
    ["what is no JSON", '{"version": mine}', "", "expected JSON"],
    ["a list", [], "", "expected an object, found a list"],
    ["a version with spaces", { ...whole, version: "my rules" }, "version", 'found "my rules"'],
    ["a missing part", { ...whole, prior: undefined }, "prior", "expected a number, found nothing"],
    ["a number in quotes", { ...whole, prior: "-15" }, "prior", 'expected a number, found "-15"'],
    ["another unit", { ...whole, unit: "dB" }, "unit", 'expected "decibans" or "points", found "dB"'],
    ["a misspelled field", { ...whole, wieghts: {} }, "wieghts", "is it misspelled?"],
    [
      "a misspelled field inside",
      { ...whole, families: { lists: { least: 0, most: 1, max: 2 } } },
      "families.lists.max",
      "is it misspelled?"
    ],
    [
      "a weight of a family that there is not",
      { ...whole, weights: { "feed.url": { family: "list", weight: 3 } } },
      "weights.feed.url.family",
      `expected one of the families (${Object.keys(builtIn.wadjet.families).join(", ")}), found "list"`
    ],
    [
      "a bare weight",
      { ...whole, weights: { "feed.url": 3 } },
      "weights.feed.url",
      "an object with family and weight"
    ],
    [
      "an endless weight",
      { ...whole, weights: { "feed.url": { family: "lists", weight: 1e9 } } },
      "weights.feed.url.weight",
      "expected at most 1000 either way"
    ],
    [
      "a name that is none of evidence",
      { ...whole, weights: { feed: { family: "lists", weight: 3 } } },
      "weights.feed",
      "expected the name of evidence"
    ],
    [
      "thresholds in the wrong order",
      { ...whole, maliciousFrom: 0 },
      "maliciousFrom",
      "expected more than suspiciousFrom (0), found 0"
    ],
    ["a prior out of bounds", { ...whole, prior: -100 }, "prior", "within bounds (-60 to 60), found -100"],
    [
      "a family that can only add",
      { ...whole, families: { ...builtIn.wadjet.families, lists: { least: 5, most: 45 } } },
      "families.lists",
      "least of at most 0"
    ],
    [
      "a decision that contradicts the thresholds",
      { ...whole, decisions: { "override.allow": { level: "benign", score: 30 } } },
      "decisions.override.allow",
      "a score that is benign by the thresholds"
    ],
    [
      "a validity of part of a second",
      { ...whole, validSeconds: { benign: 60, suspicious: 60, malicious: 0.5 } },
      "validSeconds.malicious",
      "whole seconds from 1 to 2,678,400, found 0.5"
    ]
  ])("is refused for %s, with the place and what was expected", (_, value, at, what) => {
    const found = faults(value)
    expect(found.map((fault) => fault.at)).toContain(at)
    expect(found.find((fault) => fault.at === at)!.what).toContain(what)
  })

  it("is told all its faults at once", () => {
    expect(faults({ ...whole, prior: "x", unit: "y", version: "" }).map(({ at }) => at)).toEqual([
      "version",
      "unit",
      "prior"
    ])
  })
})

describe("a built-in rule set", () => {
  it("is found by its short name and by its version", () => {
    expect(builtInRuleSet("wadjet")).toBe(builtIn.wadjet)
    expect(builtInRuleSet(builtIn.wadjet.version)).toBe(builtIn.wadjet)
    expect(builtInRuleSet("classic")).toBe(builtIn.classic)
    expect(builtInRuleSet("wadjet-0")).toBeUndefined()
  })
})
