import { Effect, Option } from "effect"
import type { HelpDoc } from "effect/cli"
import { exitCodes } from "../../actors/operator/exit-codes.ts"
import { commandHelp, type CommandHelp } from "../../actors/operator/help-docs.ts"
import { code, page, table } from "./markdown.ts"

const note = "<!-- Generated from the commands in actors/operator/ by `npm run generate`. Do not edit. -->"

const title = (path: ReadonlyArray<string>) => ["wadjet", ...path].join(" ")

const argumentRow = ({ description, name, required, variadic }: HelpDoc.ArgDoc) => [
  code(`${name.toUpperCase()}${variadic ? " …" : ""}`),
  `${Option.getOrElse(description, () => "")}${required ? "" : " (may be left out)"}`
]

const flagRow = ({ description, name, type }: HelpDoc.FlagDoc) => [
  code(`--${name}${type === "boolean" ? "" : ` ${type}`}`),
  Option.getOrElse(description, () => "")
]

const exampleList = (examples: ReadonlyArray<HelpDoc.ExampleDoc>) =>
  examples
    .map(({ command, description }) => `- ${code(command)}${description === undefined ? "" : `: ${description}`}`)
    .join("\n")

const section = ({ doc, path }: CommandHelp): string => {
  const rows = [...(doc.args ?? []).map(argumentRow), ...doc.flags.map(flagRow)]
  return page(
    `## ${title(path)}`,
    doc.description,
    doc.subcommands === undefined || doc.subcommands.length === 0 ? code(doc.usage) : "",
    rows.length === 0 ? "" : table(["argument or flag", "meaning"], rows),
    doc.examples === undefined || doc.examples.length === 0 ? "" : exampleList(doc.examples)
  ).trimEnd()
}

/** `command-line.md`: every command with its flags, the shape of its JSON, and examples. */
export const commandLinePage = (): string => {
  const [root, ...commands] = Effect.runSync(commandHelp)
  return page(
    note,
    "# Command line",
    `${root!.doc.description} Results go to standard output, everything said on the way to standard error. With ${code("--json")}, errors are JSON on standard error too: ${code('{"error": {"what", "why"?, "next"?}}')}. ${code("--completions bash|zsh|fish")} prints a completion script.`,
    table(
      ["exit code", "meaning"],
      Object.values(exitCodes).map((it) => [String(it.code), it.about])
    ),
    ...commands.map(section)
  )
}
