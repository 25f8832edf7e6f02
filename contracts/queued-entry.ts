/**
 * The entry of the outbox that a fact queues: `outbox.queued` is nothing else, and a verdict may carry one.
 * Whoever follows the outbox asks this, and so sees no difference between the two.
 */
import type { Schema } from "effect"
import type { AnyFact, AnyRecorded, RecordedOf } from "./catalogue.ts"
import type { ChatId, MessageKey, PersonId } from "./ids.ts"
import { type entryFields, type OutboxBody, OutboxQueued } from "./outbox.ts"
import type { Sealed } from "./personal.ts"
import { VerdictDecided, VerdictRevised, VerdictSummarised, VerdictWithdrawn } from "./verdict.ts"

/** The events that may queue an entry. */
export const queueing = [
  OutboxQueued,
  VerdictDecided,
  VerdictRevised,
  VerdictWithdrawn,
  VerdictSummarised
] as const

export type Queueing = RecordedOf<(typeof queueing)[number]["type"]>

type EntryOf = Schema.Struct<typeof entryFields>["Type"]

export interface QueuedEntry<Body = Sealed<OutboxBody>> extends EntryOf {
  readonly chat: ChatId
  /** The message it answers, and who sent that one. */
  readonly message?: MessageKey
  readonly sender?: PersonId
  readonly body: Body
}

/** The entry that an event queues, or `undefined` where it queues none. */
export function entryQueuedBy(event: AnyRecorded): QueuedEntry | undefined
/** The entry that a fact will queue, its words in the clear. */
export function entryQueuedBy(fact: AnyFact): QueuedEntry<OutboxBody> | undefined
export function entryQueuedBy(event: AnyRecorded | AnyFact): QueuedEntry<unknown> | undefined {
  switch (event.type) {
    case "outbox.queued":
      return event.data
    case "verdict.decided":
    case "verdict.revised":
    case "verdict.withdrawn": {
      const { body, chat, message, notice, sender } = event.data
      return notice && { ...notice, chat, message, sender, body: wordsOf(event.type, notice.outbox, body) }
    }
    case "verdict.summarised": {
      const { body, chat, notice } = event.data
      return notice && { ...notice, chat, body: wordsOf(event.type, notice.outbox, body) }
    }
    default:
      return undefined
  }
}

const wordsOf = <Body>(type: string, outbox: string, body: Body | undefined): Body => {
  if (body === undefined)
    throw new Error(`expected the words of the notice ${outbox} in its ${type}, found none`)
  return body
}
