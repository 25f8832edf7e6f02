import { Command, Flag } from "effect/cli"
import { given, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const at = Flag.String("at").pipe(
  Flag.withMetavar("place"),
  Flag.withDescription("this place alone"),
  Flag.optional
)

const now = (task: "point" | "verify" | "scrub", short: string, about: string) =>
  Command.make(task, { at, json }, (input) =>
    lazily(
      () => import("../backup.ts"),
      ({ keepNow }) => keepNow({ ...input, task })
    )
  ).pipe(
    Command.withDescription(
      `${about} It is waited for, and fails where the place is not what it should be. With --json, an object for each place, as \`wadjet backup --json\` has it.`
    ),
    Command.withShortDescription(short),
    Command.withExamples([{ command: `wadjet backup ${task}` }])
  )

const prune = Command.make(
  "prune",
  {
    at,
    dryRun: given("dry-run", "say what would be deleted, and delete nothing"),
    damaged: given("damaged", "delete points that give nothing back as well"),
    json
  },
  (input) =>
    lazily(
      () => import("../backup.ts"),
      ({ pruneNow }) => pruneNow(input)
    )
).pipe(
  Command.withDescription(
    "Delete the points that no rule of WADJET_BACKUP_KEEP keeps, with what only they needed, and say why the others stay. It is done once " +
      "an hour by itself. Never the newest, never the last one that was proven good, and nothing on the word of a clock that jumped. With --damaged, points " +
      "that cannot be read or lack a part go too, but for the last one that was proven good. " +
      "With --json, an object for each place: {place, dryRun, keep: [{at, reasons}], drop: [at], parts, withheld}."
  ),
  Command.withShortDescription("delete the points that no rule keeps"),
  Command.withExamples([{ command: "wadjet backup prune --dry-run" }])
)

export const backup = Command.make("backup", { json }, (input) =>
  lazily(
    () => import("../backup.ts"),
    ({ showBackup }) => showBackup(input)
  )
).pipe(
  Command.withDescription(
    "Show how far each place for backups has come, and what keeps it. The log is copied there all the time while the system " +
      "runs, to the places of WADJET_BACKUP. With --json: {generation, last, keep, places: [{place, address, everyMillis, state, reason, upTo, " +
      "unshippedSince, fenced, segments, bytes, keeping, pointAt, goodAt, verifiedAt, scrubbedAt, problems}]}; times are in " +
      "milliseconds since 1970, unshippedSince is null where nothing is lacking, keeping says what keeps points from being made."
  ),
  Command.withShortDescription("how far the copies of the log have come"),
  Command.withSubcommands([
    now(
      "point",
      "copy the read models to the places now",
      "Copy the read models, and what actors hold, to the places now; it is done once an hour by itself."
    ),
    now(
      "verify",
      "check the places now",
      "Check the places now, as is done every night: where WADJET_BACKUP_IDENTITY is set, by restoring them."
    ),
    now(
      "scrub",
      "hold the log and the places against each other now",
      "Read the whole log, hold it against what was shipped, and store again what is broken or missing at the places, the newest point included, as is done every night. Asked for, it reads older points as well: what is broken of them is named, and deleted by `wadjet backup prune --damaged`."
    ),
    prune
  ]),
  Command.withExamples([{ command: "wadjet backup" }, { command: "wadjet backup prune --dry-run" }])
)

const from = Flag.String("from").pipe(
  Flag.withMetavar("place"),
  Flag.withDescription("check this place alone"),
  Flag.optional
)

const log = Flag.String("log").pipe(
  Flag.withMetavar("account/generation"),
  Flag.withDescription("check this log alone, where the place holds several"),
  Flag.optional
)

export const verify = Command.make("verify", { from, log, json }, (input) =>
  lazily(
    () => import("../verify-backups.ts"),
    ({ verifyBackups }) => verifyBackups(input)
  )
).pipe(
  Command.withDescription(
    "Check what the places for backups hold: every segment against its digests and against its neighbours, and the newest and an " +
      "older point. Where WADJET_BACKUP_IDENTITY is set, all of it is restored into a server of its own, folded again up to those " +
      "points, and compared with the read models of then. Damage is named with the events that it costs, and up to where everything " +
      "can be restored. Needs no running system; one that runs does it every night. With --json, an object for each log that a place " +
      "holds: {place, sound, account, generation, segments, bytes, soundUpTo, upTo, opened, damages: [{key, part, from, to, message}], " +
      "stores: [{store, bytes, damage}], points: [{at, sequence, same}], problems: [text], seconds}; same is null where nothing was folded."
  ),
  Command.withShortDescription("check what the copies of the log are worth"),
  Command.withExamples([{ command: "wadjet verify" }, { command: "wadjet verify --from disk --json" }])
)
