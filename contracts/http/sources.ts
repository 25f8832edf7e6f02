/** What is asked about links, and how well they are judged by it. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { EpochMillis } from "../ids.ts"
import { SourceState } from "../source.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { after } from "./lists.ts"
import { Behind, Unavailable } from "./problems.ts"

const { Int, NullOr } = Schema

/**
 * A list that is kept here, or a service that is asked. `since` is when it came into its state, `until` when a service is
 * asked again, `fetchedAt` when a list was last another one than before.
 */
export const Origin = Schema.Struct({
  name: Schema.String,
  kind: Schema.Literals(["list", "service"]),
  state: Schema.Literals(["fetched", "failing", "withdrawn", ...SourceState.literals]),
  reason: NullOr(Schema.String),
  until: NullOr(EpochMillis),
  since: EpochMillis,
  listed: NullOr(Int),
  fetchedAt: NullOr(EpochMillis),
  host: NullOr(Schema.String)
})

/** Seconds that at most half, and at most nineteen of twenty, of the newest thousand took. */
const Seconds = Schema.Struct({ count: Int, p50: NullOr(Schema.Finite), p95: NullOr(Schema.Finite) })

/**
 * Links that a list or a service had only after their first look grade that look: `recall` is the part of them that were
 * flagged before. The times are those of warnings: from the message, and from the list's fetching.
 */
export const Quality = Schema.Struct({
  listedLater: Int,
  flaggedBefore: Schema.Struct({ suspicious: Int, malicious: Int }),
  recall: NullOr(Schema.Finite),
  fromMessage: Seconds,
  fromMessageListedLater: Seconds,
  fromList: Seconds
})

const list = HttpApiEndpoint.get("list", "/v1/sources", {
  query: after,
  success: Schema.Struct({ items: Schema.Array(Origin) }),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

const quality = HttpApiEndpoint.get("quality", "/v1/quality", {
  query: after,
  success: Quality,
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

export const sources = HttpApiGroup.make("sources").add(list, quality).middleware(Authorization)
