/** What members hold to be wrong, and what the operator made of it. Written by `verdict`, one boundary per chat. */
import { Schema } from "effect"
import { event } from "./event.ts"
import { ChatId, LinkId, MessageKey, OverrideId, PersonId } from "./ids.ts"
import { Level } from "./level.ts"
import { By } from "./policy.ts"

const chat = ChatId.make("c0example0")
const report = MessageKey.make("89abcdef0123456789abcdef0123456789abcdef")

/** As many reports of one member are answered within an hour; more are kept, and not answered. */
export const reportsAnsweredPerHour = 5

export const VerdictReported = event("policy.reported", {
  about: "A member says that a warning is wrong. It waits for the operator.",
  data: {
    chat: ChatId,
    /** The message that reported it, which is the name of the report. */
    report: MessageKey,
    reporter: PersonId,
    /** The message that the warning was about, its sender, and the link in it. */
    message: MessageKey,
    sender: PersonId,
    link: LinkId,
    /** What the link was held to be. */
    level: Level,
    /** The member reports so much that they are not answered any more. */
    unanswered: Schema.optionalKey(Schema.Literal(true))
  },
  example: {
    chat,
    report,
    reporter: PersonId.make("p0example1"),
    message: MessageKey.make("0123456789abcdef0123456789abcdef01234567"),
    sender: PersonId.make("p0example0"),
    link: LinkId.make("a9993e364706816aba3e25717850c26c9cd0d89d"),
    level: "malicious"
  }
})

/** What the operator found: the warning was right, or it was wrong. */
export const ReportOutcome = Schema.Literals(["right", "wrong"])
export type ReportOutcome = typeof ReportOutcome.Type

export const ReportSettled = event("policy.report-settled", {
  about: "The operator looked at a report.",
  data: {
    chat: ChatId,
    report: MessageKey,
    outcome: ReportOutcome,
    /** What was allowed because of it. */
    override: Schema.optionalKey(OverrideId),
    by: By
  },
  example: { chat, report, outcome: "right", by: "operator" }
})
