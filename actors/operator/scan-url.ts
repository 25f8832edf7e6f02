/** `wadjet scan`: what a link gives away by itself. Needs no server, no data folder and no network. */
import { Effect } from "effect"
import { defang } from "../../contracts/link/defang.ts"
import { canonicalize } from "../../contracts/link/canonical.ts"
import { linkTarget } from "../../contracts/link/link-target.ts"
import { readSetting } from "../../infra/config/settings.ts"
import { brandsOfOperator } from "../scan/brand-index.ts"
import { type Classification, classify } from "../scan/classify.ts"
import { rangeOf } from "../scan/rules/range.ts"
import type { RuleSet } from "../scan/rules/rule-set.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { ruleSetFor } from "./rule-set-choice.ts"
import { rangeText, unitWord } from "./score-words.ts"
import { levelMark, levelWord, percent, printable, reasonText, signed } from "./words.ts"

interface ScanInput {
  readonly url: string
  /** The name of a rule set, or the file that holds one. */
  readonly rules: string
  readonly json: boolean
}

/** What a scan of the running system asks, and this command never does. */
const missing = [
  { source: "feeds", reason: "no list was read" },
  { source: "redirects", reason: "the link was not followed" },
  { source: "reputation", reason: "nobody was asked" }
]

const nameWidthMin = 10

const scoreLine = ({ probability, score }: Classification, rules: RuleSet) => {
  const { suspiciousFrom, maliciousFrom, unit, version } = rules
  const odds = probability === undefined ? "" : `, ${percent(probability)} likely to be malicious`
  return `score ${signed(score)} ${unitWord[unit]}${odds}   (${version}: suspicious from ${suspiciousFrom}, malicious from ${maliciousFrom})`
}

/** The report of a classified link as lines of text. */
export const scanLines = (
  url: string,
  found: Classification,
  rules: RuleSet,
  colour: boolean
): ReadonlyArray<string> => {
  const { prior, unit } = rules
  const names = found.evidence.map(({ kind, source }) => `${source}.${kind}`)
  const width = Math.max(nameWidthMin, ...names.map((name) => name.length))
  const row = (weight: number, name: string, words: string) =>
    `  ${signed(weight).padStart(5)} ${unitWord[unit]}  ${name.padEnd(width)}  ${words}`
  return [
    `${levelMark[found.level]} ${levelWord(found.level, colour)}  ${defang(url)}`,
    `   ${scoreLine(found, rules)}`,
    "",
    ...(found.evidence.length === 0 ? ["  Nothing in the URL speaks against it, or for it."] : []),
    ...found.evidence.map((reason, index) => row(reason.weight, names[index]!, reasonText(reason))),
    ...(prior === 0 ? [] : [row(prior, "prior", "where every link starts: most links are harmless")]),
    ...(found.evidence.length > 1
      ? ["  Evidence with one cause counts up to a cap, so these need not add up."]
      : []),
    "",
    ...missing.map(({ reason, source }) => `  Missing evidence: ${source} (${reason}).`),
    `  ${rangeText(rules, rangeOf(rules, found.evidence, missing))}`,
    ...(found.level === "benign"
      ? ["  Unknown is not clean: nothing more is meant than what is said here."]
      : [])
  ]
}

/** A name, a colon and a number are a host and its port: `example.com:8080`. */
const hasScheme = /^[a-z][a-z0-9+.-]*:(?!\d{1,5}(?:[/?#]|$))/iu

/** Classifies one URL and prints the report. */
export const scanUrl = Effect.fn("scanUrl")(function* ({ json, rules, url }: ScanInput) {
  const output = yield* Output
  const ruleSet = yield* ruleSetFor(rules)
  const trimmed = url.trim()
  const absolute = hasScheme.test(trimmed) ? trimmed : `http://${trimmed}`
  const canonical = canonicalize(absolute)
  const { environment } = yield* Host
  const brands = brandsOfOperator(yield* readSetting("brands", environment))
  const found = classify(absolute, ruleSet, brands)
  if ("error" in found || "error" in canonical)
    return yield* new OperatorFailed({
      what: `Cannot scan "${printable(url)}"`,
      why: "error" in found ? found.error : "it is no URL",
      next: 'Give a link as it was posted, in quotes: wadjet scan "https://example.com/a?b=c"',
      exit: "usage"
    })
  const target = linkTarget(canonical.canonical)
  if (json) {
    const { evidence, level, score } = found
    const { unit, version } = ruleSet
    const probability = found.probability === undefined ? {} : { probability: found.probability }
    const shown = { url: target.url, defanged: defang(target.url) }
    return yield* output.json({
      ...shown,
      level,
      score,
      unit,
      ...probability,
      ruleSet: version,
      evidence,
      missing,
      range: rangeOf(ruleSet, evidence, missing)
    })
  }
  return yield* Effect.forEach(scanLines(target.url, found, ruleSet, output.colour), output.line, {
    discard: true
  })
})
