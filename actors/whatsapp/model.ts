/** What the WhatsApp actor keeps of the log: which messages it knows, and what waits to be said. */
import type { ChatId, MessageKey, OutboxId, PersonId, WhatsAppId } from "../../contracts/ids.ts"
import type { Gateway } from "../../contracts/message.ts"
import type { OutboxBody, OutboxKind, Priority, WireKind } from "../../contracts/outbox.ts"
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
}

/** What is about to be written, or was. */
export interface Claim {
  readonly whatsApp: WhatsAppId
  readonly wire: WireKind
  readonly targetWhatsApp?: WhatsAppId
  readonly attempt: number
}

export interface OutboxEntry {
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
  /** The message that the chat sees, which an edit leaves as it was. */
  readonly visible?: WhatsAppId
  /** When what the chat sees was first sent, in milliseconds since the epoch. */
  readonly sentAt?: number
  /** Kept until it is sent. */
  readonly body?: Sealed<OutboxBody>
}

/** By chat and message. */
export const known = collection<Known>("known")
/** By chat. */
export const chats = collection<Chat>("chat")
/** By outbox id. */
export const outbox = collection<OutboxEntry>("outbox")
/** By event id: what is in the log and is no message of its own. */
export const taken = collection<true>("taken")
/** By a pseudonym that another one stands for by now: that one. */
export const linked = collection<string>("linked")
/** By chat: who administers it, as far as it is known. */
export const admins = collection<ReadonlyArray<PersonId>>("admins")
