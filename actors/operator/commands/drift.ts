import { Command } from "effect/cli"
import { json } from "./flags.ts"
import { lazily } from "./lazily.ts"

export const drift = Command.make("drift", { json }, (input) =>
  lazily(
    () => import("../drift.ts"),
    ({ showDrift }) => showDrift(input)
  )
).pipe(
  Command.withDescription(
    "Fold the log a second time, beside the read models that answer, and compare them row by row at the same event. While the " +
      "system runs, the system does it, in a thread that gives way to everything else, and tells the log what it found; it does so " +
      "by itself each night. Ends with 1 where they differ, and names the first row of each table that does. Nothing is mended: " +
      "`wadjet rebuild` does that. With --json: {upTo, seconds, drifted: [{model, table, key, how}]}; how is changed, missing or surplus."
  ),
  Command.withShortDescription("whether the read models are what the log makes of them"),
  Command.withExamples([{ command: "wadjet drift" }])
)
