/** What a chat is told about a link it posted. Written by `verdict`, one boundary per chat. */
import { Schema } from "effect"
import { event } from "./event.ts"
import { ChatId, LinkId, MessageKey, OutboxId, OverrideId, PersonId } from "./ids.ts"
import { Level } from "./level.ts"

/** One link in one message in one chat: what a verdict is about. */
export const Sighting = { chat: ChatId, message: MessageKey, link: LinkId, sender: PersonId } as const

/** What is done about a link: a reply under the message, a reaction to it, or nothing. */
export const Action = Schema.Literals(["reply", "react", "none"])
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

const sighting = {
  chat: ChatId.make("c0example0"),
  message: MessageKey.make("0123456789abcdef0123456789abcdef01234567"),
  link: LinkId.make("a9993e364706816aba3e25717850c26c9cd0d89d"),
  sender: PersonId.make("p0example0")
}
const notice = OutboxId.make("da39a3ee5e6b4b0d3255bfef95601890afd80709")
const basis = { scan: 2, policy: 0, ruleSet: "wadjet-1" }

export const VerdictDecided = event("verdict.decided", {
  about: "A chat gets to know, or needs no telling, what a link it posted is. The first word on a sighting.",
  data: { ...Sighting, level: Level, action: Action, notice: Schema.optionalKey(OutboxId), basis: Basis },
  example: { ...sighting, level: "malicious", action: "reply", notice, basis }
})

export const VerdictSuppressed = event("verdict.suppressed", {
  about:
    "A verdict stays unsaid, for a reason of the closed list. It takes the place of a decision or a revision.",
  data: { ...Sighting, level: Level, reason: SuppressionReason, basis: Basis },
  example: { ...sighting, level: "malicious", reason: "muted", basis }
})

export const VerdictRevised = event("verdict.revised", {
  about: "New evidence or a new policy changed the level; the earlier notice is corrected.",
  data: {
    ...Sighting,
    from: Level,
    to: Level,
    action: Action,
    notice: Schema.optionalKey(OutboxId),
    basis: Basis
  },
  example: { ...sighting, from: "malicious", to: "benign", action: "none", notice, basis }
})

export const VerdictWithdrawn = event("verdict.withdrawn", {
  about: "The message or the link in it is gone; the earlier notice is taken back.",
  data: {
    ...Sighting,
    level: Level,
    reason: Schema.Literals(["message-revoked", "link-edited-away"]),
    notice: Schema.optionalKey(OutboxId)
  },
  example: { ...sighting, level: "malicious", reason: "message-revoked", notice }
})
