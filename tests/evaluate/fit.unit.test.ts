import { describe, expect, it } from "vitest"
import { wadjet } from "../../actors/scan/rules/wadjet.ts"
import { fitWeights, type Observation } from "./fit.ts"
import { type Labelled, splitBySite, splitByTime } from "./labelled.ts"
import { areaUnderCurve, type Judged, precisionAtBudget, recallAtBudget } from "./report.ts"

const many = (count: number, names: ReadonlyArray<string>, isPhish: boolean): ReadonlyArray<Observation> =>
  Array.from({ length: count }, () => ({ names, isPhish, source: isPhish ? "phish a" : "benign a" }))

const judged = (isPhish: boolean, score: number): Judged => ({
  isPhish,
  score,
  level: "benign",
  source: "a"
})

describe("fitted weights", () => {
  it("come near to the likelihood ratio in decibans where there is much to learn from", () => {
    const weights = fitWeights(
      [
        ...many(1_000, ["structure.hyphens"], true),
        ...many(1_000, [], true),
        ...many(100, ["structure.hyphens"], false),
        ...many(1_900, [], false)
      ],
      wadjet
    )
    // Half against a twentieth: odds of 19 to 1 with, and of 19 to 10 against without, make 12.8 dB.
    expect(weights.get("structure.hyphens")).toBeGreaterThan(11)
    expect(weights.get("structure.hyphens")).toBeLessThan(14)
  })

  it("leave alone what was hardly seen, and never change their sign", () => {
    const weights = fitWeights(
      [
        ...many(5, ["structure.userinfo"], true),
        ...many(400, ["structure.shortener"], false),
        ...many(400, [], true)
      ],
      wadjet
    )
    expect(weights.has("structure.userinfo")).toBe(false)
    expect(weights.get("structure.shortener")).toBe(0)
  })
})

describe("a split by site", () => {
  it("has no site on both sides", () => {
    const rows = Array.from({ length: 300 }, (_, index) => ({
      url: `https://${index % 3}.site-${index % 100}.example/`,
      isPhish: true,
      source: "a"
    }))
    const { test, train } = splitBySite(rows, 1 / 3)
    const sites = (of: typeof rows) => new Set(of.map(({ url }) => url.replace(/^.*\.site/, "site")))
    expect(test.length + train.length).toBe(300)
    expect(test.length).toBeGreaterThan(50)
    expect([...sites([...test])].filter((site) => sites([...train]).has(site))).toEqual([])
  })
})

describe("a split by time", () => {
  it("learns of the past alone, and tests on sites that were not seen in it", () => {
    const on = (date: string | undefined, site: string): Labelled => ({
      url: `https://${site}.example/`,
      isPhish: true,
      source: "a",
      ...(date === undefined ? {} : { date })
    })
    const rows = [
      on("2025-01-01", "first"),
      on("2025-02-01", "second"),
      on("2025-03-01", "first"),
      on("2025-04-01", "third"),
      on(undefined, "fourth")
    ]
    const { from, test, train } = splitByTime(rows, 1 / 2)
    expect(from).toBe("2025-03-01")
    expect(train.map(({ url }) => url)).toEqual(["https://first.example/", "https://second.example/"])
    expect(test.map(({ url }) => url)).toEqual(["https://third.example/"])
  })
})

describe("measures", () => {
  it("of order count ties half", () => {
    expect(areaUnderCurve([judged(true, 2), judged(true, 1), judged(false, 1), judged(false, 0)])).toBe(0.875)
  })

  it("of recall stay within the budget of false alarms", () => {
    const rows = [judged(true, 5), judged(true, 3), judged(false, 4), judged(false, 0)]
    expect(recallAtBudget(rows, 0)).toBe(0.5)
    expect(recallAtBudget(rows, 0.5)).toBe(1)
  })

  it("of precision weigh both kinds by how many there are", () => {
    const rows = [judged(true, 5), judged(true, 3), judged(false, 4), judged(false, 0)]
    // Of 100 links 20 are phishing and all found, and half of the 80 others are flagged.
    expect(precisionAtBudget(rows, 0.5, 0.2)).toBeCloseTo(20 / 60)
  })
})
