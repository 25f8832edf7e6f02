import { Argument, Command } from "effect/cli"
import { given, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const kind = Argument.Literals("kind", ["chat", "person"]).pipe(
  Argument.withDescription("what is to be forgotten")
)
const token = Argument.String("token").pipe(Argument.withDescription("its token, as events show it"))
const yes = given("yes", "do it; without it nothing is done, and it is said what would be")

export const erase = Command.make("erase", { kind, token, yes, json }, (input) =>
  lazily(
    () => import("../erase.ts"),
    ({ erase }) => erase(input)
  )
).pipe(
  Command.withDescription(
    "Forget a person or a chat: destroy the keys that their words, names and numbers are sealed with, in the log and in everything made from it. " +
      "It cannot be undone. With --json: {subject, erased, known} without --yes, else {subject, erased, generation, sequence, keysDestroyed, mappingsDestroyed}."
  ),
  Command.withShortDescription("forget a person or a chat, for ever"),
  Command.withExamples([
    { command: "wadjet erase person p4k2example7zq", description: "what would be forgotten" },
    { command: "wadjet erase person p4k2example7zq --yes", description: "forget" }
  ])
)
