/** What links are held to be, and why. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { ChatId, EpochMillis, LinkId, MessageKey, OutboxId, OverrideId, PersonId } from "../ids.ts"
import { Level } from "../level.ts"
import { Again, FoundHop, MissingEvidence, ScoreRange, WeighedEvidence } from "../scan.ts"
import { Action } from "../verdict.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { after, pageOf, paging } from "./lists.ts"
import { Behind, NotFound, Unavailable } from "./problems.ts"

const { NullOr } = Schema

export const VerdictStatus = Schema.Literals([
  "waiting",
  "deferred",
  "decided",
  "suppressed",
  "revised",
  "withdrawn"
])

/** One reason, with its words where the key may read them. */
export const Reason = Schema.Struct({ ...WeighedEvidence.fields, detail: NullOr(Schema.String) })

/** One link in one message, and what is held of it. */
export const Verdict = Schema.Struct({
  cursor: Schema.Int,
  sequence: Schema.Int,
  chat: ChatId,
  chatName: NullOr(Schema.String),
  message: MessageKey,
  sender: PersonId,
  link: LinkId,
  url: NullOr(Schema.String),
  present: Schema.Boolean,
  status: VerdictStatus,
  level: NullOr(Level),
  action: NullOr(Action),
  reason: NullOr(Schema.String),
  notice: NullOr(OutboxId),
  noticeStatus: NullOr(Schema.String),
  scan: NullOr(Schema.Int),
  policy: NullOr(Schema.Int),
  override: NullOr(OverrideId),
  ruleSet: NullOr(Schema.String),
  score: NullOr(Schema.Finite),
  probability: NullOr(Schema.Finite),
  reasons: Schema.Array(Reason),
  missing: Schema.Array(MissingEvidence),
  firstAt: EpochMillis,
  lastAt: EpochMillis
})

/**
 * One scan of a link, with its evidence in decibans. `range` is how far what is missing could still move the score,
 * `again` why it was looked at long after its first look, `revises` the sequence of the scan whose place it takes, `hops` where the link led, if it was followed.
 */
export const Scan = Schema.Struct({
  sequence: Schema.Int,
  link: LinkId,
  chat: NullOr(ChatId),
  level: Level,
  score: Schema.Finite,
  probability: NullOr(Schema.Finite),
  ruleSet: Schema.String,
  validUntil: EpochMillis,
  at: EpochMillis,
  url: NullOr(Schema.String),
  reasons: Schema.Array(Reason),
  missing: Schema.Array(MissingEvidence),
  range: NullOr(ScoreRange),
  again: NullOr(Again),
  revises: NullOr(Schema.Int),
  hops: NullOr(Schema.Array(FoundHop))
})

const list = HttpApiEndpoint.get("list", "/v1/verdicts", {
  query: {
    chat: Schema.optionalKey(ChatId),
    level: Schema.optionalKey(Level),
    status: Schema.optionalKey(VerdictStatus),
    ...paging
  },
  success: pageOf(Verdict),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

const explain = HttpApiEndpoint.get("explain", "/v1/verdicts/:link/explain", {
  params: { link: LinkId },
  query: after,
  success: Schema.Struct({ link: LinkId, scans: Schema.Array(Scan) }),
  error: [NotFound, Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

export const verdicts = HttpApiGroup.make("verdicts").add(list, explain).middleware(Authorization)
