/**
 * What is to be said, and what became of it. An entry is queued by whoever asks, under a deterministic id
 * that folds ignore the second time: by `outbox.queued`, or by the verdict that it speaks of. Everything else
 * is written by `whatsapp`, one boundary per chat.
 */
import { Schema } from "effect"
import { event } from "./event.ts"
import { ChatId, EpochMillis, MessageKey, OutboxId, PersonId, WhatsAppId } from "./ids.ts"
import { Gateway } from "./message.ts"
import { Personal } from "./personal.ts"
import { By } from "./policy.ts"

/**
 * `media` has a file with it; `correction` edits or replaces an earlier text; `retraction` takes it back. `deletion`
 * deletes the message that it answers for everyone; `admission` lets people into a group who asked to join, each
 * named by their pseudonym on a line of its own.
 */
export const OutboxKind = Schema.Literals([
  "text",
  "media",
  "reaction",
  "correction",
  "retraction",
  "deletion",
  "admission"
])
export type OutboxKind = typeof OutboxKind.Type

/**
 * Warnings overtake notices, notices overtake what merely waits its turn. `belated` is what a verdict says of a message
 * that was posted long ago: it makes nothing else wait, and is given up as little as a warning.
 */
export const Priority = Schema.Literals(["warning", "notice", "bulk", "belated"])
export type Priority = typeof Priority.Type

/** What whoever asks for a message may have it sent with. */
export const AskedPriority = Schema.Literals(["warning", "notice", "bulk"])

/** The largest file of each kind that is sent, in bytes: what WhatsApp's own clients take without asking. */
export const mediaBytesMax = { image: 16e6, video: 16e6, audio: 16e6, document: 100e6 } as const

const matching = (pattern: RegExp, description: string) =>
  Schema.String.pipe(Schema.check(Schema.isPattern(pattern)), Schema.annotate({ description }))

/**
 * A file that is sent: one of the folder `media` in the data folder, where whoever asks has put it and leaves it
 * until it is sent. What is sent has this digest, or is not sent.
 */
export const MediaReference = Schema.Struct({
  kind: Schema.Literals(["image", "video", "audio", "document"]),
  file: matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/u, "the name of a file in the folder media"),
  sha256: matching(/^[0-9a-f]{64}$/u, "the SHA-256 of the file, 64 lower-case hexadecimal digits"),
  mime: matching(/^[\w.+-]{1,60}\/[\w.+-]{1,120}$/u, "its type, such as image/jpeg"),
  /** The name that a document is shown under. */
  name: Schema.optionalKey(Schema.NonEmptyString.pipe(Schema.check(Schema.isMaxLength(200))))
})
export type MediaReference = typeof MediaReference.Type

/** As many people are mentioned at most: more would be everybody. */
export const mentionsMax = 20

/**
 * The words, which are the caption of a file where there is one, the id of the message they answer, and who is
 * mentioned, without being named in the words.
 */
export const OutboxBody = Schema.Struct({
  text: Schema.String,
  media: Schema.optionalKey(MediaReference),
  quotes: Schema.optionalKey(Schema.String),
  mentions: Schema.optionalKey(Schema.Array(PersonId).pipe(Schema.check(Schema.isMaxLength(mentionsMax))))
})
export type OutboxBody = typeof OutboxBody.Type

/** What an entry of the outbox is, whichever fact queues it; its chat is that of the fact. */
export const entryFields = {
  outbox: OutboxId,
  gateway: Gateway,
  kind: OutboxKind,
  priority: Priority,
  /** The earlier entry that a correction or retraction is about. */
  target: Schema.optionalKey(OutboxId),
  /** Whether a correction is worth saying where nothing earlier was said. */
  standalone: Schema.Boolean,
  notBefore: Schema.optionalKey(EpochMillis),
  /** Its last moment, if it comes due while there is no connection: it does not leave where it had none until then. */
  notAfter: Schema.optionalKey(EpochMillis)
} as const

/** The words of an entry, sealed for those whom the fact that queues it names. */
export const entryBody = Personal(OutboxBody, ["chat", "sender"])

/**
 * What really goes over the wire, chosen when the entry is claimed. `unreact` takes a reaction of ours back, `revoke`
 * a message of ours; `delete` is an admin's deletion of somebody else's.
 */
export const WireKind = Schema.Literals([
  "text",
  "media",
  "reaction",
  "unreact",
  "edit",
  "revoke",
  "delete",
  "admit"
])
export type WireKind = typeof WireKind.Type

const chat = ChatId.make("c0example0")
const outbox = OutboxId.make("da39a3ee5e6b4b0d3255bfef95601890afd80709")
const whatsApp = WhatsAppId.make("3EB0DA39A3EE5E6B4B0D")

export const OutboxQueued = event("outbox.queued", {
  about: "Something is to be said in a chat that no verdict asks for.",
  data: {
    ...entryFields,
    chat: ChatId,
    /** The message it answers, and who sent that one: both take the words along when they are forgotten. */
    message: Schema.optionalKey(MessageKey),
    sender: Schema.optionalKey(PersonId)
  },
  personal: { body: entryBody },
  example: {
    chat,
    outbox,
    gateway: "sandbox",
    kind: "text",
    priority: "warning",
    message: MessageKey.make("0123456789abcdef0123456789abcdef01234567"),
    sender: PersonId.make("p0example0"),
    standalone: true,
    body: { text: "Do not open paypa1[.]example", quotes: "3A0123456789ABCDEF01" }
  }
})

export const OutboxClaimed = event("outbox.claimed", {
  about: "This process is about to write an entry to the socket, under this WhatsApp id and no other.",
  data: {
    chat: ChatId,
    outbox: OutboxId,
    whatsApp: WhatsAppId,
    wire: WireKind,
    /** The WhatsApp id of the earlier message that an edit or revoke is about. */
    targetWhatsApp: Schema.optionalKey(WhatsAppId),
    attempt: Schema.Int,
    /** It is the first message to somebody who never wrote: only so many of these leave in a day. */
    first: Schema.optionalKey(Schema.Boolean)
  },
  example: { chat, outbox, whatsApp, wire: "text", attempt: 1 }
})

export const OutboxSent = event("outbox.sent", {
  about: "The receiving side has an entry: for WhatsApp, its server took it.",
  data: {
    chat: ChatId,
    outbox: OutboxId,
    whatsApp: WhatsAppId,
    wire: WireKind,
    attempt: Schema.Int,
    at: EpochMillis
  },
  example: { chat, outbox, whatsApp, wire: "text", attempt: 1, at: 1_767_225_600_100 }
})

export const OutboxUnresolved = event("outbox.unresolved", {
  about:
    "A claim has had no outcome for long: nobody says whether the message left. It is waited for, and then written again under the same id.",
  data: { chat: ChatId, outbox: OutboxId, whatsApp: WhatsAppId, attempt: Schema.Int, since: EpochMillis },
  example: { chat, outbox, whatsApp, attempt: 1, since: 1_767_225_600_000 }
})

/** How far a message came after the server took it, in this order. Playing is for what can be listened to. */
export const ReceiptLevel = Schema.Literals(["delivered", "read", "played"])
export type ReceiptLevel = typeof ReceiptLevel.Type

export const OutboxAcknowledged = event("outbox.acknowledged", {
  about:
    "Messages of a chat came as far as this, with one of its members at least. Receipts are gathered for some seconds, and each message is told of once per level at most; that the server took it, outbox.sent says.",
  data: {
    chat: ChatId,
    messages: Schema.Array(Schema.Struct({ outbox: OutboxId, level: ReceiptLevel, at: EpochMillis }))
  },
  example: { chat, messages: [{ outbox, level: "delivered", at: 1_767_225_601_000 }] }
})

/** How one step of an entry ended: the receiving side took it, or refused it for good. */
export const StepOutcome = Schema.Literals(["taken", "refused"])
export type StepOutcome = typeof StepOutcome.Type

export const OutboxStepped = event("outbox.stepped", {
  about:
    "One step of an entry is over, and another follows: the earlier notice was taken back and its replacement comes next, or an edit or a revoke was refused and the next way is taken.",
  data: {
    chat: ChatId,
    outbox: OutboxId,
    whatsApp: WhatsAppId,
    wire: WireKind,
    attempt: Schema.Int,
    outcome: StepOutcome,
    /** Why it was refused. */
    reason: Schema.optionalKey(Schema.String),
    at: EpochMillis
  },
  example: {
    chat,
    outbox,
    whatsApp: WhatsAppId.make("3EB07F2A90C1D3E4B5A6"),
    wire: "revoke",
    attempt: 1,
    outcome: "taken",
    at: 1_767_225_600_100
  }
})

export const OutboxFailed = event("outbox.failed", {
  about: "The receiving side refused an entry for good.",
  data: { chat: ChatId, outbox: OutboxId, whatsApp: WhatsAppId, attempt: Schema.Int, reason: Schema.String },
  example: { chat, outbox, whatsApp, attempt: 1, reason: "no such chat" }
})

export const OutboxCancelled = event("outbox.cancelled", {
  about: "The words of an entry that is not being written will never be sent.",
  data: {
    chat: ChatId,
    outbox: OutboxId,
    reason: Schema.Literals([
      "requested",
      "superseded",
      "nothing-to-correct",
      "forgotten",
      "quarantined",
      "too-late"
    ]),
    by: By
  },
  example: { chat, outbox, reason: "requested", by: "operator" }
})
