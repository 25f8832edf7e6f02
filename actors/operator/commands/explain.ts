import { Argument, Command } from "effect/cli"
import { asOf, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const link = Argument.String("link").pipe(
  Argument.withDescription(
    "the link itself, an event such as #42, or the first digits of a link's, message's or notice's id"
  )
)

export const explain = Command.make("explain", { link, asOf, json }, (input) =>
  lazily(
    () => import("../explain-link.ts"),
    ({ explainLink }) => explainLink(input)
  )
).pipe(
  Command.withDescription(
    "Show everything that the verdicts on a link rest on: each result in order, its evidence by weight, how that adds up under the " +
      "caps of its families, what is missing and what that could change, where the link led, which overrides are about it, and what " +
      "each chat was told and when. It looks and does nothing else; words and URLs are opened with the keys of this machine. " +
      "Of a message with several links each is shown. With --json, an object a link: {link, url, scans: [{sequence, at, level, score, probability, ruleSet, reasons, missing, range, again, revises, hops, validUntil, weighing}], " +
      "judgements: [{sequence, at, chat, chatName, message, judged, level, was, action, reason, scan, policy, override, ruleSet, notice}], quiet, waiting, overrides}, " +
      "as GET /v1/links/{link}/explanation answers."
  ),
  Command.withShortDescription("everything that the verdicts on a link rest on"),
  Command.withExamples([
    { command: "wadjet explain http://paypa1.com/login" },
    { command: "wadjet explain '#42'", description: "the link that event 42 is about" },
    { command: "wadjet explain 1e019b9e --json", description: "by the digits that `wadjet events` shows" }
  ])
)
