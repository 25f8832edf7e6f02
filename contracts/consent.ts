/**
 * Whether what is said in a chat may be read. Consent and opting out are written by `verdict`, in the boundary of
 * the chat or of all chats; what was not read is counted by `whatsapp`, in that of the chat.
 */
import { Schema } from "effect"
import { event } from "./event.ts"
import { ChatId, EpochMillis, PersonId } from "./ids.ts"
import { Arrival, Gateway } from "./message.ts"
import { By } from "./policy.ts"

const Month = Schema.String.pipe(
  Schema.check(Schema.isPattern(/^\d{4}-\d{2}$/u)),
  Schema.annotate({ description: "a month in UTC, such as 2026-01" })
)

const chat = ChatId.make("c0example0")
const person = PersonId.make("p0example0")

export const ConsentRequired = event("policy.consent-required", {
  about:
    "From here on chats are read only with their consent; or without asking, where it is no longer required.",
  data: { required: Schema.Boolean, by: By },
  example: { required: true, by: "operator" }
})

export const ConsentAsked = event("policy.consent-asked", {
  about: "The account came into a group, which is told what is read and kept, and how to consent.",
  data: { chat: ChatId },
  example: { chat }
})

export const ConsentGiven = event("policy.consent-given", {
  about: "A chat agreed that its messages are read. It holds until it is withdrawn.",
  data: { chat: ChatId, by: By },
  example: { chat, by: "admin:p0example0" }
})

export const ConsentWithdrawn = event("policy.consent-withdrawn", {
  about: "A chat's messages are not read any more, whether or not consent is required.",
  data: { chat: ChatId, by: By },
  example: { chat, by: "admin:p0example0" }
})

export const OptedOut = event("policy.opted-out", {
  about: "What somebody says in a chat is not read any more.",
  data: { chat: ChatId, person: PersonId, by: By },
  example: { chat, person, by: "member:p0example0" }
})

export const OptedIn = event("policy.opted-in", {
  about: "What somebody says in a chat is read again.",
  data: { chat: ChatId, person: PersonId, by: By },
  example: { chat, person, by: "member:p0example0" }
})

export const WordsExpired = event("policy.words-expired", {
  about:
    "What was said in a chat before a month is older than it is kept there: its keys are destroyed, and nobody can read it any more.",
  data: { chat: ChatId, before: Month, keysDestroyed: Schema.Int },
  example: { chat, before: "2026-01", keysDestroyed: 1 }
})

/** Why something that was said was not read. */
export const UnreadReason = Schema.Literals(["no-consent", "opted-out"])
export type UnreadReason = typeof UnreadReason.Type

export const MessageUnconsented = event("message.unconsented", {
  about:
    "Something was said or done in a chat that may not be read: it is counted, and nothing else of it is kept.",
  data: { chat: ChatId, gateway: Gateway, arrival: Arrival, at: EpochMillis, reason: UnreadReason },
  example: { chat, gateway: "whatsapp", arrival: "live", at: 1_767_225_600_000, reason: "no-consent" }
})
