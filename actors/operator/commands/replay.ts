import { Command, Flag } from "effect/cli"
import { given, json, placeFlag, rulesFlag } from "./flags.ts"
import { lazily } from "./lazily.ts"

const into = Flag.String("into").pipe(
  Flag.withMetavar("file"),
  Flag.withDescription("fold the read models into this new SQLite file"),
  Flag.optional
)

const flags = {
  rules: Flag.optional(rulesFlag),
  from: placeFlag("from", "begin with this event, or with what happened from this moment on (with --rules)"),
  to: placeFlag("to", "end with this event, or with what happened before this moment"),
  compare: given("compare", "show what changes, instead of every result (with --rules)"),
  open: given("open", "show URLs, opened with the keys of this machine (with --rules)"),
  into,
  json
}

export const replay = Command.make("replay", flags, (input) =>
  lazily(
    () => import("../replay.ts"),
    (module) => module.replay(input)
  )
).pipe(
  Command.withDescription(
    "With --rules: weigh every recorded result again, from the evidence that the log has of it, by other rules: a name or a " +
      "file, as of `wadjet rules`. With --compare: which levels change, how often, and which evidence does it. " +
      "With --into: fold the read models up to a point into a file of their own. " +
      "The log is read and nothing else: nothing is asked, sent or stored, and it may be done while the system runs. " +
      "With --json and --rules, an object a line: {sequence, link, url?, revises, was: {ruleSet, level, score, evidence}, now: {ruleSet, level, score, evidence}, missing}, " +
      "with --compare for changed results only, then {summary: {ruleSet, events, seconds, confusion, results, replaced, sameVersion, kinds}}. " +
      "With --json and --into: {file, events, seconds, digest}."
  ),
  Command.withShortDescription("weigh what was scanned by other rules, or fold the log up to a point"),
  Command.withExamples([
    { command: "wadjet replay --rules mine.json --compare", description: "what your rules would have said" },
    {
      command: "wadjet replay --rules classic --from 2026-03-01 --compare",
      description: "as the older scanner saw it"
    },
    {
      command: "wadjet replay --into then.db --to 2026-03-01T12:00Z",
      description: "the read models of that day"
    }
  ])
)
