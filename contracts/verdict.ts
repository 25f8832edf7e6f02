/** What a chat is told about a link it posted. Written by `verdict`, one boundary per chat. */
import { Schema } from "effect"
import { event } from "./event.ts"
import { ChatId, EpochMillis, LinkId, MessageKey, OutboxId, OverrideId, PersonId } from "./ids.ts"
import { Level } from "./level.ts"
import { entryBody, entryFields, OutboxBody } from "./outbox.ts"
import { orAbsent, Personal } from "./personal.ts"

/** One link in one message in one chat: what a verdict is about. */
export const Sighting = { chat: ChatId, message: MessageKey, link: LinkId, sender: PersonId } as const

/** What is done about a link: a reply under the message, with its reasons or without, a reaction to it, or nothing. */
export const Action = Schema.Literals(["reply", "short", "react", "none"])
export type Action = typeof Action.Type

/** The closed list of reasons for which a malicious verdict may stay unsaid. */
export const SuppressionReason = Schema.Literals([
  "muted",
  "chat-off",
  "no-consent",
  "opted-out",
  "simulated",
  "message-gone",
  "quarantined"
])
export type SuppressionReason = typeof SuppressionReason.Type

/** What a decision rests on: sequences of the log (0 where there is none), and the override if one decided. */
export const Basis = Schema.Struct({
  scan: Schema.Int,
  policy: Schema.Int,
  override: Schema.optionalKey(OverrideId),
  ruleSet: Schema.optionalKey(Schema.String)
})
export type Basis = typeof Basis.Type

/**
 * The notice that tells the chat of a verdict: an entry of the outbox, queued by the verdict itself, so that
 * neither is ever there without the other. Absent, like its words, where nothing is said.
 */
export const Notice = Schema.Struct(entryFields).pipe(
  Schema.annotate({ description: "the entry of the outbox that tells the chat, where it is told" })
)
export type Notice = typeof Notice.Type

const notice = { notice: Schema.optionalKey(Notice) } as const
const words = { body: orAbsent(entryBody) } as const

const sighting = {
  chat: ChatId.make("c0example0"),
  message: MessageKey.make("0123456789abcdef0123456789abcdef01234567"),
  link: LinkId.make("a9993e364706816aba3e25717850c26c9cd0d89d"),
  sender: PersonId.make("p0example0")
}
const warning: Notice = {
  outbox: OutboxId.make("da39a3ee5e6b4b0d3255bfef95601890afd80709"),
  gateway: "sandbox",
  kind: "text",
  priority: "warning",
  standalone: true
}
const later = {
  outbox: OutboxId.make("5ba93c9db0cff93f52b521d7420e43f6eda2784f"),
  gateway: "sandbox",
  target: warning.outbox
} as const
const quotes = "3A0123456789ABCDEF01"
const basis = { scan: 2, policy: 0, ruleSet: "wadjet-1" }

export const VerdictDecided = event("verdict.decided", {
  about: "A chat gets to know, or needs no telling, what a link it posted is. The first word on a sighting.",
  data: { ...Sighting, level: Level, action: Action, ...notice, basis: Basis },
  personal: words,
  example: {
    ...sighting,
    level: "malicious",
    action: "reply",
    notice: warning,
    basis,
    body: { text: "Do not open paypa1[.]example", quotes }
  }
})

export const VerdictSuppressed = event("verdict.suppressed", {
  about:
    "A verdict stays unsaid, for a reason of the closed list. It takes the place of a decision or a revision.",
  data: {
    ...Sighting,
    level: Level,
    reason: SuppressionReason,
    /** What would have been done about it otherwise. */
    would: Schema.optionalKey(Action),
    basis: Basis
  },
  example: { ...sighting, level: "malicious", reason: "muted", basis }
})

export const VerdictDeferred = event("verdict.deferred", {
  about:
    "The chat has quiet hours: what is not dangerous is decided about at their end, and as it is then. Meanwhile nothing is said.",
  data: { ...Sighting, level: Level, until: EpochMillis, basis: Basis },
  example: { ...sighting, level: "suspicious", until: 1_767_250_800_000, basis }
})

export const VerdictRevised = event("verdict.revised", {
  about:
    "New evidence or a new policy changed the level, and the earlier notice is corrected; or that was refused, and what it said is said in another way.",
  data: {
    ...Sighting,
    from: Level,
    to: Level,
    action: Action,
    ...notice,
    basis: Basis
  },
  personal: words,
  example: {
    ...sighting,
    from: "malicious",
    to: "benign",
    action: "none",
    notice: { ...later, kind: "correction", priority: "notice", standalone: false },
    basis,
    body: { text: "paypa1[.]example is no longer held to be dangerous.", quotes }
  }
})

export const VerdictWithdrawn = event("verdict.withdrawn", {
  about: "The message or the link in it is gone; the earlier notice is taken back.",
  data: {
    ...Sighting,
    level: Level,
    reason: Schema.Literals(["message-revoked", "link-edited-away"]),
    ...notice
  },
  personal: words,
  example: {
    ...sighting,
    level: "malicious",
    reason: "message-revoked",
    notice: { ...later, kind: "retraction", priority: "warning", standalone: false },
    body: { text: "", quotes }
  }
})

export const VerdictSummarised = event("verdict.summarised", {
  about:
    "A mute is over: what it silenced is counted, and the chat is told where there was anything and it may be spoken to.",
  data: { chat: ChatId, malicious: Schema.Int, suspicious: Schema.Int, ...notice },
  personal: { body: orAbsent(Personal(OutboxBody, ["chat"])) },
  example: {
    chat: sighting.chat,
    malicious: 1,
    suspicious: 2,
    notice: { ...warning, outbox: later.outbox, priority: "notice" },
    body: { text: "Wadjet was muted. Meanwhile it found 1 dangerous link and 2 suspicious ones." }
  }
})
