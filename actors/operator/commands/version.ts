import { Command } from "effect/cli"
import { json } from "./flags.ts"
import { lazily } from "./lazily.ts"

export const version = Command.make("version", { json }, (input) =>
  lazily(
    () => import("../show-version.ts"),
    ({ showVersion }) => showVersion(input)
  )
).pipe(
  Command.withDescription(
    "Print which Wadjet this is, and what it runs on. With --json: {version, node, platform, home}."
  ),
  Command.withShortDescription("which Wadjet this is"),
  Command.withExamples([{ command: "wadjet version --json" }])
)
