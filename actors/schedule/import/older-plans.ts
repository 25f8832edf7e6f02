/**
 * What the older scheduler means to send: its single messages (`scheduled_messages`) and its jobs (`jobs`), row by row.
 * Pure: rows in, jobs as ours are asked for out, and for what is not taken the reason, in a sentence.
 */
import * as Result from "effect/Result"
import type { OriginKind } from "../../../contracts/job-origin.ts"
import {
  defaultPolicies,
  jobTextLengthMax,
  messagesMax,
  recipientsMax,
  retriesMax
} from "../../../contracts/schedule.ts"
import type { AskedJob } from "../../../contracts/schedule-commands.ts"
import { localText } from "../recurrence/local-time.ts"
import { readTime } from "../recurrence/read-time.ts"
import { localAt, zoneOf } from "../recurrence/zone.ts"
import { parsedJson } from "./json-strings.ts"
import { textOf, valueOf } from "./older-scheduler.ts"
import { readPhone } from "./phone.ts"

/** A row that is still to be sent. */
export interface OlderPlan {
  readonly kind: OriginKind
  /** By which the same row is known again: its kind, and its id there. */
  readonly name: string
  readonly asked: AskedJob
}

/** A row that is not to be sent here: it was sent, was called off, is being sent there, or cannot be understood. */
export interface OlderEnd {
  readonly name: string
  readonly reason: string
}

export type OlderRow =
  | { readonly is: "plan"; readonly plan: OlderPlan }
  | { readonly is: "end"; readonly end: OlderEnd }

const daySeconds = 86_400
const titleLengthMax = 200

type Of<A> = Result.Result<A, string>

const fail = (expected: string, found: unknown): Result.Result<never, string> =>
  Result.fail(`expected ${expected}, found ${(JSON.stringify(found) ?? "none").slice(0, 80)}`)

const firstOf = (row: object, ...keys: ReadonlyArray<string>): unknown =>
  keys.map((key) => valueOf(row, key)).find((value) => value !== undefined && value !== null)

const numberOf = (value: unknown): number => {
  const number = typeof value === "number" ? value : Number(textOf(value) || Number.NaN)
  return Number.isFinite(number) ? number : 0
}

/** A list as JSON has it, or as a text that holds one. */
const listOf = (value: unknown): ReadonlyArray<unknown> | undefined => {
  const parsed = typeof value === "string" ? parsedJson(value) : value
  return Array.isArray(parsed) ? parsed : undefined
}

const objectOf = (value: unknown): object => {
  const parsed = typeof value === "string" ? parsedJson(value) : value
  return typeof parsed === "object" && parsed !== null ? parsed : {}
}

/** A date without an offset is one of the zone; SQLite's own are in UTC, as its manual says, and so is this by default. */
const startOf = (value: unknown, zoneName: string): Of<string> => {
  const zone = zoneOf(zoneName)
  const text =
    typeof value === "number" && Number.isFinite(value) && Math.abs(value) < 8.64e15
      ? new Date(value).toISOString()
      : textOf(value)
  const time = readTime(text.replace(/\.\d+(?=Z|[+-]\d\d:?\d\d$|$)/i, ""))
  if (zone === undefined || time === undefined) return fail("a date such as 2026-12-31T23:59:00Z", value)
  const local = time.offsetSeconds === undefined ? time.local : localAt(zone, time.local - time.offsetSeconds)
  return Result.succeed(localText(local))
}

/** Its phones always begin with their country. */
const numberIn = (value: unknown): Of<string> => {
  const text =
    typeof value === "object" && value !== null
      ? textOf(firstOf(value, "phone", "phoneNumber", "to_phone", "number"))
      : textOf(value)
  return readPhone(/^[1-9]\d+$/.test(text) ? `+${text}` : text, undefined)
}

const textIn = (value: unknown): Of<string> => {
  if (typeof value !== "string" || value.trim() === "") return fail("a text", value)
  return value.length > jobTextLengthMax
    ? Result.fail(`expected a text of at most ${jobTextLengthMax} characters, found ${value.length}`)
    : Result.succeed(value)
}

const titleOf = (text: string) => text.trim().slice(0, titleLengthMax).toWellFormed()

const askedMessage = (row: object, zone: string): Of<AskedJob> =>
  Result.gen(function* () {
    const number = yield* numberIn(firstOf(row, "to_phone", "toPhone", "phone"))
    const text = yield* textIn(firstOf(row, "message", "text"))
    const start = yield* startOf(firstOf(row, "scheduled_at", "scheduledAt"), zone)
    const name = textOf(firstOf(row, "contact_name", "contactName"))
    return {
      title: titleOf(`To ${name === "" ? number : name}`),
      messages: [{ text, delaySeconds: 0 }],
      timing: { zone, start },
      recipients: [{ number }],
      policies: defaultPolicies
    }
  })

/** There the pause comes after a part, here before the next one. */
const partsOf = (row: object): Of<ReadonlyArray<AskedJob["messages"][number]>> =>
  Result.gen(function* () {
    const parts = listOf(firstOf(row, "message_parts", "messageParts")) ?? []
    const messages: Array<AskedJob["messages"][number]> = []
    let delaySeconds = 0
    for (const part of parts) {
      const isObject = typeof part === "object" && part !== null
      messages.push({ text: yield* textIn(isObject ? valueOf(part, "text") : part), delaySeconds })
      const pause = isObject ? numberOf(firstOf(part, "delayAfterSeconds", "delay_after_seconds")) : 0
      delaySeconds = Math.min(daySeconds, Math.max(0, Math.round(pause)))
    }
    return messages
  })

const retriesOf = (config: object) => {
  const wanted = Math.min(retriesMax, Math.round(numberOf(firstOf(config, "maxRetries", "max_retries"))))
  return wanted > 0 ? { retries: wanted } : {}
}

const askedJob = (row: object, zone: string): Of<AskedJob> =>
  Result.gen(function* () {
    const [first, ...more] = yield* partsOf(row)
    if (first === undefined || more.length >= messagesMax)
      return yield* fail(`from 1 to ${messagesMax} message parts`, firstOf(row, "message_parts"))
    const listed = listOf(valueOf(row, "recipients")) ?? []
    const numbers = yield* Result.all(listed.map(numberIn))
    const [one, ...others] = [...new Set(numbers)].map((number) => ({ number }))
    if (one === undefined || others.length >= recipientsMax)
      return yield* fail(`from 1 to ${recipientsMax} recipients`, valueOf(row, "recipients"))
    const start = yield* startOf(firstOf(row, "scheduled_start_at", "scheduledStartAt"), zone)
    const config = objectOf(valueOf(row, "config"))
    const gapSeconds = Math.max(0, numberOf(firstOf(config, "recipientGapSeconds", "recipient_gap_seconds")))
    return {
      title: titleOf(textOf(valueOf(row, "title")) || "Job of the older scheduler"),
      messages: [first, ...more],
      timing: { zone, start },
      recipients: [one, ...others],
      policies: {
        ...defaultPolicies,
        ...retriesOf(config),
        spreadSeconds: Math.min(daySeconds, Math.round(gapSeconds * (others.length + 1)))
      }
    }
  })

/** Where of a job something had left there already, nothing of it is sent here: nobody gets a part twice. */
const partly = (row: object): string | undefined => {
  const sent = numberOf(firstOf(row, "recipients_sent", "recipientsSent"))
  const index = numberOf(firstOf(row, "current_recipient_index", "currentRecipientIndex"))
  const part = numberOf(firstOf(row, "current_part_index", "currentPartIndex"))
  return sent + index + part > 0 ? "it has begun there: it is left to the older scheduler" : undefined
}

const rowOf = (
  kind: OriginKind,
  row: object,
  zone: string,
  ask: (row: object, zone: string) => Of<AskedJob>
): Of<OlderRow> =>
  Result.gen(function* () {
    const id = textOf(valueOf(row, "id"))
    if (id === "") return yield* fail(`the id of a ${kind}, by which it is known again`, valueOf(row, "id"))
    const name = `${kind}/${id}`
    const status = textOf(valueOf(row, "status")).toLowerCase() || "pending"
    const reason = status === "pending" ? partly(row) : `it is ${status} there`
    if (reason !== undefined) return { is: "end", end: { name, reason } }
    const asked = ask(row, zone)
    // Nothing of it is to be sent as it was before, either.
    return Result.isFailure(asked)
      ? { is: "end", end: { name, reason: asked.failure } }
      : { is: "plan", plan: { kind, name, asked: asked.success } }
  })

/** A row of `scheduled_messages`. A local time without an offset is one of the zone. */
export const olderMessage = (row: object, zone: string): Of<OlderRow> =>
  rowOf("message", row, zone, askedMessage)

/** A row of `jobs`. */
export const olderJob = (row: object, zone: string): Of<OlderRow> => rowOf("job", row, zone, askedJob)
