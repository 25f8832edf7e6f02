import { Command, Flag } from "effect/cli"
import { json } from "./flags.ts"
import { lazily } from "./lazily.ts"

export const backup = Command.make("backup", { json }, (input) =>
  lazily(
    () => import("../backup.ts"),
    ({ showBackup }) => showBackup(input)
  )
).pipe(
  Command.withDescription(
    "Show how far each place for backups has come, and what keeps it. The log is copied there all the time while the system " +
      "runs, to the places of WADJET_BACKUP. With --json: {generation, last, places: [{place, address, state, reason, upTo, " +
      "unshippedSince, fenced, segments, bytes}]}; unshippedSince is in milliseconds since 1970, null where nothing is lacking."
  ),
  Command.withShortDescription("how far the copies of the log have come"),
  Command.withExamples([{ command: "wadjet backup" }])
)

const from = Flag.String("from").pipe(
  Flag.withMetavar("place"),
  Flag.withDescription("check this place alone"),
  Flag.optional
)

export const verify = Command.make("verify", { from, json }, (input) =>
  lazily(
    () => import("../backup.ts"),
    ({ verifyBackups }) => verifyBackups(input)
  )
).pipe(
  Command.withDescription(
    "Check what the places for backups hold: every segment against its digests and against its neighbours and, where " +
      "WADJET_BACKUP_IDENTITY is set, every event in it. Damage is named with the events that it costs, and up to where everything " +
      "can be restored. Needs no running system. With --json, an object for each log that a place holds: {place, sound, account, " +
      "generation, segments, bytes, soundUpTo, upTo, opened, damages: [{key, part, from, to, message}], stores: [{store, bytes, damage}]}."
  ),
  Command.withShortDescription("check what the copies of the log are worth"),
  Command.withExamples([{ command: "wadjet verify" }, { command: "wadjet verify --from disk --json" }])
)
