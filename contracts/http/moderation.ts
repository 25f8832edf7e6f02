/** Consent, and what members report. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { Placed } from "../command.ts"
import { ChatId, EpochMillis, LinkId, MessageKey, OverrideId, PersonId } from "../ids.ts"
import { Level } from "../level.ts"
import { SettleReport } from "../moderation-commands.ts"
import { ReportOutcome } from "../report.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { after, pageOf, paging } from "./lists.ts"
import { Behind, NotFound, refusals, Unavailable } from "./problems.ts"

const { NullOr } = Schema

export const ReportStatus = Schema.Literals(["waiting", ...ReportOutcome.literals])

/** A warning that a member holds to be wrong. */
export const Report = Schema.Struct({
  cursor: Schema.Int,
  report: MessageKey,
  chat: ChatId,
  reporter: PersonId,
  message: MessageKey,
  link: LinkId,
  level: Level,
  at: EpochMillis,
  status: ReportStatus,
  override: NullOr(OverrideId),
  settledBy: NullOr(Schema.String),
  settledAt: NullOr(EpochMillis)
})

const reports = HttpApiEndpoint.get("reports", "/v1/reports", {
  query: { status: Schema.optionalKey(ReportStatus), ...paging },
  success: pageOf(Report),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

/** `wrong` allows the link in its chat. */
const settle = HttpApiEndpoint.post("settle", "/v1/chats/:chat/reports/:report", {
  params: { chat: ChatId, report: MessageKey },
  payload: Schema.Struct({ outcome: ReportOutcome }),
  success: SettleReport.answer,
  error: refusals
}).annotate(NeedsRole, "moderator")

/** What a chat last said about being read; `given` is null where it said nothing. */
export const ChatConsent = Schema.Struct({
  chat: ChatId,
  /** Whether what is said there is read. */
  isRead: Schema.Boolean,
  given: NullOr(Schema.Boolean),
  by: NullOr(Schema.String),
  since: NullOr(EpochMillis)
})

const allConsent = HttpApiEndpoint.get("allConsent", "/v1/consent", {
  query: paging,
  success: Schema.Struct({ required: Schema.Boolean, ...pageOf(ChatConsent).fields }),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

const chatConsent = HttpApiEndpoint.get("chatConsent", "/v1/chats/:chat/consent", {
  params: { chat: ChatId },
  query: after,
  success: Schema.Struct({
    required: Schema.Boolean,
    ...ChatConsent.fields,
    /** Who is not read there because they said so, the last first. */
    optOuts: Schema.Array(Schema.Struct({ person: PersonId, since: EpochMillis }))
  }),
  error: [NotFound, Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

const requireConsent = HttpApiEndpoint.put("requireConsent", "/v1/consent", {
  payload: Schema.Struct({ required: Schema.Boolean }),
  success: Placed,
  error: refusals
}).annotate(NeedsRole, "operator")

const consent = HttpApiEndpoint.put("consent", "/v1/chats/:chat/consent", {
  params: { chat: ChatId },
  payload: Schema.Struct({ given: Schema.Boolean }),
  success: Placed,
  error: refusals
}).annotate(NeedsRole, "moderator")

const optOut = HttpApiEndpoint.put("optOut", "/v1/chats/:chat/opt-outs/:person", {
  params: { chat: ChatId, person: PersonId },
  payload: Schema.Struct({ out: Schema.Boolean }),
  success: Placed,
  error: refusals
}).annotate(NeedsRole, "moderator")

export const moderation = HttpApiGroup.make("moderation")
  .add(reports, settle, allConsent, chatConsent, requireConsent, consent, optOut)
  .middleware(Authorization)
