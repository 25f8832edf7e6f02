import { Command } from "effect/cli"
import { json } from "./flags.ts"
import { lazily } from "./lazily.ts"

export const rebuild = Command.make("rebuild", { json }, (input) =>
  lazily(
    () => import("../rebuild.ts"),
    ({ rebuildReadModels }) => rebuildReadModels(input)
  )
).pipe(
  Command.withDescription(
    "Fold the whole log again into new read models, put them in the place of the old ones, and print their digests. The old ones " +
      "answer until then. It stops at an event that cannot be folded, says which, and changes nothing. Nothing is sent by it. " +
      "Refused while the system runs. With --json: {events, seconds, perSecond, same, digest: {whole, models}}; same is null where the old ones stood for less."
  ),
  Command.withShortDescription("fold the read models again from the log"),
  Command.withExamples([{ command: "wadjet rebuild" }])
)
