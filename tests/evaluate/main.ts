/**
 * `npm run evaluate`: measures the rule sets on labelled URLs, and with `--fit` says which weights would explain them
 * best. Files of labelled URLs may be named; without any it takes those of the repository.
 *
 * With `--fit` weights are fitted to two thirds of the sites and measured on the other third, beside those in force.
 */
import { parseArgs } from "node:util"
import { classicSignals, localEvidence } from "../../actors/scan/classify.ts"
import { classic, classicEvidence } from "../../actors/scan/rules/classic.ts"
import { type RuleSet, score } from "../../actors/scan/rules/rule-set.ts"
import { wadjet } from "../../actors/scan/rules/wadjet.ts"
import { linkTarget } from "../../contracts/link/link-target.ts"
import { fitWeights, observationOf } from "./fit.ts"
import { type Labelled, readLabelled, splitBySite } from "./labelled.ts"
import { type Judged, reportLines } from "./report.ts"

const testShare = 1 / 3

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { fit: { type: "boolean", default: false } }
})
const files =
  positionals.length > 0 ? positionals : [new URL("../conformance/data/phish-benign.json", import.meta.url)]
const rows = files.flatMap(readLabelled)

const evidenceOf = ({ url }: Labelled) => localEvidence(linkTarget(url).url)

const judgedBy =
  (rules: RuleSet) =>
  (row: Labelled): Judged => {
    const evidence = rules === classic ? classicEvidence(classicSignals(row.url)) : evidenceOf(row)
    const { level, score: sum } = score(rules, evidence)
    return { source: row.source, isPhish: row.isPhish, level, score: sum }
  }

const say = (lines: ReadonlyArray<string>) => console.log([...lines, ""].join("\n"))

if (values.fit) {
  const { test, train } = splitBySite(rows, testShare)
  const weights = fitWeights(
    train.map((row) => observationOf(evidenceOf(row), row.isPhish, row.source)),
    wadjet
  )
  const fitted: RuleSet = {
    ...wadjet,
    version: "fitted",
    weights: Object.fromEntries(
      Object.entries(wadjet.weights).map(([name, weight]) => [
        name,
        { ...weight, weight: Math.round(weights.get(name) ?? weight.weight) }
      ])
    )
  }
  say([
    "weight  had  evidence",
    ...[...weights]
      .toSorted(([, a], [, b]) => b - a)
      .map(
        ([name, weight]) =>
          `${weight.toFixed(1).padStart(6)} ${String(wadjet.weights[name]?.weight ?? 0).padStart(4)}  ${name}`
      )
  ])
  say(reportLines(wadjet.version, test.map(judgedBy(wadjet))))
  say(reportLines(fitted.version, test.map(judgedBy(fitted))))
} else {
  say(reportLines(wadjet.version, rows.map(judgedBy(wadjet))))
  say(reportLines(classic.version, rows.map(judgedBy(classic))))
}
