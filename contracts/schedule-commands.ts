/** What can be asked about jobs. Each answer tells where in the log the outcome stands. */
import { Schema } from "effect"
import { command } from "./command.ts"
import { PhoneNumber } from "./contact.ts"
import { ChatId, ContactId, EpochMillis, JobId, OutboxId, WhatsAppId } from "./ids.ts"
import { Origin, OriginKind } from "./job-origin.ts"
import { By } from "./policy.ts"
import { defaultPolicies, JobPolicies, JobWords, recipientsMax, Timing } from "./schedule.ts"

/** Whom somebody wants to reach: a chat that is known, a number, a contact, or all contacts with a tag. */
export const AskedRecipient = Schema.Union([
  Schema.Struct({ chat: ChatId }),
  Schema.Struct({ number: PhoneNumber }),
  Schema.Struct({ contact: ContactId }),
  Schema.Struct({ tag: Schema.NonEmptyString.pipe(Schema.check(Schema.isMaxLength(200))) })
])
export type AskedRecipient = typeof AskedRecipient.Type

/** A job as somebody asks for it. */
export const AskedJob = Schema.Struct({
  ...JobWords.fields,
  timing: Timing,
  recipients: Schema.NonEmptyArray(AskedRecipient).pipe(Schema.check(Schema.isMaxLength(recipientsMax))),
  policies: JobPolicies
})
export type AskedJob = typeof AskedJob.Type

/** An occurrence that is to come, or was. */
export const PreviewedOccurrence = Schema.Struct({
  at: EpochMillis,
  /** Its local time in the zone of the job. */
  local: Schema.String,
  /** That its local time does not exist, or comes twice, and what is made of that. */
  note: Schema.optionalKey(Schema.String)
})

/** The most occurrences that are shown, or made up for, at once. */
export const previewedMax = 100
export const backfilledMax = 100

const job = JobId.make("01941f29-7c00-7000-8000-0000000000a1")
const asked: AskedJob = {
  title: "Greeting",
  messages: [{ text: "Good morning, {{contact.name|all}}", delaySeconds: 0 }],
  timing: { zone: "Europe/Berlin", start: "2026-01-01T01:00:00", rule: "FREQ=DAILY" },
  recipients: [{ number: "+491700000000" }],
  policies: defaultPolicies
}
const next = { next: Schema.NullOr(EpochMillis) } as const

export const CreateJob = command("schedule.create", {
  answeredBy: "schedule",
  about: "Make a job. The same id with the same request is the same job.",
  payload: { job: JobId, asked: AskedJob, by: By },
  answer: next,
  example: { job, asked, by: "operator" }
})

export const ChangeJob = command("schedule.change", {
  answeredBy: "schedule",
  about:
    "Put another job in the place of one. What fired before the answer goes on as it was; what fires after it is the new one.",
  payload: {
    job: JobId,
    asked: AskedJob,
    /** The sequence of the last change that whoever asks knows of: refused as changed where there is a later one. */
    expected: Schema.optionalKey(Schema.Int),
    by: By
  },
  answer: { ...next, running: Schema.Array(EpochMillis) },
  example: { job, asked, by: "operator" }
})

export const PutJob = command("schedule.put", {
  answeredBy: "schedule",
  about:
    "Have a job be as another system has it: made, or changed where anything of it is different. One that a person cancelled here stays cancelled; one that the other system had no more comes back. With `dryRun` nothing is written, and the answer is what would come of it.",
  payload: {
    job: JobId,
    asked: AskedJob,
    origin: Origin,
    originKind: Schema.optionalKey(OriginKind),
    dryRun: Schema.optionalKey(Schema.Boolean),
    by: By
  },
  answer: { ...next, outcome: Schema.Literals(["created", "changed", "unchanged", "cancelled"]) },
  example: { job, asked, origin: "older-scheduler", by: "operator" }
})

/** Jobs of one chat that are listed, and that one chat may have at a time. */
export const chatJobsMax = 50

export const ListChatJobs = command("schedule.of-chat", {
  answeredBy: "schedule",
  about: "The jobs that were made in a chat, for it alone, and are still to fire; the next first.",
  payload: { chat: ChatId },
  answer: {
    jobs: Schema.Array(Schema.Struct({ job: JobId, next: Schema.NullOr(EpochMillis), text: Schema.String }))
  },
  example: { chat: ChatId.make("c0example0") }
})

export const DuplicateJob = command("schedule.duplicate", {
  answeredBy: "schedule",
  about: "Make another job that says the same to the same people, at the same or at other times.",
  payload: {
    job: JobId,
    copy: JobId,
    title: Schema.optionalKey(JobWords.fields.title),
    timing: Schema.optionalKey(Timing),
    by: By
  },
  answer: next,
  example: { job, copy: JobId.make("01941f29-7c00-7000-8000-0000000000a2"), by: "operator" }
})

export const PauseJob = command("schedule.pause", {
  answeredBy: "schedule",
  about: "Fire no more until it is resumed. What fired before goes on.",
  payload: { job: JobId, by: By },
  example: { job, by: "operator" }
})

export const ResumeJob = command("schedule.resume", {
  answeredBy: "schedule",
  about: "Fire again, beginning with the first occurrence from now on.",
  payload: { job: JobId, by: By },
  answer: next,
  example: { job, by: "operator" }
})

export const CancelJob = command("schedule.cancel", {
  answeredBy: "schedule",
  about:
    "Call a job off for good. Answers once nothing of it can leave any more: of its messages that were under way, so many had already left.",
  payload: {
    job: JobId,
    /** Where another system asks for it, because it has the job no more. */
    origin: Schema.optionalKey(Origin),
    by: By
  },
  answer: { left: Schema.Int, of: Schema.Int },
  example: { job, by: "operator" }
})

/** A message that is about to be sent, with the id that its receiver will see. */
export const QueuedMessage = Schema.Struct({
  chat: ChatId,
  /** Which message of the job, counted from 0. */
  part: Schema.Int,
  outbox: OutboxId,
  whatsApp: WhatsAppId
})
export type QueuedMessage = typeof QueuedMessage.Type

/** The most messages that are named when a job is fired: more are told of by its occurrence. */
export const namedMessagesMax = 50

/** The requests to fire a job that are known, should one of them be asked again because its answer was lost. */
export const knownRequestsMax = 32

export const FireJob = command("schedule.fire", {
  answeredBy: "schedule",
  about: `Fire a job now, beside its own times. The same request fires once, as long as it is one of the last ${knownRequestsMax}. The first ${namedMessagesMax} of its messages are named, in the order in which they were queued.`,
  payload: { job: JobId, by: By },
  answer: { planned: EpochMillis, messages: Schema.Int, named: Schema.Array(QueuedMessage) },
  example: { job, by: "operator" }
})

export const SkipJob = command("schedule.skip", {
  answeredBy: "schedule",
  about: "Leave out the next occurrence.",
  payload: { job: JobId, planned: Schema.optionalKey(EpochMillis), by: By },
  answer: { skipped: EpochMillis, ...next },
  example: { job, planned: 1_767_225_600_000, by: "operator" }
})

export const BackfillJob = command("schedule.backfill", {
  answeredBy: "schedule",
  about: `Fire what was to happen between two moments of the past and did not: up to ${backfilledMax} occurrences.`,
  payload: { job: JobId, from: EpochMillis, until: EpochMillis, by: By },
  answer: { fired: Schema.Int },
  example: { job, from: 1_767_139_200_000, until: 1_767_225_600_000, by: "operator" }
})

export const PreviewTiming = command("schedule.preview", {
  answeredBy: "schedule",
  about: "What times something comes to, from a moment on.",
  payload: {
    timing: Timing,
    from: EpochMillis,
    count: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: previewedMax })))
  },
  answer: { occurrences: Schema.Array(PreviewedOccurrence) },
  example: { timing: asked.timing, from: 1_767_225_600_000, count: 3 }
})

/** Messages of one chat that are called off together. */
export const calledOffMax = 500

export const CallOffMessages = command("outbox.call-off", {
  answeredBy: "whatsapp",
  about:
    "Do not send what still waits of some messages to one chat. Answers once it is settled which of them had left: none of the others does.",
  payload: {
    chat: ChatId,
    outboxes: Schema.Array(OutboxId).pipe(Schema.check(Schema.isMaxLength(calledOffMax))),
    /** The sequence by which all of them were queued. */
    after: Schema.Int,
    by: By
  },
  answer: { left: Schema.Int },
  example: {
    chat: ChatId.make("c0example0"),
    outboxes: [OutboxId.make("da39a3ee5e6b4b0d3255bfef95601890afd80709")],
    after: 17,
    by: "operator"
  }
})

export const scheduleCommands = [
  CreateJob,
  ChangeJob,
  PutJob,
  ListChatJobs,
  DuplicateJob,
  PauseJob,
  ResumeJob,
  CancelJob,
  FireJob,
  SkipJob,
  BackfillJob,
  PreviewTiming,
  CallOffMessages
] as const
