/** What can be asked about consent, and about what members report. */
import { Schema } from "effect"
import { command } from "./command.ts"
import { ChatId, MessageKey, OverrideId, PersonId } from "./ids.ts"
import { By } from "./policy.ts"
import { ReportOutcome } from "./report.ts"

const chat = ChatId.make("c0example0")

export const RequireConsent = command("consent.require", {
  answeredBy: "verdict",
  about: "Read chats only once they have consented; or without that.",
  payload: { required: Schema.Boolean, by: By },
  example: { required: true, by: "operator" }
})

export const ConsentChat = command("chat.consent", {
  answeredBy: "verdict",
  about: "Say that a chat consents to being read, or does not any more.",
  payload: { chat: ChatId, given: Schema.Boolean, by: By },
  example: { chat, given: true, by: "operator" }
})

export const OptOutPerson = command("chat.opt-out", {
  answeredBy: "verdict",
  about: "Read nothing of what somebody says in a chat; or read it again.",
  payload: { chat: ChatId, person: PersonId, out: Schema.Boolean, by: By },
  example: { chat, person: PersonId.make("p0example0"), out: true, by: "operator" }
})

export const SettleReport = command("report.settle", {
  answeredBy: "verdict",
  about:
    "Say what came of a report: the warning was right; or it was wrong, and then the link is allowed in its chat.",
  payload: { chat: ChatId, report: MessageKey, outcome: ReportOutcome, by: By },
  answer: { override: Schema.optionalKey(OverrideId) },
  example: {
    chat,
    report: MessageKey.make("89abcdef0123456789abcdef0123456789abcdef"),
    outcome: "right",
    by: "operator"
  }
})

export const moderationCommands = [RequireConsent, ConsentChat, OptOutPerson, SettleReport] as const
