/** The messages of an occurrence: which there are, in which order, and when each may leave. Pure. */
import { type ChatId, hashOf, type JobId, outboxId, type OutboxId } from "../../contracts/ids.ts"
import { type FiredRecipient, type JobMessage, occurrenceCause } from "../../contracts/schedule.ts"
import type { Millis } from "./model.ts"

export interface Part {
  readonly outbox: OutboxId
  readonly recipient: FiredRecipient
  readonly part: number
}

/** The messages from one on and before another, counted through recipients and then parts. */
export const partsBetween = (
  { job, planned, parts }: { readonly job: JobId; readonly planned: Millis; readonly parts: number },
  recipients: ReadonlyArray<FiredRecipient>,
  from: number,
  until: number
): ReadonlyArray<Part> =>
  Array.from({ length: Math.max(0, until - from) }, (_, index) => {
    const number = from + index
    const recipient = recipients[Math.floor(number / parts)]!
    const part = recipient.part ?? number % parts
    return { outbox: outboxId(occurrenceCause(job, planned), recipient.chat, part), recipient, part }
  })

/** Those of the first so many messages that go to one chat. */
export const partsTo = (
  occurrence: Parameters<typeof partsBetween>[0],
  recipients: ReadonlyArray<FiredRecipient>,
  chat: ChatId,
  until: number
): ReadonlyArray<Part> =>
  recipients.flatMap((recipient, index) => {
    const from = index * occurrence.parts
    return recipient.chat === chat
      ? partsBetween(occurrence, recipients, from, Math.min(until, from + occurrence.parts))
      : []
  })

/** A number from 0 up to and without 1, drawn by lot and the same each time for the same parts. */
const lotOf = (...parts: ReadonlyArray<string | number>): number =>
  Number.parseInt(hashOf("lot", ...parts).slice(0, 12), 16) / 2 ** 48

/**
 * Before when a message is not to leave, in milliseconds since the epoch. The window is cut in as many pieces as
 * there are recipients, and each has a moment within its own.
 */
export const notBeforeOf = (
  occurrence: {
    readonly job: JobId
    readonly planned: Millis
    readonly at: Millis
    readonly spreadSeconds: number
  },
  place: { readonly recipient: number; readonly recipients: number; readonly part: number },
  messages: ReadonlyArray<Pick<JobMessage, "delaySeconds">>
): Millis => {
  const { at, job, planned, spreadSeconds } = occurrence
  const lot = lotOf(job, planned, place.recipient)
  const spreadMillis = (spreadSeconds * 1_000 * (place.recipient + lot)) / place.recipients
  const delaySeconds = messages
    .slice(0, place.part + 1)
    .reduce((sum, message) => sum + message.delaySeconds, 0)
  return at + Math.floor(spreadMillis) + delaySeconds * 1_000
}
