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

export const BackupPointMade = event("backup.point-made", {
  about:
    "The read models and what actors hold of the log were copied to a place, as they stood: from there a restore need not fold everything again.",
  data: {
    place: PlaceName,
    generation: Schema.String,
    at: EpochMillis,
    /** The last event that the copied read models stand for. */
    sequence: Schema.Int,
    files: Schema.Int,
    /** What was stored for it; what an earlier point has already is not stored again. */
    bytes: Schema.Int
  },
  example: {
    place: "disk",
    generation: "0123456789ab",
    at: 1_767_225_600_000,
    sequence: 1_042,
    files: 7,
    bytes: 301_222
  }
})

export const BackupPruned = event("backup.pruned", {
  about:
    "Points that no rule of retention keeps were deleted at a place, with what only they needed. Segments of the log never are.",
  data: {
    place: PlaceName,
    generation: Schema.String,
    at: EpochMillis,
    /** When the points were made that are gone. */
    dropped: Schema.Array(EpochMillis),
    kept: Schema.Int,
    parts: Schema.Int
  },
  example: {
    place: "disk",
    generation: "0123456789ab",
    at: 1_767_225_600_000,
    dropped: [1_767_132_000_000],
    kept: 24,
    parts: 3
  }
})

/** What was not right at a place, or in the log itself. */
export const Problems = Schema.Array(Schema.String).pipe(Schema.check(Schema.isMaxLength(20)))

export const BackupVerified = event("backup.verified", {
  about:
    "What a place holds was checked and, with an identity, restored: the newest point and an older one, each folded again and compared with the read models of then. Without problems it is good.",
  data: {
    place: PlaceName,
    generation: Schema.String,
    at: EpochMillis,
    /** The last event that can be restored. */
    upTo: Schema.Int,
    /** Whether it was opened and restored, or checked as it is, encrypted. */
    opened: Schema.Boolean,
    /** Points that were folded again; `same` is null where they were made by another version. */
    points: Schema.Array(
      Schema.Struct({ at: EpochMillis, sequence: Schema.Int, same: Schema.NullOr(Schema.Boolean) })
    ),
    problems: Problems,
    /** How long restoring took, the folding included; 0 where nothing was restored. */
    seconds: Schema.Finite
  },
  example: {
    place: "disk",
    generation: "0123456789ab",
    at: 1_767_232_800_000,
    upTo: 1_042,
    opened: true,
    points: [{ at: 1_767_225_600_000, sequence: 1_042, same: true }],
    problems: [],
    seconds: 2.4
  }
})

/** What is done at a place beside shipping, step by step. */
export const KeepStep = Schema.Literals(["join", "point", "prune", "verify", "scrub"])
export type KeepStep = typeof KeepStep.Type

/** The same as people read it. */
export const keepStepWords: Readonly<Record<KeepStep, string>> = {
  join: "joining segments",
  point: "making a point",
  prune: "deleting older points",
  verify: "checking",
  scrub: "scrubbing"
}

export const BackupKeepingChanged = event("backup.keeping-changed", {
  about:
    "A step of what is done at a place beside shipping failed twice in a row, or succeeds again after that. It is tried again and again.",
  data: {
    place: PlaceName,
    generation: Schema.String,
    at: EpochMillis,
    step: KeepStep,
    state: Schema.Literals(["failing", "working"]),
    /** Why it failed. */
    reason: Schema.optionalKey(Schema.String)
  },
  example: {
    place: "disk",
    generation: "0123456789ab",
    at: 1_767_225_600_000,
    step: "point",
    state: "failing",
    reason: "expected room to copy blue.db in data/backup/disk, found no room"
  }
})

export const BackupUnverified = event("backup.unverified", {
  about:
    "A place was not found to be good for more than a day: nobody knows whether anything can be restored.",
  data: { place: PlaceName, at: EpochMillis, since: EpochMillis },
  example: { place: "disk", at: 1_767_319_200_000, since: 1_767_225_600_000 }
})

export const BackupScrubbed = event("backup.scrubbed", {
  about:
    "The whole log was read and held against what was shipped to a place, and the place against the log. Segments that were broken or missing there are stored again from the log, parts of the newest point with the next one.",
  data: {
    place: PlaceName,
    generation: Schema.String,
    at: EpochMillis,
    upTo: Schema.Int,
    segments: Schema.Int,
    /** What is wrong with the log. */
    log: Problems,
    /** What was wrong with the place. */
    problems: Problems,
    /** How many segments were stored again. */
    mended: Schema.Int,
    seconds: Schema.Finite
  },
  example: {
    place: "disk",
    generation: "0123456789ab",
    at: 1_767_232_800_000,
    upTo: 1_042,
    segments: 12,
    log: [],
    problems: [],
    mended: 0,
    seconds: 0.4
  }
})

export const BackupStatus = command("backup.status", {
  answeredBy: "backup",
  about: "How far each place for backups has come, and what keeps it.",
  payload: {},
  answer: {
    /** The last event of the log. */
    last: Schema.Int,
    /** Which points are kept, as the settings have it: `hourly=24 daily=7 zone=UTC`. */
    keep: Schema.String,
    places: Schema.Array(
      Schema.Struct({
        place: PlaceName,
        address: Schema.String,
        /** The shortest time between two segments. */
        everyMillis: Schema.Int,
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
        bytes: Schema.Int,
        /** What keeps points from being made or the place from being checked. */
        keeping: Schema.NullOr(Schema.String),
        /** When the newest point was made, when the place was last found to be good, last checked, and last scrubbed. */
        pointAt: Schema.NullOr(EpochMillis),
        goodAt: Schema.NullOr(EpochMillis),
        verifiedAt: Schema.NullOr(EpochMillis),
        scrubbedAt: Schema.NullOr(EpochMillis),
        /** What the last check and the last scrub found. */
        problems: Problems
      })
    )
  },
  example: {}
})

/** What a place is asked to do now instead of when it is due. */
export const KeepTask = Schema.Literals(["point", "verify", "scrub"])
export type KeepTask = typeof KeepTask.Type

export const KeepBackup = command("backup.keep", {
  answeredBy: "backup",
  about:
    "Make a point, check or scrub a place now. It is answered at once; what comes of it is a fact of its own.",
  payload: { place: PlaceName, task: KeepTask },
  example: { place: "disk", task: "verify" }
})

export const PruneBackup = command("backup.prune", {
  answeredBy: "backup",
  about: "Delete the points of a place that no rule of retention keeps, or say which those would be.",
  payload: {
    place: PlaceName,
    dryRun: Schema.Boolean,
    /** Whether points that give nothing back are deleted too, but for the last one that was proven good. */
    damaged: Schema.optionalKey(Schema.Boolean)
  },
  answer: {
    keep: Schema.Array(Schema.Struct({ at: EpochMillis, reasons: Schema.Array(Schema.String) })),
    drop: Schema.Array(EpochMillis),
    parts: Schema.Int,
    /** Why nothing is deleted, whatever the rules say. */
    withheld: Schema.NullOr(Schema.String)
  },
  example: { place: "disk", dryRun: true }
})
