import { Command } from "effect/cli"
import { json } from "./flags.ts"
import { lazily } from "./lazily.ts"

export const quality = Command.make("quality", { json }, (input) =>
  lazily(
    () => import("../quality.ts"),
    ({ showQuality }) => showQuality(input)
  )
).pipe(
  Command.withDescription(
    "Shows how many of the links that a list or a service had only later were flagged before that, and how soon chats were warned. " +
      "With --json: {listedLater, flaggedBefore: {suspicious, malicious}, recall, fromMessage, fromMessageListedLater, fromList}; each of the last three is {count, p50, p95} in seconds."
  ),
  Command.withShortDescription("how well links were judged, and how soon chats were warned"),
  Command.withExamples([{ command: "wadjet quality" }])
)
