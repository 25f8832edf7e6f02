/** Copies of the log in other places. Written by `backup`; it is coalesced, for what is said of a copy has to be copied too. */
import { Schema } from "effect"
import { command } from "./command.ts"
import { event } from "./event.ts"
import { EpochMillis } from "./ids.ts"

/** The name of a place, as the settings have it. */
export const PlaceName = Schema.String.pipe(
  Schema.check(Schema.isPattern(/^[a-z0-9][a-z0-9-]{0,39}$/u)),
  Schema.annotate({ description: "the name of a place for backups" })
)

/**
 * - `shipping`: what is in the log gets there.
 * - `failing`: it does not do what it is asked, and is tried again.
 * - `blocked`: it holds something else than this log; nothing is written until a person has looked.
 */
export const PlaceState = Schema.Literals(["shipping", "failing", "blocked"])
export type PlaceState = typeof PlaceState.Type

export const BackupShipped = event("backup.shipped", {
  about: "A place holds the log up to here. Said once an hour at most, and not of these facts alone.",
  data: {
    place: PlaceName,
    generation: Schema.String,
    /** The last event that it holds, and the first one of the segment which that is in. */
    upTo: Schema.Int,
    segment: Schema.Int,
    /** What was stored there since this was said last. */
    segments: Schema.Int,
    bytes: Schema.Int,
    at: EpochMillis
  },
  example: {
    place: "disk",
    generation: "0123456789ab",
    upTo: 1_042,
    segment: 1_040,
    segments: 12,
    bytes: 48_211,
    at: 1_767_225_600_000
  }
})

export const BackupPlaceChanged = event("backup.place-changed", {
  about:
    "A place for backups does what it is asked, or no longer does. What it lacks is stored when it does again.",
  data: { place: PlaceName, state: PlaceState, at: EpochMillis, reason: Schema.optionalKey(Schema.String) },
  example: {
    place: "garage",
    state: "failing",
    at: 1_767_225_600_000,
    reason: "expected https://s3.example to store an object, found status 507 (StorageFull)"
  }
})

export const BackupStatus = command("backup.status", {
  answeredBy: "backup",
  about: "How far each place for backups has come, and what keeps it.",
  payload: {},
  answer: {
    /** The last event of the log. */
    last: Schema.Int,
    places: Schema.Array(
      Schema.Struct({
        place: PlaceName,
        address: Schema.String,
        /** `starting` until it was asked what it holds. */
        state: Schema.Literals(["starting", ...PlaceState.literals]),
        reason: Schema.NullOr(Schema.String),
        /** The last event that it holds; null where that is not known yet. */
        upTo: Schema.NullOr(Schema.Int),
        /** When the oldest event happened that it lacks; null where it lacks none. */
        unshippedSince: Schema.NullOr(EpochMillis),
        /** Whether it keeps a second writer out for certain; null where that is not known yet. */
        fenced: Schema.NullOr(Schema.Boolean),
        /** Stored since this process began. */
        segments: Schema.Int,
        bytes: Schema.Int
      })
    )
  },
  example: {}
})
