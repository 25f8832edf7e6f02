/** `wadjet rules`: the rule sets that come with Wadjet, and the check of an operator's own. Needs no system. */
import { Effect, Result } from "effect"
import { builtIn } from "../scan/rules/built-in.ts"
import { readRuleSet, type RuleSetFault } from "../scan/rules/read-rule-set.ts"
import type { RuleSet } from "../scan/rules/rule-set.ts"
import { evidenceWords } from "./evidence-words.ts"
import { OperatorFailed } from "./failure.ts"
import { Output } from "./output.ts"
import { faultLines, ruleSetFor, textOfFile } from "./rule-set-choice.ts"
import { unitWord } from "./score-words.ts"
import { counted, printable, signed } from "./words.ts"

const summaryOf = ({ families, maliciousFrom, prior, suspiciousFrom, unit, version, weights }: RuleSet) => ({
  version,
  unit,
  prior,
  suspiciousFrom,
  maliciousFrom,
  families: Object.keys(families).length,
  weights: Object.keys(weights).length
})

const summaryLine = (rules: RuleSet): string => {
  const { families, maliciousFrom, prior, suspiciousFrom, unit, version, weights } = summaryOf(rules)
  const scale = `from ${signed(prior)} ${unitWord[unit]}, suspicious from ${suspiciousFrom}, malicious from ${maliciousFrom}`
  return `${version}: ${counted(weights, "weight")} in ${counted(families, "family", "families")}; ${scale}`
}

/** Lists the rule sets that come with Wadjet. */
export const listRules = Effect.fn("listRules")(function* ({ json }: { readonly json: boolean }) {
  const output = yield* Output
  for (const [name, rules] of Object.entries(builtIn))
    yield* json
      ? output.json({ name, ...summaryOf(rules) })
      : output.line(`${name.padEnd(8)} ${summaryLine(rules)}`)
})

/** Prints a rule set as the file that it would be. */
export const showRules = Effect.fn("showRules")(function* (input: {
  readonly rules: string
  readonly json: boolean
}) {
  const output = yield* Output
  const rules = yield* ruleSetFor(input.rules)
  yield* input.json ? output.json(rules) : output.line(JSON.stringify(rules, null, 2))
})

/** Evidence that a rule set weighs and nothing gives, and evidence that it gives no weight to. */
export const coverageOf = ({ decisions, weights }: RuleSet) => {
  const given = new Set(Object.keys(evidenceWords))
  const weighed = new Set([...Object.keys(weights), ...Object.keys(decisions)])
  return {
    unknown: [...weighed].filter((name) => !given.has(name)),
    unweighed: [...given].filter((name) => !weighed.has(name) && !name.startsWith("override."))
  }
}

const notes = ({ unknown, unweighed }: ReturnType<typeof coverageOf>): ReadonlyArray<string> => [
  ...(unknown.length === 0 ? [] : [`  Nothing gives this evidence: ${unknown.map(printable).join(", ")}.`]),
  ...(unweighed.length === 0 ? [] : [`  This evidence weighs nothing: ${unweighed.join(", ")}.`])
]

const isBuiltInVersion = (version: string) =>
  Object.values(builtIn).some((rules) => rules.version === version)

const taken = (rules: RuleSet): ReadonlyArray<RuleSetFault> =>
  isBuiltInVersion(rules.version) &&
  !Object.values(builtIn).some((own) => JSON.stringify(own) === JSON.stringify(rules))
    ? [
        {
          at: "version",
          what: `expected a version of its own, found that of the built-in rules "${rules.version}" with other numbers`
        }
      ]
    : []

/** Checks a file of rules, and says every fault of it. */
export const checkRules = Effect.fn("checkRules")(function* (input: {
  readonly file: string
  readonly json: boolean
}) {
  const output = yield* Output
  const read = Result.flatMap(readRuleSet(yield* textOfFile(input.file)), (rules) => {
    const faults = taken(rules)
    return faults.length === 0 ? Result.succeed(rules) : Result.fail(faults)
  })
  if (Result.isSuccess(read)) {
    const coverage = coverageOf(read.success)
    if (input.json)
      return yield* output.json({ ok: true, ...summaryOf(read.success), faults: [], ...coverage })
    const lines = [summaryLine(read.success), ...notes(coverage), "It can be used."]
    return yield* Effect.forEach(lines, output.line, { discard: true })
  }
  const faults = read.failure
  yield* input.json
    ? output.json({ ok: false, faults })
    : Effect.forEach(faultLines(faults), output.line, { discard: true })
  return yield* new OperatorFailed({
    what: `The rules in ${printable(input.file)} cannot be used`,
    why: `${counted(faults.length, "fault")} found`,
    next: "Mend what is named above; `wadjet rules show wadjet` is an example that is right."
  })
})
