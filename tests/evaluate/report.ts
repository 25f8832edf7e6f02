/** How a rule set does on labelled URLs, in numbers and as lines of text. */
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

const budgets = [0.001, 0.01, 0.05]

/** Overall numbers, the confusion of every source, and how often the score is right. */
export function reportLines(name: string, rows: ReadonlyArray<Judged>): ReadonlyArray<string> {
  const phish = rows.filter(({ isPhish }) => isPhish)
  const benign = rows.filter(({ isPhish }) => !isPhish)
  const atLeast = (set: ReadonlyArray<Judged>, levels: ReadonlyArray<Level>) =>
    share(set.filter(({ level }) => levels.includes(level)).length, set.length)
  const flagged: ReadonlyArray<Level> = ["suspicious", "malicious"]
  return [
    `${name}: ${phish.length} phishing URLs, ${benign.length} benign ones, area under the curve ${areaUnderCurve(rows).toFixed(3)}`,
    `  flagged: ${atLeast(phish, flagged)} of phishing, ${atLeast(benign, flagged)} of benign`,
    `  called malicious: ${atLeast(phish, ["malicious"])} of phishing, ${atLeast(benign, ["malicious"])} of benign`,
    ...budgets.map(
      (budget) =>
        `  recall when ${100 * budget} % of benign URLs may be flagged: ${share(recallAtBudget(rows, budget), 1)}`
    ),
    "  source                            URLs   suspicious   malicious",
    ...sourceLines(rows),
    "  score          URLs   phishing, if both kinds were as many",
    ...calibrationLines(rows)
  ]
}

function sourceLines(rows: ReadonlyArray<Judged>): ReadonlyArray<string> {
  return [...Map.groupBy(rows, ({ source }) => source)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, own]) => {
      const count = (level: Level) => share(own.filter((row) => row.level === level).length, own.length)
      return `  ${source.padEnd(32)} ${String(own.length).padStart(5)}   ${count("suspicious").padStart(10)}   ${count("malicious").padStart(9)}`
    })
}

const bandDecibans = 10

function calibrationLines(rows: ReadonlyArray<Judged>): ReadonlyArray<string> {
  const total = { phish: 0, benign: 0 }
  for (const { isPhish } of rows) total[isPhish ? "phish" : "benign"]++
  const bands = Map.groupBy(rows, ({ score }) => Math.floor(score / bandDecibans))
  return [...bands]
    .toSorted(([a], [b]) => a - b)
    .map(([band, own]) => {
      const phish = own.filter(({ isPhish }) => isPhish).length / Math.max(1, total.phish)
      const benign = own.filter(({ isPhish }) => !isPhish).length / Math.max(1, total.benign)
      const from = band * bandDecibans
      return `  ${`${from} to ${from + bandDecibans}`.padEnd(14)} ${String(own.length).padStart(4)}   ${share(phish, phish + benign)}`
    })
}
