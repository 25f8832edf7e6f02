import { Argument, Command, Flag } from "effect/cli"
import { json } from "./flags.ts"
import { lazily } from "./lazily.ts"

/** The same as those of the read models, which are loaded only when they are needed. */
export const searchKindNames = ["link", "reason", "chat", "contact", "job"] as const

const words = Argument.String("words").pipe(
  Argument.withDescription(
    "words that all have to be there, or beginnings of words; in double quotes, as they stand"
  )
)

const kind = Flag.Literals("kind", searchKindNames).pipe(
  Flag.withDescription("look among these only"),
  Flag.optional
)

const limit = Flag.Int("limit").pipe(Flag.withDescription("hits shown, 20 when absent"), Flag.withDefault(20))

export const search = Command.make("search", { words, kind, limit, json }, (input) =>
  lazily(
    () => import("../search.ts"),
    ({ searchWords }) => searchWords(input)
  )
).pipe(
  Command.withDescription(
    "Looks for words in links, the reasons of their verdicts, names of chats, contacts and jobs, the best hits first. " +
      "What was forgotten is not found. With --json: {hits: [{kind, id, text, mark: {start, end}}], complete, linksSince}; links " +
      "and reasons are those of the newest 200,000 results of scans, from linksSince on, in milliseconds since the epoch (null: all)."
  ),
  Command.withShortDescription("look for words in links, reasons, chats, contacts and jobs"),
  Command.withExamples([
    { command: "wadjet search paypal" },
    { command: "wadjet search 'log-in exam' --kind link", description: "links with both" }
  ])
)
