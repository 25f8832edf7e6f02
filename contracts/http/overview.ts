/** Everything at a glance. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { UnreadReason } from "../consent.ts"
import { EpochMillis } from "../ids.ts"
import { Level } from "../level.ts"
import { UnreadableReason } from "../message.ts"
import { SuppressionReason } from "../verdict.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { after } from "./lists.ts"
import { OutboxStatus } from "./outbox.ts"
import { Behind, Unavailable } from "./problems.ts"

const { Int } = Schema

export const Overview = Schema.Struct({
  generation: Schema.String,
  /** The last event that is counted here, its time, and how many of the log's events are not counted yet. */
  sequence: Int,
  time: EpochMillis,
  lag: Int,
  chats: Int,
  messages: Int,
  /** Links in messages, the same link in two messages counted twice; those without a verdict yet. */
  links: Int,
  waiting: Int,
  verdicts: Schema.Record(Level, Int),
  /** Verdicts that stayed unsaid, by reason; reasons that never occurred are absent. */
  suppressed: Schema.Record(SuppressionReason, Schema.optionalKey(Int)),
  outbox: Schema.Record(OutboxStatus, Int),
  /** Messages that could not be read, by reason; those that were read but for a part of them. */
  unreadable: Schema.Record(UnreadableReason, Schema.optionalKey(Int)),
  partlyRead: Int,
  /** Messages that might not be read, by reason: nothing else of them is known. */
  withheld: Schema.Record(UnreadReason, Schema.optionalKey(Int)),
  parked: Int,
  /** Read models that were not what the log makes of them when they were last compared. */
  drifted: Int
})

const get = HttpApiEndpoint.get("get", "/v1/overview", {
  query: after,
  success: Overview,
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

export const overview = HttpApiGroup.make("overview").add(get).middleware(Authorization)
