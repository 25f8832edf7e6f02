import { Command } from "effect/cli"
import { given, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const back = given("back", "have the read models answer again that did before the last rebuild")

export const rebuild = Command.make("rebuild", { back, json }, (input) =>
  lazily(
    () => import("../rebuild.ts"),
    ({ rebuildReadModels }) => rebuildReadModels(input)
  )
).pipe(
  Command.withDescription(
    "Fold the whole log again into new read models and have them answer. The old ones answer until then, and are kept to go back to. " +
      "It stops at an event that cannot be folded, says which, and changes nothing. Nothing is sent by it. While the system runs, the " +
      "system does it beside its work; with --json it then says {upTo}. While it does not, the digests are printed: " +
      "{events, seconds, perSecond, same, digest: {whole, models}}; same is null where the old ones stood for less."
  ),
  Command.withShortDescription("fold the read models again from the log"),
  Command.withExamples([{ command: "wadjet rebuild" }, { command: "wadjet rebuild --back" }])
)
