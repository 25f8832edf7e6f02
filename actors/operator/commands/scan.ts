import { Argument, Command, Flag } from "effect/cli"
import { json, rulesFlag } from "./flags.ts"
import { lazily } from "./lazily.ts"

const url = Argument.String("url").pipe(Argument.withDescription("the link, in quotes where it holds & or ?"))

const rules = rulesFlag.pipe(Flag.withDefault("wadjet"))

export const scan = Command.make("scan", { url, rules, json }, (input) =>
  lazily(
    () => import("../scan-url.ts"),
    ({ scanUrl }) => scanUrl(input)
  )
).pipe(
  Command.withDescription(
    "Say what a link gives away by itself: level, score, evidence with its weights, what is missing, and between which " +
      "scores it could be if that were known. Nothing is " +
      "opened, looked up or stored; of the settings only WADJET_BRANDS is read. The exit code is 0 whatever the level is. " +
      "With --json: {url, defanged, level, score, unit, probability?, ruleSet, evidence: [{source, kind, weight, detail?}], missing: [{source, reason}], range: {least, most}}."
  ),
  Command.withShortDescription("what a link gives away by itself; nothing is opened"),
  Command.withExamples([
    { command: "wadjet scan http://paypa1.com/login" },
    {
      command: "wadjet scan --rules classic http://192.0.2.7/update.exe",
      description: "as the older scanner saw it"
    },
    { command: "wadjet scan --json 'https://example.com/?a=1&b=2' | jq .level", description: "for a program" }
  ])
)
