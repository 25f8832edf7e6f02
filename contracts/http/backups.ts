/** Places for backups: how they stand, and what they are asked to do. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { KeepTask, PlaceName, PlaceState, PruneBackup } from "../backup.ts"
import { Placed } from "../command.ts"
import { EpochMillis } from "../ids.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { after } from "./lists.ts"
import { Behind, refusals, Unavailable } from "./problems.ts"

const { Int, NullOr } = Schema

/** A place; what is null is not known. Times are milliseconds since 1970. */
export const Backup = Schema.Struct({
  place: PlaceName,
  state: NullOr(PlaceState),
  reason: NullOr(Schema.String),
  /** Where it is, without secrets; the shortest time between two copies; and which points the settings keep. */
  address: NullOr(Schema.String),
  everyMillis: NullOr(Int),
  keep: NullOr(Schema.String),
  /** Whether it keeps a second writer out for certain. */
  fenced: NullOr(Schema.Boolean),
  generation: NullOr(Schema.String),
  /** The last event that it holds: as the actor that ships says, or else as the log does. */
  upTo: NullOr(Int),
  shippedAt: NullOr(EpochMillis),
  /** When the oldest event happened that it lacks; null where it lacks none, or nobody ships. */
  unshippedSince: NullOr(EpochMillis),
  verifiedAt: NullOr(EpochMillis),
  verifiedUpTo: NullOr(Int),
  /** Whether it was opened then, and restored; and how many seconds that took. */
  opened: NullOr(Schema.Boolean),
  seconds: NullOr(Schema.Finite),
  goodAt: NullOr(EpochMillis),
  scrubbedAt: NullOr(EpochMillis),
  mended: NullOr(Int),
  problems: Schema.Array(Schema.String),
  points: Int,
  newestPointAt: NullOr(EpochMillis),
  /** When the first point was made there, whether it is kept or not. */
  firstPointAt: NullOr(EpochMillis),
  /** When the log spoke of it first: what was never found good is unproven since then. */
  begunAt: NullOr(EpochMillis)
})

const list = HttpApiEndpoint.get("list", "/v1/backups", {
  query: after,
  success: Schema.Struct({ items: Schema.Array(Backup) }),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

const keep = HttpApiEndpoint.post("keep", "/v1/backups/:place/:task", {
  params: { place: PlaceName, task: KeepTask },
  success: Placed,
  error: refusals
}).annotate(NeedsRole, "operator")

const prune = HttpApiEndpoint.post("prune", "/v1/backups/:place/prune", {
  params: { place: PlaceName },
  payload: Schema.Struct({ dryRun: Schema.Boolean, damaged: Schema.optionalKey(Schema.Boolean) }),
  success: PruneBackup.answer,
  error: refusals
}).annotate(NeedsRole, "operator")

export const backups = HttpApiGroup.make("backups").add(list, prune, keep).middleware(Authorization)
