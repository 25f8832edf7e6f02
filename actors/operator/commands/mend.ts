import { Command, Flag } from "effect/cli"
import { json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const from = Flag.String("from").pipe(
  Flag.withMetavar("place"),
  Flag.withDescription("the place to take what is missing from; the first of WADJET_BACKUP otherwise"),
  Flag.optional
)

export const mend = Command.make("mend", { from, json }, (input) =>
  lazily(
    () => import("../mend.ts"),
    (it) => it.mend(input)
  )
).pipe(
  Command.withDescription(
    "Make a log with holes in it whole again: in a new store, from its own events and, where some are missing, from those of a place " +
      "for backups, which WADJET_BACKUP_IDENTITY opens. It stays the same log, with the same numbers. The damaged store is kept beside it; " +
      "read models and snapshots of actors are folded anew at the next start. Where the place has not got what is missing either, nothing " +
      "is changed. Refused while the system runs. Files of the archive (`wadjet archive`) come back in the same way. With --json: {last, filled, inFiles, aside}; " +
      "inFiles counts events that came back in files of the archive, aside is null where nothing was missing in the store."
  ),
  Command.withShortDescription("fill holes in the log from a backup"),
  Command.withExamples([{ command: "wadjet mend" }, { command: "wadjet mend --from far" }])
)
