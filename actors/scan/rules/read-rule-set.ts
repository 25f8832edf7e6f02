/** Reading a rule set from a file: its shape, and what must hold between its numbers. Pure. */
import { Result, Schema, SchemaIssue } from "effect"
import { levelOf } from "./rule-set.ts"
import { RuleSet, validSecondsMax, versionPattern } from "./rule-set-shape.ts"
import { namesOf, shownValue, valueAt } from "./shown-value.ts"

/** One thing that is wrong: where, as in `weights.feed.url.family`, and what was expected and found. */
export interface RuleSetFault {
  readonly at: string
  readonly what: string
}

/** The weight of one piece of evidence that a file may give: beyond it a single finding would drown all others. */
const weightMax = 1_000
/** A file has a few hundred lines; one of this size is something else. */
export const ruleSetCharactersMax = 1024 * 1024

const evidenceNamePattern = /^[a-z0-9-]+\.[a-z0-9-]+$/u

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()
const decode = Schema.decodeUnknownResult(RuleSet)

const number = "a number"
const text = "a text in quotes"
const seconds = `whole seconds from 1 to ${validSecondsMax.toLocaleString("en")}`
const cap = "an object with least and most"

/** What is expected at a place, by the last name of its path and what it is in. */
const expectedAt = (path: ReadonlyArray<string>): string => {
  const [top = "", ...rest] = path
  const last = path.at(-1) ?? ""
  if (top === "version") return `a version such as "mine-1", of the form ${versionPattern.source}`
  if (top === "unit") return '"decibans" or "points"'
  if (top === "validSeconds")
    return rest.length === 0 ? "an object with benign, suspicious and malicious" : seconds
  if (top === "validSecondsWhileMissing") return seconds
  if (last === "level") return '"benign", "suspicious" or "malicious"'
  if (last === "family") return text
  if (rest.length === 0 && (top === "families" || top === "weights" || top === "decisions"))
    return "an object of named entries"
  if (top === "bounds" && rest.length === 0) return cap
  if (rest.length === 1 && top === "families") return cap
  if (rest.length === 1 && top === "weights") return "an object with family and weight"
  if (rest.length === 1 && top === "decisions") return "an object with level and score"
  return path.length === 0 ? "an object" : number
}

const shapeFault =
  (input: unknown) =>
  (path: ReadonlyArray<string>): RuleSetFault => {
    const at = path.join(".")
    const found = valueAt(input, path)
    if (found !== undefined && isUnknownField(path))
      return { at, what: "expected no field of this name, found one; is it misspelled?" }
    return { at, what: `expected ${expectedAt(path)}, found ${shownValue(found)}` }
  }

const fieldsOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  bounds: ["least", "most"],
  families: ["least", "most"],
  weights: ["family", "weight"],
  decisions: ["level", "score"],
  validSeconds: ["benign", "suspicious", "malicious"]
}

const isUnknownField = ([top = "", ...rest]: ReadonlyArray<string>): boolean => {
  if (top === "") return false
  if (rest.length === 0) return !Object.hasOwn(RuleSet.fields, top)
  const isNamed = top === "families" || top === "weights" || top === "decisions"
  const field = isNamed ? rest[1] : rest[0]
  return field !== undefined && fieldsOf[top]?.includes(field) === false
}

type Check = (rules: RuleSet) => ReadonlyArray<RuleSetFault>

const within = (value: number, { least, most }: RuleSet["bounds"]) => value >= least && value <= most

const checks: ReadonlyArray<Check> = [
  ({ maliciousFrom, suspiciousFrom }) =>
    maliciousFrom > suspiciousFrom
      ? []
      : [
          {
            at: "maliciousFrom",
            what: `expected more than suspiciousFrom (${suspiciousFrom}), found ${maliciousFrom}`
          }
        ],
  ({ bounds, maliciousFrom, prior, suspiciousFrom }) =>
    bounds.least >= bounds.most
      ? [{ at: "bounds", what: `expected least below most, found ${bounds.least} and ${bounds.most}` }]
      : Object.entries({ prior, suspiciousFrom, maliciousFrom })
          .filter(([, value]) => !within(value, bounds))
          .map(([at, value]) => ({
            at,
            what: `expected a number within bounds (${bounds.least} to ${bounds.most}), found ${value}`
          })),
  ({ families }) =>
    Object.entries(families).flatMap(([name, { least, most }]) =>
      least <= 0 && most >= 0
        ? []
        : [
            {
              at: `families.${name}`,
              what: `expected least of at most 0 and most of at least 0, found ${least} and ${most}`
            }
          ]
    ),
  ({ families, weights }) =>
    Object.entries(weights).flatMap(([name, { family, weight }]) => [
      ...(Object.hasOwn(families, family)
        ? []
        : [
            {
              at: `weights.${name}.family`,
              what: `expected one of the families (${Object.keys(families).join(", ")}), found ${shownValue(family)}`
            }
          ]),
      ...(Math.abs(weight) <= weightMax
        ? []
        : [
            {
              at: `weights.${name}.weight`,
              what: `expected at most ${weightMax} either way, found ${weight}`
            }
          ])
    ]),
  ({ decisions, weights }) =>
    Object.entries({ weights, decisions }).flatMap(([part, named]) =>
      Object.keys(named)
        .filter((name) => !evidenceNamePattern.test(name))
        .map((name) => ({
          at: `${part}.${name}`,
          what: 'expected the name of evidence, such as "structure.ip-literal"'
        }))
    ),
  (rules) =>
    Object.entries(rules.decisions).flatMap(([name, { level, score }]) =>
      within(score, rules.bounds) && levelOf(rules, score) === level
        ? []
        : [
            {
              at: `decisions.${name}`,
              what: `expected a score that is ${level} by the thresholds and within bounds, found ${score}`
            }
          ]
    )
]

/** What does not hold between the numbers of a rule set; none where all is well. */
export const faultsOf = (rules: RuleSet): ReadonlyArray<RuleSetFault> =>
  checks.flatMap((check) => check(rules))

/**
 * Reads the text of a rule-set file. Every fault is named at once, with its place in the file.
 *
 * @example readRuleSet(readFileSync("mine.json", "utf8"))
 */
export const readRuleSet = (source: string): Result.Result<RuleSet, ReadonlyArray<RuleSetFault>> => {
  if (source.length > ruleSetCharactersMax)
    return Result.fail([
      {
        at: "",
        what: `expected at most ${ruleSetCharactersMax} characters, found ${source.length}`
      }
    ])
  const parsed = Result.try((): unknown => JSON.parse(source.replace(/^\uFEFF/u, "")))
  if (Result.isFailure(parsed)) {
    const why = parsed.failure instanceof Error ? parsed.failure.message : "it is not JSON"
    return Result.fail([{ at: "", what: `expected JSON, found something else: ${why}` }])
  }
  const decoded = decode(parsed.success, { errors: "all", onExcessProperty: "error" })
  if (Result.isFailure(decoded)) {
    const paths = issuesOf(decoded.failure.issue).issues.map(({ path }) => namesOf(path))
    return Result.fail(paths.map(shapeFault(parsed.success)))
  }
  const faults = faultsOf(decoded.success)
  return faults.length === 0 ? Result.succeed(decoded.success) : Result.fail(faults)
}
