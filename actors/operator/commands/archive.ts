import { Command, Flag } from "effect/cli"
import { given, json, placeFlag } from "./flags.ts"
import { lazily } from "./lazily.ts"

const before = placeFlag("before", "put what happened before an event or a moment into files")
const keep = Flag.Int("keep").pipe(
  Flag.withMetavar("events"),
  Flag.withDescription("put all but so many of the newest events into files"),
  Flag.optional
)

export const archive = Command.make(
  "archive",
  { before, keep, dryRun: given("dry-run", "say what it would do, and change nothing"), json },
  (input) =>
    lazily(
      () => import("../archive/archive.ts"),
      (it) => it.archiveWadjet(input)
    )
).pipe(
  Command.withDescription(
    "Put the earlier part of a log that outgrows its disk into compressed files, in the folder `archive` of the data folder, which " +
      "may be a symbolic link to another disk, and make the store anew without it. It stays the same log with the same numbers: " +
      "read models and copies go on where they are, and whatever asks for an older event is answered from the files. First " +
      "the whole log is read, and every place for backups with it: unless each of them holds these events, the same event by event, " +
      "nothing is changed. Refused while the system runs; --dry-run is not. With --json: {archived, generation, last, upTo, " +
      "upToTime, before, events, bytes, files, packedBytes, stays: {events, bytes}, store, places, problems}; before is what was in " +
      "files already."
  ),
  Command.withShortDescription("put the earlier part of the log into files"),
  Command.withExamples([
    { command: "wadjet archive --keep 100000 --dry-run" },
    { command: "wadjet archive --before 2026-01-01" }
  ])
)
