import { Argument, Command } from "effect/cli"
import { json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const load = () => import("../rules.ts")

const list = Command.make("list", { json }, (input) =>
  lazily(load, ({ listRules }) => listRules(input))
).pipe(
  Command.withDescription(
    "List the rule sets that come with Wadjet. With --json, an object a line: {name, version, unit, prior, suspiciousFrom, maliciousFrom, families, weights}."
  ),
  Command.withShortDescription("the rule sets that come with Wadjet"),
  Command.withExamples([{ command: "wadjet rules list" }])
)

const rules = Argument.String("rules").pipe(
  Argument.withDescription("wadjet, classic, a version such as wadjet-3, or a file")
)

const show = Command.make("show", { rules, json }, (input) =>
  lazily(load, ({ showRules }) => showRules(input))
).pipe(
  Command.withDescription(
    "Print a rule set as a file of rules: a copy to change. It is JSON in any case; with --json on one line."
  ),
  Command.withShortDescription("a rule set, as the file that it would be"),
  Command.withExamples([
    { command: "wadjet rules show wadjet > mine.json", description: "a beginning for rules of your own" }
  ])
)

const file = Argument.String("file").pipe(Argument.withDescription("a file of rules, in JSON"))

const check = Command.make("check", { file, json }, (input) =>
  lazily(load, ({ checkRules }) => checkRules(input))
).pipe(
  Command.withDescription(
    "Check a file of rules: every fault is named at once, with its place in the file. The exit code is 1 where there is one. " +
      "Said as well: evidence that it weighs and nothing gives, and evidence that it gives no weight to. " +
      "With --json: {ok, faults: [{at, what}], version?, unit?, prior?, suspiciousFrom?, maliciousFrom?, families?, weights?, unknown?: [name], unweighed?: [name]}."
  ),
  Command.withShortDescription("what is wrong with a file of rules, if anything"),
  Command.withExamples([{ command: "wadjet rules check mine.json" }])
)

export const rulesCommand = Command.make("rules").pipe(
  Command.withDescription(
    "Look at the rules that weigh evidence, and write your own. `wadjet scan --rules FILE` tries them on a link, " +
      "`wadjet replay --rules FILE --compare` on everything that was scanned."
  ),
  Command.withShortDescription("the rules that weigh evidence, and your own"),
  Command.withSubcommands([list, show, check]),
  Command.withExamples([
    { command: "wadjet rules show wadjet > mine.json" },
    { command: "wadjet rules check mine.json" }
  ])
)
