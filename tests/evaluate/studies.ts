/** What can be asked of rule sets and labelled URLs, each answered in lines of text. */
import { classicSignals, localEvidence } from "../../actors/scan/classify.ts"
import { classic, classicEvidence } from "../../actors/scan/rules/classic.ts"
import { type RuleSet, score } from "../../actors/scan/rules/rule-set.ts"
import { wadjet } from "../../actors/scan/rules/wadjet.ts"
import { linkTarget } from "../../contracts/link/link-target.ts"
import { fitWeights, observationOf } from "./fit.ts"
import { type Labelled, siteOf, splitBySite, splitByTime } from "./labelled.ts"
import { type Judged, reportLines, summaryLines } from "./report.ts"

const testShare = 1 / 3

/** How many of all links are phishing is supposed by Wadjet's prior, for both rule sets. */
const priorOf = (rules: RuleSet): number => (rules.unit === "decibans" ? rules.prior : wadjet.prior)

const evidenceOf = ({ url }: Labelled) => localEvidence(linkTarget(url).url)

const judge = (rows: ReadonlyArray<Labelled>, rules: RuleSet): ReadonlyArray<Judged> =>
  rows.map((row) => {
    const evidence = rules === classic ? classicEvidence(classicSignals(row.url)) : evidenceOf(row)
    const { level, score: sum } = score(rules, evidence)
    return { source: row.source, isPhish: row.isPhish, level, score: sum }
  })

const weightsFor = (rows: ReadonlyArray<Labelled>): ReadonlyMap<string, number> =>
  fitWeights(
    rows.map((row) => observationOf(evidenceOf(row), row.isPhish, row.source)),
    wadjet
  )

const withWeights = (weights: ReadonlyMap<string, number>, version: string): RuleSet => ({
  ...wadjet,
  version,
  weights: Object.fromEntries(
    Object.entries(wadjet.weights).map(([name, weight]) => [
      name,
      { ...weight, weight: Math.round(weights.get(name) ?? weight.weight) }
    ])
  )
})

/** The rule sets in force, on all rows. */
export const inForce = (rows: ReadonlyArray<Labelled>): ReadonlyArray<string> =>
  [wadjet, classic].flatMap((rules) => [
    ...reportLines(rules.version, judge(rows, rules), priorOf(rules), rules.unit),
    ""
  ])

/** Which weights two thirds of the sites ask for, and how both do on the other third. */
export function fitted(rows: ReadonlyArray<Labelled>): ReadonlyArray<string> {
  const { test, train } = splitBySite(rows, testShare)
  const weights = weightsFor(train)
  return [
    "weight  has  evidence",
    ...[...weights]
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, weight]) => {
        const has = String(wadjet.weights[name]?.weight ?? 0).padStart(4)
        return `${weight.toFixed(1).padStart(6)} ${has}  ${name}`
      }),
    "",
    ...[wadjet, withWeights(weights, "fitted")].flatMap((rules) => [
      ...reportLines(rules.version, judge(test, rules), rules.prior),
      ""
    ])
  ]
}

/** Weights fitted to the past alone, on sites that were first seen after it. */
export function ofTheFuture(rows: ReadonlyArray<Labelled>): ReadonlyArray<string> {
  const { from, test, train } = splitByTime(rows, testShare)
  if (test.length === 0) return ["No row has a date: nothing can be ordered by time.", ""]
  const rules = withWeights(weightsFor(train), `fitted to ${train.length} URLs from before ${from}`)
  return [
    ...reportLines(rules.version, judge(test, rules), rules.prior),
    "",
    ...summaryLines(`${wadjet.version}, on the same`, judge(test, wadjet), wadjet.prior),
    ""
  ]
}

/** Each phishing list by weights that were fitted without it, on those of its sites that no other list has. */
export function ofNoList(rows: ReadonlyArray<Labelled>): ReadonlyArray<string> {
  const lists = new Set(rows.filter(({ isPhish }) => isPhish).map(({ source }) => source))
  const benign = splitBySite(
    rows.filter(({ isPhish }) => !isPhish),
    testShare
  )
  return [...lists].toSorted().flatMap((list) => {
    const others = rows.filter(({ isPhish, source }) => isPhish && source !== list)
    const elsewhere = new Set(others.map(({ url }) => siteOf(url)))
    const own = rows.filter(({ source, url }) => source === list && !elsewhere.has(siteOf(url)))
    const rules = withWeights(weightsFor([...others, ...benign.train]), `without ${list}`)
    return [...summaryLines(rules.version, judge([...own, ...benign.test], rules), rules.prior), ""]
  })
}
