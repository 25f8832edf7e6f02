import { Command } from "effect/cli"
import { json } from "./flags.ts"
import { lazily } from "./lazily.ts"

export const config = Command.make("config", { json }, (input) =>
  lazily(
    () => import("../show-config.ts"),
    ({ showConfig }) => showConfig(input)
  )
).pipe(
  Command.withDescription(
    "Print every setting: its value, where it comes from, what it means and what it accepts. Settings are environment " +
      "variables; NAME_FILE names a file that holds the value. Secrets are hidden. A wrong value is shown, and the exit code is 1. " +
      "With --json, an object a line: {name, value, source, about, accepts, problem?}."
  ),
  Command.withShortDescription("every setting, and where its value comes from"),
  Command.withExamples([
    { command: "wadjet config" },
    { command: "WADJET_HTTP=0.0.0.0:80 wadjet config --json", description: "what would hold then" }
  ])
)
