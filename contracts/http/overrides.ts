/** What is allowed or denied, everywhere or in one chat. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { Placed } from "../command.ts"
import { SetOverride } from "../commands.ts"
import { ChatId, EpochMillis, HostId, LinkId, OverrideId } from "../ids.ts"
import { OverrideEffect, OverrideMatch } from "../policy.ts"
import { overrideListFormats } from "../override-list.ts"
import { Authorization, NeedsRole, wordsRole } from "./access.ts"
import { namedHeaders } from "./idempotency.ts"
import { after, pageOf, paging } from "./lists.ts"
import { Behind, Forbidden, refusals, Unavailable } from "./problems.ts"

const { NullOr } = Schema

export const OverrideStatus = Schema.Literals(["active", "removed", "expired"])

export const Override = Schema.Struct({
  cursor: Schema.Int,
  override: OverrideId,
  chat: NullOr(ChatId),
  match: OverrideMatch,
  /** As links and hosts were known by when it was set; after an erasure it has others beside. */
  token: Schema.Union([LinkId, HostId]),
  effect: OverrideEffect,
  expiresAt: NullOr(EpochMillis),
  status: OverrideStatus,
  setBy: Schema.String,
  setAt: EpochMillis,
  endedBy: NullOr(Schema.String),
  endedAt: NullOr(EpochMillis),
  pattern: NullOr(Schema.String),
  reason: NullOr(Schema.String)
})

const list = HttpApiEndpoint.get("list", "/v1/overrides", {
  query: {
    chat: Schema.optionalKey(ChatId),
    status: Schema.optionalKey(OverrideStatus),
    text: Schema.optionalKey(
      Schema.NonEmptyString.annotate({
        description:
          "Only those whose pattern or reason has this text. For keys that may read words; a page may be short, and `next` says whether there is more."
      })
    ),
    ...paging
  },
  success: pageOf(Override),
  error: [Forbidden, Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

const { by: _by, override: _override, ...wanted } = SetOverride.payload.fields

/** The same id is the same override, which a client may choose itself; so is the same `Idempotency-Key`. */
const set = HttpApiEndpoint.post("set", "/v1/overrides", {
  headers: namedHeaders,
  payload: Schema.Struct({ override: Schema.optionalKey(OverrideId), ...wanted }),
  success: Schema.Struct({ override: OverrideId, ...Placed.fields }),
  error: refusals
}).annotate(NeedsRole, "moderator")

const remove = HttpApiEndpoint.delete("remove", "/v1/overrides/:override", {
  params: { override: OverrideId },
  success: Placed,
  error: refusals
}).annotate(NeedsRole, "moderator")

const format = Schema.Literals(overrideListFormats)

/** All or nothing of each 250 lines: an error names the line, and says how many lines before it are set. */
const importList = HttpApiEndpoint.post("import", "/v1/overrides/import", {
  payload: Schema.Struct({ format, text: Schema.String }),
  success: Schema.Struct({
    set: Schema.Int,
    unchanged: Schema.Int,
    /** Left out, as their expiry has passed. */
    expired: Schema.Int,
    ...Placed.fields
  }),
  error: refusals
}).annotate(NeedsRole, "moderator")

/** Those in force, the oldest first; a hosts file has the hosts that are denied everywhere. */
const exportList = HttpApiEndpoint.get("export", "/v1/overrides/export", {
  query: { format: Schema.optionalKey(format), ...after },
  success: Schema.Struct({ format, text: Schema.String }),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, wordsRole)

export const overrides = HttpApiGroup.make("overrides")
  .add(list, set, importList, exportList, remove)
  .middleware(Authorization)
