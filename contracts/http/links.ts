/** Links: what each is held to be, and everything that is known of one. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { ChatId, EpochMillis, LinkId, MessageKey, OutboxId, OverrideId } from "../ids.ts"
import { Level } from "../level.ts"
import { OutboxKind } from "../outbox.ts"
import { MissingEvidence } from "../scan.ts"
import { Action } from "../verdict.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { after, pageOf, paging } from "./lists.ts"
import { OutboxStatus } from "./outbox.ts"
import { Override } from "./overrides.ts"
import { Behind, NotFound, Unavailable } from "./problems.ts"
import { Scan } from "./verdicts.ts"

const { Finite, Int, NullOr } = Schema

/**
 * A link, with its newest result: of the link itself, whatever overrides say of it in a chat. `sightings` are the messages
 * that brought it; a result and what it says are `null` while there is none. `sort` goes by when it was posted first.
 */
export const Link = Schema.Struct({
  cursor: Int,
  link: LinkId,
  url: NullOr(Schema.String),
  sightings: Int,
  firstAt: EpochMillis,
  lastAt: EpochMillis,
  scan: NullOr(Int),
  level: NullOr(Level),
  score: NullOr(Finite),
  probability: NullOr(Finite),
  ruleSet: NullOr(Schema.String),
  scannedAt: NullOr(EpochMillis),
  validUntil: NullOr(EpochMillis),
  missing: Schema.Array(MissingEvidence)
})

/** A family of evidence with one cause: what it comes to, and what of it counts under its cap. */
export const FamilySum = Schema.Struct({
  family: Schema.String,
  sum: Finite,
  counted: Finite,
  least: Finite,
  most: Finite
})

/** How a score came about: the prior, and what each family counts. Decibans, or the points of the classic rules. */
export const Weighing = Schema.Struct({
  unit: Schema.Literals(["decibans", "points"]),
  prior: Finite,
  suspiciousFrom: Finite,
  maliciousFrom: Finite,
  families: Schema.Array(FamilySum)
})
export type Weighing = typeof Weighing.Type

/** A scan, and how its score came about; null where this version does not know the rule set any more. */
export const ExplainedScan = Schema.Struct({ ...Scan.fields, weighing: NullOr(Weighing) })
export type ExplainedScan = typeof ExplainedScan.Type

/** What a chat was told, and what became of it. */
export const ToldNotice = Schema.Struct({
  outbox: OutboxId,
  kind: NullOr(OutboxKind),
  status: NullOr(OutboxStatus),
  lastAt: NullOr(EpochMillis),
  text: NullOr(Schema.String)
})

/** One decision about the link in one message. `scan` and `policy` are the sequences that it rests on, 0 for none. */
export const Judgement = Schema.Struct({
  sequence: Int,
  at: EpochMillis,
  chat: ChatId,
  chatName: NullOr(Schema.String),
  message: MessageKey,
  judged: Schema.Literals(["decided", "suppressed", "revised", "withdrawn"]),
  level: Level,
  was: NullOr(Level),
  action: NullOr(Action),
  reason: NullOr(Schema.String),
  scan: NullOr(Int),
  policy: NullOr(Int),
  override: NullOr(OverrideId),
  ruleSet: NullOr(Schema.String),
  notice: NullOr(ToldNotice)
})

/** Scans and judgements in the order of the log; the last 500 of each where there are more. */
export const Explanation = Schema.Struct({
  link: LinkId,
  url: NullOr(Schema.String),
  scans: Schema.Array(ExplainedScan),
  judgements: Schema.Array(Judgement),
  /** Messages with the link about which nothing needs saying; their first decisions are not among the judgements. */
  quiet: Int,
  /** Messages with the link that have no verdict yet. */
  waiting: Int,
  /** Overrides that are in force for the link, and those that once decided about it, the newest first. */
  overrides: Schema.Array(Override)
})
export type Explanation = typeof Explanation.Type

const list = HttpApiEndpoint.get("list", "/v1/links", {
  query: { level: Schema.optionalKey(Level), ...paging },
  success: pageOf(Link),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

const explanation = HttpApiEndpoint.get("explanation", "/v1/links/:link/explanation", {
  params: { link: LinkId },
  query: after,
  success: Explanation,
  error: [NotFound, Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

export const links = HttpApiGroup.make("links").add(list, explanation).middleware(Authorization)
