/** Jobs, what became of their occurrences, and everything that can be done with them. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { Placed } from "../command.ts"
import { ChatId, ContactId, EpochMillis, JobId, OutboxId, WhatsAppId } from "../ids.ts"
import { Origin } from "../job-origin.ts"
import { ReceiptLevel } from "../outbox.ts"
import { Recipient } from "../recipient.ts"
import { defaultPolicies, JobMessage, JobPolicies, Timing } from "../schedule.ts"
import {
  AskedRecipient,
  BackfillJob,
  CancelJob,
  ChangeJob,
  CreateJob,
  DuplicateJob,
  FireJob,
  PreviewTiming,
  ResumeJob,
  SkipJob
} from "../schedule-commands.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { namedHeaders } from "./idempotency.ts"
import { after, pageOf, paging } from "./lists.ts"
import { Behind, Changed, NotFound, refusals, Unavailable } from "./problems.ts"

const { NullOr } = Schema

export const JobStatus = Schema.Literals(["active", "paused", "cancelled", "completed"])

export const Job = Schema.Struct({
  cursor: Schema.Int,
  job: JobId,
  status: JobStatus,
  timing: Timing,
  recipients: Schema.Array(Recipient),
  policies: JobPolicies,
  next: NullOr(EpochMillis),
  /** The entity tag of a job, for `If-Match`. */
  changed: Schema.Int,
  createdAt: EpochMillis,
  /** The other system that it was taken from. */
  origin: NullOr(Origin),
  title: NullOr(Schema.String),
  messages: NullOr(Schema.Array(JobMessage))
})

export const Occurrence = Schema.Struct({
  cursor: Schema.Int,
  job: JobId,
  planned: EpochMillis,
  lastPlanned: EpochMillis,
  /** Of several that were missed together: how many there were, and how many of them were made up for. */
  count: Schema.Int,
  madeUp: Schema.Int,
  status: Schema.Literals(["sending", "finished", "skipped", "missed"]),
  why: NullOr(Schema.Literals(["due", "asked", "backfill", "retry", "requested", "overlap"])),
  at: EpochMillis,
  recipients: Schema.Int,
  optedOut: Schema.Int,
  /** How many got none of it because there is no room for more recipients in one occurrence. */
  leftOut: Schema.Int,
  messages: Schema.Int,
  sent: Schema.Int,
  failed: Schema.Int,
  cancelled: Schema.Int
})

export const OccurrenceMessage = Schema.Struct({
  outbox: OutboxId,
  /** The id that its receiver sees, or would see. */
  whatsApp: WhatsAppId,
  chat: ChatId,
  contact: NullOr(ContactId),
  part: Schema.Int,
  status: Schema.Literals(["waiting", "queued", "claimed", "sent", "failed", "cancelled"]),
  reason: NullOr(Schema.String),
  lastAt: NullOr(EpochMillis),
  level: NullOr(ReceiptLevel),
  levelAt: NullOr(EpochMillis)
})

const { policies: _policies, ...askedFields } = CreateJob.payload.fields.asked.fields

/** Policies that are left out are the usual ones; `delaySeconds` and policies by themselves may be left out, too. */
export const WantedJob = Schema.Struct({
  ...askedFields,
  messages: Schema.NonEmptyArray(
    Schema.Struct({
      ...JobMessage.fields,
      delaySeconds: Schema.optionalKey(JobMessage.fields.delaySeconds)
    })
  ),
  recipients: Schema.NonEmptyArray(AskedRecipient),
  policies: Schema.optionalKey(
    Schema.Struct({
      missed: Schema.optionalKey(JobPolicies.fields.missed),
      lateMinutes: Schema.optionalKey(JobPolicies.fields.lateMinutes),
      overlap: Schema.optionalKey(JobPolicies.fields.overlap),
      spreadSeconds: Schema.optionalKey(JobPolicies.fields.spreadSeconds),
      retries: JobPolicies.fields.retries,
      retryMinutes: JobPolicies.fields.retryMinutes
    })
  )
})
export type WantedJob = typeof WantedJob.Type

/** What somebody wants, with what was left out filled in. */
export const askedBy = ({ messages: [first, ...more], policies, ...rest }: WantedJob) => {
  const whole = (message: WantedJob["messages"][number]) => ({ delaySeconds: 0, ...message })
  return {
    ...rest,
    messages: [whole(first), ...more.map(whole)] as const,
    policies: { ...defaultPolicies, ...policies }
  }
}

const params = { job: JobId } as const
const Tag = Schema.NonEmptyString.pipe(Schema.check(Schema.isMaxLength(200)))

const list = HttpApiEndpoint.get("list", "/v1/jobs", {
  query: { status: Schema.optionalKey(JobStatus), ...paging },
  success: pageOf(Job),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

/** The answer has an `ETag`, which a change gives back in `If-Match`. */
const get = HttpApiEndpoint.get("get", "/v1/jobs/:job", {
  params,
  query: after,
  success: Job,
  error: [NotFound, Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

/** The same `Idempotency-Key` of the same key is the same job, however often it is asked for. */
const create = HttpApiEndpoint.post("create", "/v1/jobs", {
  headers: namedHeaders,
  payload: WantedJob,
  success: Schema.Struct({ job: JobId, ...CreateJob.answer.fields }),
  error: refusals
}).annotate(NeedsRole, "scheduler")

/** With `If-Match`, only where nobody has changed it since. */
const change = HttpApiEndpoint.put("change", "/v1/jobs/:job", {
  params,
  headers: { "if-match": Schema.optionalKey(Tag) },
  payload: WantedJob,
  success: ChangeJob.answer,
  error: [...refusals, Changed]
}).annotate(NeedsRole, "scheduler")

const acting = <const Name extends string, S extends Schema.Top>(name: Name, success: S) =>
  HttpApiEndpoint.post(name, `/v1/jobs/:job/${name}`, { params, success, error: refusals }).annotate(
    NeedsRole,
    "scheduler"
  )

/** The same `Idempotency-Key` is the same copy. */
const duplicate = HttpApiEndpoint.post("duplicate", "/v1/jobs/:job/duplicate", {
  params,
  headers: namedHeaders,
  payload: Schema.Struct({
    title: DuplicateJob.payload.fields.title,
    timing: DuplicateJob.payload.fields.timing
  }),
  success: Schema.Struct({ job: JobId, ...DuplicateJob.answer.fields }),
  error: refusals
}).annotate(NeedsRole, "scheduler")

/**
 * What active jobs will say, and when, for whatever reads iCalendar (RFC 5545). The answer has an `ETag`; asked again
 * with it in `If-None-Match` it is 304 as long as nothing else is to come. Titles are there for who may read words.
 */
const calendar = HttpApiEndpoint.get("calendar", "/v1/calendar.ics", {
  headers: { "if-none-match": Schema.optionalKey(Schema.String) },
  success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/calendar" })),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

/** The same `Idempotency-Key` fires once. */
const fire = HttpApiEndpoint.post("fire", "/v1/jobs/:job/fire", {
  params,
  headers: namedHeaders,
  success: FireJob.answer,
  error: refusals
}).annotate(NeedsRole, "scheduler")

/** The same `Idempotency-Key` skips one occurrence, also where none is named. */
const skip = HttpApiEndpoint.post("skip", "/v1/jobs/:job/skip", {
  params,
  headers: namedHeaders,
  payload: Schema.Struct({ planned: Schema.optionalKey(EpochMillis) }),
  success: SkipJob.answer,
  error: refusals
}).annotate(NeedsRole, "scheduler")

/** Asked again, it makes up for what is still missing: no occurrence fires twice. */
const backfill = HttpApiEndpoint.post("backfill", "/v1/jobs/:job/backfill", {
  params,
  payload: Schema.Struct({ from: EpochMillis, until: EpochMillis }),
  success: BackfillJob.answer,
  error: refusals
}).annotate(NeedsRole, "scheduler")

const preview = HttpApiEndpoint.post("preview", "/v1/preview", {
  payload: Schema.Struct({
    timing: Timing,
    from: Schema.optionalKey(EpochMillis),
    count: Schema.optionalKey(PreviewTiming.payload.fields.count)
  }),
  success: Schema.Struct({ occurrences: PreviewTiming.answer.fields.occurrences }),
  error: refusals
}).annotate(NeedsRole, "viewer")

const occurrences = HttpApiEndpoint.get("occurrences", "/v1/occurrences", {
  query: { job: Schema.optionalKey(JobId), ...paging },
  success: pageOf(Occurrence),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

/** One occurrence with each of its messages from one on, up to 1,000 of them. */
const occurrence = HttpApiEndpoint.get("occurrence", "/v1/jobs/:job/occurrences/:planned", {
  params: { job: JobId, planned: Schema.NumberFromString },
  query: { from: Schema.optionalKey(Schema.Int), ...after },
  success: Schema.Struct({ occurrence: Occurrence, messages: Schema.Array(OccurrenceMessage) }),
  error: [NotFound, Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

export const jobs = HttpApiGroup.make("jobs")
  .add(
    list,
    get,
    create,
    change,
    acting("pause", Placed),
    acting("resume", ResumeJob.answer),
    acting("cancel", CancelJob.answer),
    fire,
    skip,
    backfill,
    duplicate,
    calendar,
    preview,
    occurrences,
    occurrence
  )
  .middleware(Authorization)
