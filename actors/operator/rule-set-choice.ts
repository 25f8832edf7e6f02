/** Which rule set a command line means: one that comes with Wadjet, or an operator's own file. */
import { readFileSync } from "node:fs"
import { Effect, Result } from "effect"
import { builtIn, builtInRuleSet } from "../scan/rules/built-in.ts"
import { readRuleSet, type RuleSetFault } from "../scan/rules/read-rule-set.ts"
import type { RuleSet } from "../scan/rules/rule-set-shape.ts"
import { OperatorFailed } from "./failure.ts"
import { counted, printable } from "./words.ts"

const shortNames = Object.keys(builtIn)

/** Faults as one sentence each, with their place in the file. */
export const faultLines = (faults: ReadonlyArray<RuleSetFault>): ReadonlyArray<string> =>
  faults.map(({ at, what }) => printable(at === "" ? what : `${at}: ${what}`))

const notFound = (name: string, why: string) =>
  new OperatorFailed({
    what: `There are no rules "${printable(name)}"`,
    why: `expected ${shortNames.map((short) => `"${short}"`).join(", ")} or a file of rules; ${why}`,
    next: "`wadjet rules list` shows those that come with Wadjet, `wadjet rules show wadjet > mine.json` makes a file of them.",
    exit: "usage"
  })

const unusable = (file: string, faults: ReadonlyArray<RuleSetFault>) =>
  new OperatorFailed({
    what: `The rules in ${printable(file)} cannot be used`,
    why: `${faultLines(faults)[0]}${faults.length > 1 ? `, and ${counted(faults.length - 1, "more fault")}` : ""}`,
    next: `\`wadjet rules check ${printable(file)}\` names every fault.`
  })

const whyUnread = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  if (!("code" in cause)) return cause.message
  if (cause.code === "ENOENT") return "there is no file of this name"
  return cause.code === "EISDIR" ? "this is a folder" : cause.message
}

/** The text of a file, or why there is none. */
export const textOfFile = (file: string): Effect.Effect<string, OperatorFailed> =>
  Effect.try({
    try: () => readFileSync(file, "utf8"),
    catch: (cause) => notFound(file, whyUnread(cause))
  })

/**
 * The rule set of a name, a version or a file. Fails with what is wrong and what there is instead.
 *
 * @example const rules = yield* ruleSetFor("mine.json")
 */
export const ruleSetFor = Effect.fn("ruleSetFor")(function* (name: string) {
  const known = builtInRuleSet(name)
  if (known !== undefined) return known
  const read = readRuleSet(yield* textOfFile(name))
  if (Result.isFailure(read)) return yield* unusable(name, read.failure)
  return read.success satisfies RuleSet
})
