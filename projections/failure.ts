/** How projecting ends when it cannot go on. */
import { Schema } from "effect"

/**
 * The projector stopped. What was committed is whole; `reason` says what is to be done.
 * - `damaged-log`: the log has a hole, or ends before what is already folded. Restore it from a backup.
 * - `unfoldable`: a strict fold met an event that it cannot fold.
 * - `taken`: another projector or rebuild is at work on the same folder.
 * - `moved`: the checkpoint is not where this projector left it, so something else wrote to the database.
 * - `no-room`: what was to be folded beside the read models would leave too little of the disk.
 * - `database`: the disk or the file, not an event, is at fault.
 * - `log-unavailable`: the log did not answer when it was needed to begin.
 * - `nothing-before`: there is no earlier file to go back to.
 * - `busy`: the read models are being rebuilt already.
 * - `crashed`: the thread ended without saying why.
 */
export class ProjectorFailed extends Schema.TaggedError<ProjectorFailed>()("ProjectorFailed", {
  reason: Schema.Literals([
    "damaged-log",
    "unfoldable",
    "taken",
    "moved",
    "no-room",
    "database",
    "log-unavailable",
    "nothing-before",
    "busy",
    "crashed"
  ]),
  /** The event at which it stopped, where one is concerned. */
  sequence: Schema.optionalKey(Schema.Int),
  message: Schema.String,
  /** That the file is damaged: it is deleted, and the next start folds the log anew. */
  damaged: Schema.optionalKey(Schema.Boolean)
}) {}
export type ProjectorFailure = ProjectorFailed["reason"]
