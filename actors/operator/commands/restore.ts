import { Command, Flag } from "effect/cli"
import { given, json, placeFlag } from "./flags.ts"
import { lazily } from "./lazily.ts"

const at = placeFlag("at", "restore what happened before a moment; left out, everything")
const seq = Flag.Int("seq").pipe(
  Flag.withMetavar("event"),
  Flag.withDescription("restore up to the event of this number"),
  Flag.optional
)
const from = Flag.String("from").pipe(
  Flag.withMetavar("place"),
  Flag.withDescription("a place of WADJET_BACKUP by its name, or the folder of a copy by its path"),
  Flag.optional
)
const log = Flag.String("log").pipe(
  Flag.withMetavar("account/generation"),
  Flag.withDescription("which log, where the place holds several; left out, the one with the newest event"),
  Flag.optional
)
const identity = Flag.String("identity").pipe(
  Flag.withMetavar("file"),
  Flag.withDescription("the file with the age identity that opens the copy, or - for standard input"),
  Flag.optional
)

export const restore = Command.make(
  "restore",
  {
    at,
    seq,
    from,
    log,
    identity,
    preview: given("preview", "say what would be restored, lost and held, and change nothing"),
    replace: given("replace", "move what stands in the data folder aside first"),
    session: given("session", "keep the linked number: by the session that stands here, or the copy's"),
    json
  },
  (input) =>
    lazily(
      () => import("../restore/restore.ts"),
      ({ restoreWadjet }) => restoreWadjet(input)
    )
).pipe(
  Command.withDescription(
    "Make the log anew from a copy of it, up to its end or to a point, with the newest keys: whoever was forgotten since " +
      "stays forgotten. It is a new generation, on which nothing is scanned or sent again: what may have left in the moments " +
      "that were lost is in quarantine until you decide (`wadjet quarantine`). With --json: {preview, place, account, from, " +
      "upTo, upToTime, open: {claimed, waiting, due}, after: {events, from, to, kinds}, erasures, unscanned, damage, damagedStores, and, " +
      "unless it is a preview, generation, seconds, accounts, session, aside}."
  ),
  Command.withShortDescription("make the log anew from a copy"),
  Command.withExamples([
    { command: "wadjet restore --from /mnt/backup --identity key.txt --preview" },
    { command: "wadjet restore --identity key.txt --at 2026-03-01T12:00Z --replace" }
  ])
)
