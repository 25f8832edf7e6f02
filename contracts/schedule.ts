/**
 * Jobs, and what became of each of their occurrences. Written by `schedule`, one boundary per job, so that a
 * change, a cancellation and a firing meet in one place and one of them comes first.
 */
import { Schema } from "effect"
import { event } from "./event.ts"
import { ChatId, ContactId, EpochMillis, JobId } from "./ids.ts"
import { Origin, OriginKind } from "./job-origin.ts"
import { MediaReference } from "./outbox.ts"
import { By } from "./policy.ts"
import { Recipient, SpokenGateway } from "./recipient.ts"

/** The most that one job may hold, and one occurrence may come to: what one event of the log has room for. */
export const recipientsMax = 1_000
export const messagesMax = 50
export const occurrenceRecipientsMax = 5_000
/** The longest text of one message of a job, in UTF-16 code units. */
export const jobTextLengthMax = 20_000
/** Each makes an occurrence: more would be a nuisance to whoever refuses. */
export const retriesMax = 10
const dayHours = 24
const daySeconds = dayHours * 3_600
const lateMinutesMax = 31 * dayHours * 60

const upTo = (maximum: number, minimum = 0) =>
  Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum, maximum })))

/**
 * When a job fires: at a local time in a zone, or by an RRULE (RFC 5545, with RDATE and EXDATE) from that local
 * time on, or by a cron expression.
 */
export const Timing = Schema.Struct({
  /** An IANA zone, such as `Europe/Berlin`. */
  zone: Schema.NonEmptyString.pipe(Schema.check(Schema.isMaxLength(60))),
  /** A local time without zone, such as `2026-12-31T23:59:00`; not with cron. */
  start: Schema.optionalKey(Schema.NonEmptyString.pipe(Schema.check(Schema.isMaxLength(40)))),
  /** An RRULE or a cron expression; absent for a job that fires once. */
  rule: Schema.optionalKey(Schema.NonEmptyString.pipe(Schema.check(Schema.isMaxLength(4_000))))
})
export type Timing = typeof Timing.Type

/** What becomes of an occurrence whose moment passed while nothing ran. `unless-late`: it is sent if less late. */
export const MissedPolicy = Schema.Literals(["unless-late", "skip", "send-all"])
export type MissedPolicy = typeof MissedPolicy.Type

/** What becomes of an occurrence whose predecessor is still being sent. */
export const OverlapPolicy = Schema.Literals(["skip", "queue", "allow"])
export type OverlapPolicy = typeof OverlapPolicy.Type

export const JobPolicies = Schema.Struct({
  missed: MissedPolicy,
  /** For `unless-late`: how late it may be. */
  lateMinutes: upTo(lateMinutesMax, 1),
  overlap: OverlapPolicy,
  /** Recipients are spread over this window, each at a moment drawn by lot. */
  spreadSeconds: upTo(daySeconds),
  /** How many times messages that were refused for good are tried again; absent, never. */
  retries: Schema.optionalKey(upTo(retriesMax)),
  /** How long after the others have ended; absent, a quarter of an hour. */
  retryMinutes: Schema.optionalKey(upTo(dayHours * 60, 1))
})
export type JobPolicies = typeof JobPolicies.Type

export const defaultPolicies: JobPolicies = {
  missed: "unless-late",
  lateMinutes: 15,
  overlap: "skip",
  spreadSeconds: 0
}

/** One message of a job: its words, with fields such as `{{contact.name|there}}`, which caption a file if there is one. */
export const JobMessage = Schema.Struct({
  text: Schema.String.pipe(Schema.check(Schema.isMaxLength(jobTextLengthMax))),
  media: Schema.optionalKey(MediaReference),
  /** How long after the message before it; for the first, after the recipient's moment. */
  delaySeconds: upTo(daySeconds)
})
export type JobMessage = typeof JobMessage.Type

/** What a job is called and says: the operator's own words. */
export const JobWords = Schema.Struct({
  title: Schema.NonEmptyString.pipe(Schema.check(Schema.isMaxLength(200))),
  messages: Schema.NonEmptyArray(JobMessage).pipe(Schema.check(Schema.isMaxLength(messagesMax)))
})
export type JobWords = typeof JobWords.Type

const words = Schema.Struct(JobWords.fields)
/** No chat and no person owns them: they are sealed under the account's own key. */
const jobPersonal = { words: { schema: words, owners: [], optional: false, lasting: true } } as const

/** The planned moment of the next occurrence, or null after the last. Computed by the writer, so that folds are pure. */
const next = Schema.NullOr(EpochMillis)

/** The tz database that `next` was computed with, such as `2026a`. */
const zones = Schema.String

/**
 * The last local time that was dealt with, by `zones`, such as `2026-01-05T09:00:00`: when the zones change, nothing at
 * or before it comes again at another instant. Of a new job it is what the clocks of its zone show.
 */
export const dealtWith = Schema.optionalKey(Schema.String.pipe(Schema.check(Schema.isMaxLength(19))))

const whole = {
  job: JobId,
  timing: Timing,
  recipients: Schema.NonEmptyArray(Recipient).pipe(Schema.check(Schema.isMaxLength(recipientsMax))),
  policies: JobPolicies,
  parts: upTo(messagesMax, 1),
  next,
  zones,
  /** Absent where a change of something else leaves what is due as it is. */
  dealtWith,
  /** Where it was made, other than by the operator. */
  origin: Schema.optionalKey(Origin),
  originKind: Schema.optionalKey(OriginKind),
  by: By
} as const

const job = JobId.make("01941f29-7c00-7000-8000-0000000000a1")
const chat = ChatId.make("c0example0")
const planned = 1_767_225_600_000
const tomorrow = planned + daySeconds * 1_000

const wholeExample = {
  job,
  timing: { zone: "Europe/Berlin", start: "2026-01-01T01:00:00", rule: "FREQ=DAILY" },
  recipients: [{ to: "chat", chat, gateway: "whatsapp" }],
  policies: defaultPolicies,
  parts: 1,
  next: planned,
  zones: "2026a",
  by: "operator",
  words: { title: "Greeting", messages: [{ text: "Good morning, {{contact.name|all}}", delaySeconds: 0 }] }
} as const

export const JobCreated = event("schedule.created", {
  about: "There is a new job.",
  data: whole,
  personal: jobPersonal,
  example: wholeExample
})

export const JobChanged = event("schedule.changed", {
  about: "A job is another one from here on. An occurrence that fired before goes on as it was.",
  data: whole,
  personal: jobPersonal,
  example: wholeExample
})

export const JobPaused = event("schedule.paused", {
  about: "A job fires no more until it is resumed. What fired before goes on.",
  data: { job: JobId, by: By },
  example: { job, by: "operator" }
})

export const JobResumed = event("schedule.resumed", {
  about: "A job fires again, beginning with the first occurrence from now on.",
  data: { job: JobId, next, zones, dealtWith, by: By },
  example: { job, next: planned, zones: "2026a", by: "operator" }
})

export const JobReplanned = event("schedule.replanned", {
  about:
    "The rules of time zones are others than a job was planned with: by these it happens next at this moment, which may be the same one.",
  data: { job: JobId, was: EpochMillis, next, zones },
  example: { job, was: planned, next: planned + 3_600_000, zones: "2026b" }
})

export const JobCancelled = event("schedule.cancelled", {
  about:
    "A job is called off: it fires no more, and what it fired and nobody has claimed yet is cancelled before whoever asked is answered.",
  data: {
    job: JobId,
    /** The other system that has it no more, and may have it again; absent where a person wanted it. */
    origin: Schema.optionalKey(Origin),
    by: By
  },
  example: { job, by: "operator" }
})

export const JobCompleted = event("schedule.completed", {
  about: "A job has no further occurrence, and the last one has ended.",
  data: { job: JobId },
  example: { job }
})

/** Whom an occurrence is for, as it was when it fired. */
export const FiredRecipient = Schema.Struct({
  chat: ChatId,
  gateway: SpokenGateway,
  /** Whose name it may say. */
  contact: Schema.optionalKey(ContactId),
  /** The one message of the job that it is for, where it is tried again; absent, all of them. */
  part: Schema.optionalKey(upTo(messagesMax))
})
export type FiredRecipient = typeof FiredRecipient.Type

/** The cause that the ids of an occurrence's messages follow from: no two occurrences share one. */
export const occurrenceCause = (job: JobId, planned: number): string => `${job}@${planned}`

/**
 * By the clock, because somebody asked for it now, because somebody had the past made up for, or because messages of an
 * earlier occurrence were refused.
 */
export const FiredWhy = Schema.Literals(["due", "asked", "backfill", "retry"])
export type FiredWhy = typeof FiredWhy.Type

export const OccurrenceFired = event("schedule.fired", {
  about:
    "An occurrence fired: who gets it is settled, and the first of its messages are queued in the same commit.",
  data: {
    job: JobId,
    planned: EpochMillis,
    at: EpochMillis,
    why: FiredWhy,
    recipients: Schema.Array(FiredRecipient),
    /** How many got none of it because they opted out. */
    optedOut: Schema.Int,
    /** How many got none of it because there is no room for more in an occurrence; absent where there was for all. */
    leftOut: Schema.optionalKey(Schema.Int),
    parts: upTo(messagesMax, 1),
    /** How many messages are queued in this commit, counted through recipients and then parts. */
    queued: Schema.Int,
    next,
    zones,
    /** The local time that it is. Absent where it is none, or the second of two equal ones. */
    dealtWith,
    /** For `retry`: the planned moment of the occurrence whose messages were refused. */
    retryOf: Schema.optionalKey(EpochMillis)
  },
  example: {
    job,
    planned,
    at: planned + 12,
    why: "due",
    recipients: [{ chat, gateway: "whatsapp" }],
    optedOut: 0,
    parts: 1,
    queued: 1,
    next: tomorrow,
    zones: "2026a"
  }
})

export const OccurrenceHandedOver = event("schedule.handed-over", {
  about:
    "More messages of an occurrence are queued, in the same commit: so many of them by now, counted through recipients and then parts.",
  data: {
    job: JobId,
    planned: EpochMillis,
    queued: Schema.Int,
    /** The numbers of those that are not, because their recipients opted out meanwhile; absent where there are none. */
    optedOut: Schema.optionalKey(Schema.Array(Schema.Int))
  },
  example: { job, planned, queued: 400 }
})

export const OccurrenceSkipped = event("schedule.skipped", {
  about: "An occurrence does not happen: somebody asked for that, or the one before it was still being sent.",
  data: {
    job: JobId,
    planned: EpochMillis,
    reason: Schema.Literals(["requested", "overlap"]),
    next,
    zones,
    dealtWith,
    by: By
  },
  example: { job, planned, reason: "requested", next: tomorrow, zones: "2026a", by: "operator" }
})

export const OccurrencesMissed = event("schedule.missed", {
  about: "The moments of one or several occurrences passed while nothing ran, and they are too late by now.",
  data: {
    job: JobId,
    /** The first of them, and the last. */
    planned: EpochMillis,
    last: EpochMillis,
    count: Schema.Int,
    next,
    zones,
    dealtWith
  },
  example: { job, planned, last: planned, count: 1, next: tomorrow, zones: "2026a" }
})

export const OccurrenceFinished = event("schedule.occurrence-finished", {
  about: "Every message of an occurrence has an outcome.",
  data: {
    job: JobId,
    planned: EpochMillis,
    sent: Schema.Int,
    failed: Schema.Int,
    cancelled: Schema.Int
  },
  example: { job, planned, sent: 1, failed: 0, cancelled: 0 }
})
