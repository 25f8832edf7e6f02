/** What the WhatsApp actor keeps of the log: which messages it knows, and what waits to be said. */
import type { ChatId, MessageKey, OutboxId, PersonId, WhatsAppId } from "../../contracts/ids.ts"
import type { Gateway } from "../../contracts/message.ts"
import type { HeldState } from "../../contracts/quarantine.ts"
import type { OutboxBody, OutboxKind, Priority, ReceiptLevel, WireKind } from "../../contracts/outbox.ts"
import type { Sealed } from "../../contracts/personal.ts"
import { collection } from "../../infra/actor/collection.ts"

/** A message that is in the log. */
export interface Known {
  readonly sequence: number
  /** Only edits of it were heard so far. */
  readonly unposted?: true
  readonly revoked?: true
  /** The last edit by its sender: that one taken again, or an older one, changes nothing. */
  readonly edit?: { readonly at: number; readonly id: string; readonly sequence: number }
}

export interface Chat {
  readonly gateway: Gateway
  /** Whether it has a name yet. */
  readonly named: boolean
  /** How many of its messages a phone handed over, of the time before it was linked. */
  readonly earlier?: number
  /** Whether anybody but the linked account ever wrote in it. */
  readonly heard?: true
  /** Whether the linked account wrote in it although nobody else had. */
  readonly approached?: true
}

/** What is about to be written, or was. */
export interface Claim {
  readonly whatsApp: WhatsAppId
  readonly wire: WireKind
  readonly targetWhatsApp?: WhatsAppId
  readonly attempt: number
}

export interface OutboxEntry {
  /** The sequence of the event that queued it, which has its words for ever. */
  readonly sequence: number
  readonly chat: ChatId
  readonly outbox: OutboxId
  readonly gateway: Gateway
  readonly kind: OutboxKind
  readonly priority: Priority
  readonly standalone: boolean
  readonly target?: OutboxId
  readonly message?: MessageKey
  readonly sender?: PersonId
  readonly status: "queued" | "claimed" | "sent" | "failed" | "cancelled"
  readonly claim?: Claim
  /** When it was first claimed, in milliseconds since the epoch. */
  readonly claimedAt?: number
  /** When it was claimed last, likewise. */
  readonly lastClaimedAt?: number
  /** The attempt of which the log says that nobody knows what became of it. */
  readonly unresolved?: number
  /** What it tried and the receiving side refused for good: another way is taken. */
  readonly refused?: ReadonlyArray<WireKind>
  /** It took back what stood before it; what takes the place of that is still to come. */
  readonly tookBack?: true
  /** What cancelled it: the id of the request, or of what led to it, and the sequence of the fact. */
  readonly cancelled?: { readonly request: string; readonly sequence: number }
  /** The message that the chat sees, which an edit leaves as it was. */
  readonly visible?: WhatsAppId
  /** When what the chat sees was first sent, in milliseconds since the epoch. */
  readonly sentAt?: number
  /** How far it came since. */
  readonly level?: ReceiptLevel
  /** Before when it does not leave, in milliseconds since the epoch. */
  readonly notBefore?: number
  /** Its last moment, if it came due while there was no connection, and when it came due. */
  readonly notAfter?: number
  readonly dueAt?: number
  /** It may have left before a restore, and waits for a decision. */
  readonly held?: HeldState
  /** It is to leave if it has not: that was decided, or it is of a job in a log that was restored. */
  readonly released?: true
  /** Kept until it is sent. */
  readonly body?: Sealed<OutboxBody>
}

/** By chat and message. */
export const known = collection<Known>("known")
/** By chat. */
export const chats = collection<Chat>("chat")
/** By outbox id. */
export const outbox = collection<OutboxEntry>("outbox")
/** What was claimed under one WhatsApp id: a step of an entry. */
export interface Spoken extends Pick<Claim, "wire" | "targetWhatsApp"> {
  readonly outbox: OutboxId
  /** It was taken back since, or is just being. */
  readonly gone?: true
}

/** By WhatsApp id of ours. */
export const spoken = collection<Spoken>("spoken")
/** By event id: what is in the log and is no message of its own. */
export const taken = collection<true>("taken")
/** By a pseudonym that another one stands for by now: that one. */
export const linked = collection<string>("linked")
/** By chat: who administers it, as far as it is known. */
export const admins = collection<ReadonlyArray<PersonId>>("admins")
