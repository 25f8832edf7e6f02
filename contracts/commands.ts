/** Everything that can be asked of an actor, each answered by the one writer of what it changes. */
import { Schema } from "effect"
import { ErasureSubject } from "./account.ts"
import { BackupStatus, KeepBackup, PruneBackup } from "./backup.ts"
import { command } from "./command.ts"
import { ChatId, EpochMillis, OutboxId, OverrideId, PersonId, WhatsAppId } from "./ids.ts"
import { By, OverrideEffect, OverrideMatch } from "./policy.ts"
import { contactCommands } from "./contact.ts"
import { moderationCommands } from "./moderation-commands.ts"
import { AskedPriority, MediaReference } from "./outbox.ts"
import { quarantineCommands } from "./quarantine.ts"
import { projectionCommands } from "./projection-commands.ts"
import { scheduleCommands } from "./schedule-commands.ts"
import { LinkMethod, SessionHealth, SessionState } from "./session.ts"

const chat = ChatId.make("c0example0")
const override = OverrideId.make("01941f29-7c00-7000-8000-000000000001")
const outbox = OutboxId.make("da39a3ee5e6b4b0d3255bfef95601890afd80709")

/**
 * Messages that one request may carry: that many of the longest text fit the server's largest message where letters
 * have one byte. A request of more bytes is refused as too large, so that who sends long texts counts those as well.
 */
export const ingestMessagesMax = 100

/** The longest text taken from one message, in UTF-16 code units; WhatsApp's own limit is 65,536. */
export const textLengthMax = 65_536

const text = Schema.String.pipe(Schema.check(Schema.isMaxLength(textLengthMax)))
const name = Schema.NonEmptyString.pipe(Schema.check(Schema.isMaxLength(200)))

export const MuteChat = command("chat.mute", {
  answeredBy: "verdict",
  about: "Say nothing in a chat until a moment.",
  payload: { chat: ChatId, until: EpochMillis, by: By },
  example: { chat, until: 1_767_229_200_000, by: "operator" }
})

export const UnmuteChat = command("chat.unmute", {
  answeredBy: "verdict",
  about: "Speak again.",
  payload: { chat: ChatId, by: By },
  example: { chat, by: "operator" }
})

export const SetChat = command("chat.set", {
  answeredBy: "verdict",
  about:
    "Change how a chat is treated, or all those that have set nothing else. Settings go by their names, their values as anybody would type them; null is for what is no longer to be set there.",
  payload: {
    chat: Schema.optionalKey(ChatId),
    change: Schema.Record(Schema.String, Schema.NullOr(Schema.String)),
    by: By
  },
  example: {
    chat,
    change: { suspicious: "react", "quiet-hours": "22:00-07:00", language: null },
    by: "operator"
  }
})

export const SetOverride = command("override.set", {
  answeredBy: "verdict",
  about:
    "Allow or deny a URL, a host or a domain, everywhere or in one chat. It holds for what is posted from now on, and for what was posted since somebody was last forgotten: before that, links had other ids, and nobody can tell any more which were meant.",
  payload: {
    override: OverrideId,
    chat: Schema.optionalKey(ChatId),
    match: OverrideMatch,
    pattern: name,
    effect: OverrideEffect,
    expiresAt: Schema.optionalKey(EpochMillis),
    reason: Schema.optionalKey(name),
    by: By
  },
  example: { override, match: "domain", pattern: "example.com", effect: "allow", by: "operator" }
})

/** Overrides of one request: a hundred and some bytes each in the log, and a moment's work. */
export const importedOverridesMax = 250

const { by: _by, ...overrideFields } = SetOverride.payload.fields

export const ImportOverrides = command("override.import", {
  answeredBy: "verdict",
  about:
    "Set many overrides, all or none of them. One that is there already, for the same pattern in the same place, keeps its id and is set anew where anything of it is different. One whose expiry has passed, as in a list of long ago, is left out and counted.",
  payload: {
    overrides: Schema.Array(Schema.Struct(overrideFields)).pipe(
      Schema.check(Schema.isMaxLength(importedOverridesMax))
    ),
    by: By
  },
  answer: { set: Schema.Int, unchanged: Schema.Int, expired: Schema.Int },
  example: {
    overrides: [{ override, match: "host", pattern: "bad.example", effect: "deny" }],
    by: "operator"
  }
})

export const RemoveOverride = command("override.remove", {
  answeredBy: "verdict",
  about: "Take an override back.",
  payload: { override: OverrideId, by: By },
  example: { override, by: "operator" }
})

/** The parts in which overrides are gone through: by the first byte of what they were set with, a hash. */
export const overrideParts = 256

export const RekeyOverrides = command("override.rekey", {
  answeredBy: "verdict",
  about:
    "Before somebody is forgotten: give the overrides of some parts, from one on, the tokens of the link key that is prepared for then. Answers with the part to go on with, or null after the last.",
  payload: {
    linkKey: name,
    part: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: overrideParts - 1 })))
  },
  answer: { next: Schema.NullOr(Schema.Int) },
  example: { linkKey: "q83vASNFZ4mr", part: 0 }
})

/** A message of the sandbox chat, or of an exported one. */
export const IncomingMessage = Schema.Struct({
  /** The id that its sender gave it; the same id from the same sender in the same chat is the same message. */
  id: name,
  author: name,
  sentAt: EpochMillis,
  text,
  /** `post` by default; `edit` and `delete` name an earlier message of the same author by its `id`. */
  change: Schema.optionalKey(Schema.Literals(["edit", "delete"])),
  /** The WhatsApp id of the message of ours that it replies to. */
  answers: Schema.optionalKey(WhatsAppId)
})
export type IncomingMessage = typeof IncomingMessage.Type

export const IngestMessages = command("message.ingest", {
  answeredBy: "whatsapp",
  about: "Take messages of the sandbox chat or of an exported chat. Those already in the log change nothing.",
  payload: {
    gateway: Schema.Literals(["sandbox", "export"]),
    chatName: name,
    /** Authors who administer the chat. Where none ever was named, everybody may give an admin's commands. */
    admins: Schema.optionalKey(Schema.Array(name)),
    messages: Schema.Array(IncomingMessage).pipe(Schema.check(Schema.isMaxLength(ingestMessagesMax)))
  },
  answer: { chat: ChatId, taken: Schema.Int, known: Schema.Int, links: Schema.Int },
  example: {
    gateway: "sandbox",
    chatName: "Sandbox",
    messages: [{ id: "m1", author: "You", sentAt: 1_767_225_600_000, text: "look example.com" }]
  }
})

export const SendMessage = command("outbox.send", {
  answeredBy: "whatsapp",
  about: "Say something in a chat. The same request id is the same message.",
  payload: {
    chat: ChatId,
    request: name,
    /** The words; where a file goes with them, its caption, which may be empty. */
    text,
    media: Schema.optionalKey(MediaReference),
    priority: AskedPriority,
    notBefore: Schema.optionalKey(EpochMillis),
    by: By
  },
  answer: { outbox: OutboxId, whatsApp: WhatsAppId },
  example: { chat, request: "r1", text: "Good morning", priority: "bulk", by: "operator" }
})

export const CancelMessage = command("outbox.cancel", {
  answeredBy: "whatsapp",
  about: "Do not send what is still waiting. Refused as already-left once it is claimed.",
  payload: { outbox: OutboxId, by: By },
  example: { outbox, by: "operator" }
})

export const LinkSession = command("session.link", {
  answeredBy: "whatsapp",
  about:
    "Begin to link a number. The QR code or pairing code goes to live.<account>.session until it is used or expires. Asked again, it begins anew.",
  payload: {
    method: LinkMethod,
    /** The number to link, in digits with its country code; for `code` only. */
    phone: Schema.optionalKey(Schema.String.pipe(Schema.check(Schema.isPattern(/^[1-9]\d{6,14}$/u)))),
    /** That the operator was told what an unofficial client risks. */
    riskAccepted: Schema.Boolean,
    by: By
  },
  example: { method: "qr", riskAccepted: true, by: "operator" }
})

export const UnlinkSession = command("session.unlink", {
  answeredBy: "whatsapp",
  about: "Log the linked number out and delete its credentials, or end linking.",
  payload: { by: By },
  example: { by: "operator" }
})

export const ReconnectSession = command("session.reconnect", {
  answeredBy: "whatsapp",
  about: "Connect anew, now: whatever it waits for.",
  payload: { by: By },
  example: { by: "operator" }
})

export const ForgetInSession = command("session.forget", {
  answeredBy: "whatsapp",
  about:
    "Before somebody is forgotten: delete what the connection keeps of them, such as encryption sessions and what waits to be read. Answers how many there were.",
  payload: { subject: ErasureSubject },
  answer: { dropped: Schema.Int },
  example: { subject: chat }
})

export const SessionStatus = command("session.status", {
  answeredBy: "whatsapp",
  about: "Where the connection to WhatsApp stands, and how well it works.",
  payload: {},
  /** `session` is null where this system does not connect to WhatsApp. */
  answer: { session: Schema.NullOr(SessionState), health: SessionHealth },
  example: {}
})

export const GroupRequests = command("group.requests", {
  answeredBy: "whatsapp",
  about: "Who asks to join a group: WhatsApp is asked. Refused where the account does not administer it.",
  payload: { chat: ChatId },
  answer: {
    /** `ending`: the last four digits of their number, or of what WhatsApp names them by. */
    people: Schema.Array(Schema.Struct({ person: PersonId, ending: Schema.String }))
  },
  example: { chat }
})

export const RequestErasure = command("erasure.request", {
  answeredBy: "admin",
  about: "Forget a person or a chat: destroy their keys and mappings, for ever.",
  payload: { subject: ErasureSubject, by: By },
  answer: { keysDestroyed: Schema.Int, mappingsDestroyed: Schema.Int },
  example: { subject: chat, by: "operator" }
})

const parked = { actor: Schema.String, sequence: Schema.Int, by: By }

export const RetryParked = command("parked.retry", {
  answeredBy: "admin",
  about: "Handle a parked input again.",
  payload: parked,
  example: { actor: "scan", sequence: 17, by: "operator" }
})

export const DropParked = command("parked.drop", {
  answeredBy: "admin",
  about: "Pass over a parked input for good.",
  payload: parked,
  example: { actor: "scan", sequence: 17, by: "operator" }
})

export const commands = [
  MuteChat,
  UnmuteChat,
  SetChat,
  SetOverride,
  ImportOverrides,
  RemoveOverride,
  RekeyOverrides,
  IngestMessages,
  SendMessage,
  CancelMessage,
  LinkSession,
  UnlinkSession,
  ReconnectSession,
  ForgetInSession,
  SessionStatus,
  GroupRequests,
  ...moderationCommands,
  ...scheduleCommands,
  ...contactCommands,
  BackupStatus,
  KeepBackup,
  PruneBackup,
  ...quarantineCommands,
  ...projectionCommands,
  RequestErasure,
  RetryParked,
  DropParked
] as const
