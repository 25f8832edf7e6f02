/** How a rule set does on labelled URLs, in numbers and as lines of text. */
import { probability, type RuleSet } from "../../actors/scan/rules/rule-set.ts"
import type { Level } from "../../contracts/level.ts"

export interface Judged {
  readonly source: string
  readonly isPhish: boolean
  readonly level: Level
  readonly score: number
}

const share = (part: number, whole: number): string =>
  whole === 0 ? "none" : `${((100 * part) / whole).toFixed(1)} %`

/** The probability that a phishing URL scores higher than a benign one; equal scores count half. */
export function areaUnderCurve(rows: ReadonlyArray<Judged>): number {
  const benign = rows.filter(({ isPhish }) => !isPhish).map(({ score }) => score)
  const phish = rows.filter(({ isPhish }) => isPhish).map(({ score }) => score)
  const sorted = benign.toSorted((a, b) => a - b)
  const below = (score: number, orEqual: boolean): number => {
    let from = 0
    let to = sorted.length
    while (from < to) {
      const middle = (from + to) >> 1
      const value = sorted[middle] ?? 0
      if (value < score || (orEqual && value === score)) from = middle + 1
      else to = middle
    }
    return from
  }
  const won = phish.reduce((sum, score) => sum + (below(score, false) + below(score, true)) / 2, 0)
  return won / Math.max(1, benign.length * phish.length)
}

/** The share of phishing above the score that at most `budget` of the benign URLs reach. */
export function recallAtBudget(rows: ReadonlyArray<Judged>, budget: number): number {
  const benign = rows.filter(({ isPhish }) => !isPhish).map(({ score }) => score)
  const phish = rows.filter(({ isPhish }) => isPhish)
  const allowed = Math.floor(budget * benign.length)
  const limit = benign.toSorted((a, b) => b - a)[allowed] ?? Number.NEGATIVE_INFINITY
  return phish.filter(({ score }) => score > limit).length / Math.max(1, phish.length)
}

/**
 * Of the links that are flagged at all when `budget` of the benign ones may be, the share that is phishing, where
 * `phishShare` of all links are.
 */
export function precisionAtBudget(rows: ReadonlyArray<Judged>, budget: number, phishShare: number): number {
  const right = phishShare * recallAtBudget(rows, budget)
  const wrong = (1 - phishShare) * budget
  return right / Math.max(Number.MIN_VALUE, right + wrong)
}

/** Of 1,000 benign links, how many may be flagged. */
const budgets = [0.001, 0.005, 0.01, 0.05]

const flagged: ReadonlyArray<Level> = ["suspicious", "malicious"]

/** What a rule set says of rows, overall: a line for each measure. `prior` is the rule set's, in decibans. */
export function summaryLines(
  name: string,
  rows: ReadonlyArray<Judged>,
  prior: number
): ReadonlyArray<string> {
  const phish = rows.filter(({ isPhish }) => isPhish)
  const benign = rows.filter(({ isPhish }) => !isPhish)
  const phishShare = probability(prior)
  const atLeast = (set: ReadonlyArray<Judged>, levels: ReadonlyArray<Level>) =>
    share(set.filter(({ level }) => levels.includes(level)).length, set.length)
  return [
    `${name}: ${phish.length} phishing URLs, ${benign.length} benign ones, area under the curve ${areaUnderCurve(rows).toFixed(3)}`,
    `  flagged: ${atLeast(phish, flagged)} of phishing, ${atLeast(benign, flagged)} of benign`,
    `  called malicious: ${atLeast(phish, ["malicious"])} of phishing, ${atLeast(benign, ["malicious"])} of benign`,
    ...budgets.map((budget) => {
      const recall = share(recallAtBudget(rows, budget), 1)
      const precision = share(precisionAtBudget(rows, budget, phishShare), 1)
      return `  ${1_000 * budget} of 1,000 benign URLs flagged: ${recall} of phishing; ${precision} of alerts are right if ${share(phishShare, 1)} of links are phishing`
    })
  ]
}

/** Overall numbers, the confusion of every source, and how often the score is right. */
export function reportLines(
  name: string,
  rows: ReadonlyArray<Judged>,
  prior: number,
  unit: RuleSet["unit"] = "decibans"
): ReadonlyArray<string> {
  return [
    ...summaryLines(name, rows, prior),
    "  source                            URLs       benign   suspicious   malicious",
    ...sourceLines(rows),
    `  score          URLs   phishing if both kinds were as many: found${unit === "decibans" ? ", and what the score says" : ""}`,
    ...calibrationLines(rows, unit === "decibans" ? prior : undefined)
  ]
}

function sourceLines(rows: ReadonlyArray<Judged>): ReadonlyArray<string> {
  return [...Map.groupBy(rows, ({ source }) => source)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, own]) => {
      const count = (level: Level, width: number) =>
        share(own.filter((row) => row.level === level).length, own.length).padStart(width)
      return `  ${source.padEnd(32)} ${String(own.length).padStart(5)}   ${count("benign", 10)}   ${count("suspicious", 10)}   ${count("malicious", 9)}`
    })
}

const bandDecibans = 5

// Points say nothing of probability: without a prior there is no such column.
function calibrationLines(rows: ReadonlyArray<Judged>, prior: number | undefined): ReadonlyArray<string> {
  const total = { phish: 0, benign: 0 }
  for (const { isPhish } of rows) total[isPhish ? "phish" : "benign"]++
  const bands = Map.groupBy(rows, ({ score }) => Math.floor(score / bandDecibans))
  return [...bands]
    .toSorted(([a], [b]) => a - b)
    .map(([band, own]) => {
      const phish = own.filter(({ isPhish }) => isPhish).length / Math.max(1, total.phish)
      const benign = own.filter(({ isPhish }) => !isPhish).length / Math.max(1, total.benign)
      const from = band * bandDecibans
      const said =
        prior === undefined
          ? ""
          : share(own.reduce((sum, { score }) => sum + probability(score - prior), 0) / own.length, 1)
      return `  ${`${from} to ${from + bandDecibans}`.padEnd(14)} ${String(own.length).padStart(4)}   ${share(phish, phish + benign).padStart(8)}   ${said.padStart(8)}`.trimEnd()
    })
}
