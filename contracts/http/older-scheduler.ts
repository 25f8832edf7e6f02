/**
 * The routes of the older scheduler, as its clients know them, in its envelope. Each has a successor under `/v1`. Moments
 * are ISO dates, as it had them.
 */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { NeedsRole, wordsRole } from "./access.ts"
import { NotFound } from "./problems.ts"
import { OlderSchedulerAccess, schedulerErrors } from "./older-access.ts"

const { Array, Int, NullOr, Struct } = Schema
const text = Schema.String

/** Rows that a list has at most: the newest. */
export const olderRowsMax = 1_000

export const OlderContact = Struct({
  phone: text,
  name: text,
  aliases: Array(text),
  tags: Array(text),
  is_favorite: Schema.Boolean
})

export const OlderScheduled = Struct({
  id: text,
  to_phone: text,
  contact_name: NullOr(text),
  message: text,
  scheduled_at: text,
  status: Schema.Literals(["pending", "sent", "failed"]),
  error_message: NullOr(text),
  sent_at: NullOr(text)
})

export const OlderJob = Struct({
  id: text,
  title: text,
  status: Schema.Literals(["pending", "running", "completed", "failed", "cancelled"]),
  scheduled_start_at: NullOr(text),
  current_recipient_index: Int,
  current_part_index: Int,
  recipients_sent: Int,
  recipients_failed: Int,
  config: Struct({ maxRetries: Int, recipientGapSeconds: Int }),
  message_parts: Array(Struct({ text, delayAfterSeconds: Int })),
  recipients: Array(text)
})

export const OlderChat = Struct({
  id: text,
  name: NullOr(text),
  message_count: Int,
  last_message_at: text
})

export const OlderStats = Struct({
  contacts: Int,
  chats: Int,
  scheduled: Struct({ pending: Int, sent: Int, failed: Int }),
  jobs: Struct({ pending: Int, running: Int, completed: Int, failed: Int, cancelled: Int })
})

const { invalid, notFound, unavailable } = schedulerErrors
/** A path that leads nowhere is told of as everywhere. */
const oneErrors = [notFound, NotFound] as const
const writeErrors = [invalid, notFound, NotFound, unavailable] as const

const ok = { success: Schema.Literal(true) } as const
const one = <S extends Schema.Top>(data: S) => Struct({ ...ok, data })
const many = <S extends Schema.Top>(row: S) => Struct({ ...ok, data: Array(row), total: Int })
const made = <S extends Schema.Top>(data: S) => one(data).pipe(HttpApiSchema.status(201))
const gone = Struct(ok)

/** A body that is not as it has to be is answered in the older envelope. */
const described = (shape: string) =>
  Schema.Unknown.pipe(Schema.annotate({ description: `as before: ${shape}` }))

const id = { id: Schema.NonEmptyString } as const
const phone = { phone: Schema.NonEmptyString } as const

const stats = HttpApiEndpoint.get("stats", "/api/stats", {
  success: one(OlderStats)
}).annotate(NeedsRole, wordsRole)

const contactBody = described("{phone, name, aliases?, tags?, is_favorite?}")

const contacts = [
  HttpApiEndpoint.get("contacts", "/api/contacts", { success: many(OlderContact) }),
  HttpApiEndpoint.post("addContact", "/api/contacts", {
    payload: contactBody,
    success: made(OlderContact),
    error: writeErrors
  }),
  HttpApiEndpoint.get("contact", "/api/contacts/:phone", {
    params: phone,
    success: one(OlderContact),
    error: oneErrors
  }),
  HttpApiEndpoint.put("changeContact", "/api/contacts/:phone", {
    params: phone,
    payload: contactBody,
    success: one(OlderContact),
    error: writeErrors
  }),
  HttpApiEndpoint.delete("removeContact", "/api/contacts/:phone", {
    params: phone,
    success: gone,
    error: writeErrors
  })
] as const

const scheduledBody = described("{to_phone, message, scheduled_at (ISO), contact_name?}")

/** Jobs that say one thing to one recipient, once. */
const scheduled = [
  HttpApiEndpoint.get("scheduled", "/api/scheduled", {
    query: { status: Schema.optionalKey(text) },
    success: many(OlderScheduled),
    error: invalid
  }),
  HttpApiEndpoint.post("addScheduled", "/api/scheduled", {
    payload: scheduledBody,
    success: made(OlderScheduled),
    error: writeErrors
  }),
  HttpApiEndpoint.get("oneScheduled", "/api/scheduled/:id", {
    params: id,
    success: one(OlderScheduled),
    error: oneErrors
  }),
  HttpApiEndpoint.put("changeScheduled", "/api/scheduled/:id", {
    params: id,
    payload: scheduledBody,
    success: one(OlderScheduled),
    error: writeErrors
  }),
  HttpApiEndpoint.delete("removeScheduled", "/api/scheduled/:id", {
    params: id,
    success: gone,
    error: writeErrors
  })
] as const

const jobs = [
  HttpApiEndpoint.get("jobs", "/api/jobs", { success: many(OlderJob) }),
  HttpApiEndpoint.post("addJob", "/api/jobs", {
    payload: described(
      "{title, scheduled_start_at (ISO), message_parts: [{text, delayAfterSeconds?}], recipients: [phone], config?: {maxRetries, recipientGapSeconds}}"
    ),
    success: made(OlderJob),
    error: writeErrors
  }),
  HttpApiEndpoint.get("job", "/api/jobs/:id", { params: id, success: one(OlderJob), error: oneErrors }),
  HttpApiEndpoint.delete("removeJob", "/api/jobs/:id", { params: id, success: gone, error: writeErrors })
] as const

const chats = [
  HttpApiEndpoint.get("chats", "/api/chats", { success: many(OlderChat) }),
  HttpApiEndpoint.get("chat", "/api/chats/:id", { params: id, success: one(OlderChat), error: oneErrors })
] as const

export const olderScheduler = HttpApiGroup.make("olderScheduler")
  .add(stats, ...contacts, ...scheduled, ...jobs, ...chats)
  .middleware(OlderSchedulerAccess)
  .annotateEndpoints(NeedsRole, wordsRole)
  .annotateEndpoints(OpenApi.Deprecated, true)
  .annotate(OpenApi.Description, "The older scheduler's routes, for clients of it. Deprecated.")
