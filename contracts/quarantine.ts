/**
 * What a restore leaves open: messages that may have left in the moments that nobody copied, and occurrences whose
 * time came meanwhile. Nothing of it goes on before a person has decided, each for itself or all at once.
 */
import { Schema } from "effect"
import { PlaceName } from "./backup.ts"
import { command } from "./command.ts"
import { event } from "./event.ts"
import { ChatId, EpochMillis, JobId, OutboxId, WhatsAppId } from "./ids.ts"
import { Gateway } from "./message.ts"
import { OutboxKind, Priority } from "./outbox.ts"
import { By } from "./policy.ts"
import { dealtWith } from "./schedule.ts"

const chat = ChatId.make("c0example0")
const job = JobId.make("01941f29-7c00-7000-8000-0000000000a1")
const outbox = OutboxId.make("da39a3ee5e6b4b0d3255bfef95601890afd80709")
const at = 1_767_225_600_000

/** What a log was restored from. Written by the restore itself, before anything runs on what it restored. */
const restored = {
  /** The life of the log that the copy was of, and the last event of it that is here again. */
  from: Schema.String,
  upTo: Schema.Int,
  place: PlaceName,
  at: EpochMillis
} as const

export const BackupRestored = event("backup.restored", {
  about:
    "The log is a new generation, restored from a copy; what stands before this is as it was. From here on nothing leaves that may have left before, until a person has decided about it.",
  data: restored,
  example: { from: "0123456789ab", upTo: 1_042, place: "disk", at }
})

export const QuarantineEnded = event("backup.quarantine-ended", {
  about: "All that a restore left open was decided about: messages leave as ever.",
  data: { at: EpochMillis, by: By },
  example: { at, by: "operator" }
})

export const OutboxReleased = event("outbox.released", {
  about:
    "A message that may have left before a restore is to be sent, under the same id: where the other side has it, nothing is written.",
  data: { chat: ChatId, outbox: OutboxId, by: By },
  example: { chat, outbox, by: "operator" }
})

/** `release` goes on as the job's own policies say; `drop` leaves out what had come due, was not queued yet, or waited to be tried again. */
export const QuarantineDecision = Schema.Literals(["release", "drop"])
export type QuarantineDecision = typeof QuarantineDecision.Type

export const JobDecided = event("schedule.quarantine-decided", {
  about: "A person decided about a job with occurrences that may have fired before a restore.",
  data: {
    job: JobId,
    decision: QuarantineDecision,
    /** The occurrence that comes next. */
    next: Schema.NullOr(EpochMillis),
    zones: Schema.String,
    /** Where something that had come due is left out. */
    dealtWith,
    by: By
  },
  example: { job, decision: "drop", next: at, zones: "2026a", by: "operator" }
})

/** What one request lists or decides about at most. */
export const quarantinePageMax = 200

/**
 * - `claimed`: it was about to be written, and nothing says what became of that.
 * - `waiting`: it waited; it may have been written in the moments that were lost.
 * - `later`: its time had not come when the restore was made, so that it did not leave.
 */
export const HeldState = Schema.Literals(["claimed", "waiting", "later"])
export type HeldState = typeof HeldState.Type

export const HeldMessage = Schema.Struct({
  outbox: OutboxId,
  chat: ChatId,
  gateway: Gateway,
  kind: OutboxKind,
  priority: Priority,
  state: HeldState,
  /** The id that it left under, if it left, and will leave under if it is released. */
  whatsApp: WhatsAppId,
  notBefore: Schema.NullOr(EpochMillis)
})
export type HeldMessage = typeof HeldMessage.Type

export const ListHeldMessages = command("outbox.quarantined", {
  answeredBy: "whatsapp",
  about:
    "The messages that a restore left open, in the order of their ids, behind one of them if it is named.",
  payload: { after: Schema.optionalKey(OutboxId) },
  answer: {
    /** The restore whose quarantine is open; null where none is. */
    restored: Schema.NullOr(Schema.Struct(restored)),
    messages: Schema.Array(HeldMessage),
    /** Where to go on; null after the last. */
    next: Schema.NullOr(OutboxId)
  },
  example: {}
})

const decision = { decision: QuarantineDecision, by: By } as const

export const DecideMessages = command("outbox.decide", {
  answeredBy: "whatsapp",
  about:
    "Send messages that a restore left open, under their own ids, or drop them for good. Those that are decided about already are passed over.",
  payload: {
    ...decision,
    outboxes: Schema.Array(OutboxId).pipe(Schema.check(Schema.isMaxLength(quarantinePageMax)))
  },
  answer: { decided: Schema.Int },
  example: { decision: "drop", outboxes: [outbox], by: "operator" }
})

export const EndQuarantine = command("outbox.end-quarantine", {
  answeredBy: "whatsapp",
  about: "End the quarantine of a restore. Refused while a message waits for a decision.",
  payload: { by: By },
  example: { by: "operator" }
})

export const HeldJob = Schema.Struct({
  job: JobId,
  /** The first occurrence that may have fired; null where none had come due. */
  planned: Schema.NullOr(EpochMillis),
  /** Messages of occurrences that had fired, and were not handed over. */
  unqueued: Schema.Int,
  /** Messages that were refused for good, and waited to be tried again. */
  refused: Schema.Int
})
export type HeldJob = typeof HeldJob.Type

export const ListHeldJobs = command("schedule.quarantined", {
  answeredBy: "schedule",
  about: "The jobs that a restore left open, in the order of their ids, behind one of them if it is named.",
  payload: { after: Schema.optionalKey(JobId) },
  answer: { jobs: Schema.Array(HeldJob), next: Schema.NullOr(JobId) },
  example: {}
})

export const DecideJobs = command("schedule.decide", {
  answeredBy: "schedule",
  about:
    "Let jobs go on that a restore left open, or drop what had come due. Those decided about are passed over.",
  payload: {
    ...decision,
    jobs: Schema.Array(JobId).pipe(Schema.check(Schema.isMaxLength(quarantinePageMax)))
  },
  answer: { decided: Schema.Int },
  example: { decision: "release", jobs: [job], by: "operator" }
})

export const quarantineCommands = [
  ListHeldMessages,
  DecideMessages,
  EndQuarantine,
  ListHeldJobs,
  DecideJobs
] as const
