/**
 * The control plane of the older scanner, as its clients know it. Moments are milliseconds since the epoch. Each of
 * these has a successor under `/v1`.
 */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { EpochMillis } from "../ids.ts"
import { Level } from "../level.ts"
import { NeedsRole } from "./access.ts"
import { NotFound } from "./problems.ts"
import { OlderScannerAccess, scannerErrors } from "./older-access.ts"

const { NullOr } = Schema
const { invalid, notFound, unavailable } = scannerErrors

/** Rows that `GET /scans/recent` answers with at most, and where nothing is asked for. */
export const recentMax = 100
export const recentDefault = 10

const Ok = Schema.Struct({ ok: Schema.Literal(true) })

const status = HttpApiEndpoint.get("status", "/status", {
  /** Verdicts, those that are malicious, and chats. */
  success: Schema.Struct({ scans: Schema.Int, malicious: Schema.Int, groups: Schema.Int })
}).annotate(NeedsRole, "viewer")

/** The older hash is of the older normal form of a URL; it and the URL are null for keys that may not read words. */
export const OlderScan = Schema.Struct({
  id: Schema.Int,
  url_hash: NullOr(Schema.String),
  normalized_url: NullOr(Schema.String),
  verdict: Level,
  last_seen_at: EpochMillis
})

/** The newest first; behind a cursor, which is the base64url of `{"ts": …, "id": …}`, those that follow it. */
const recent = HttpApiEndpoint.get("recent", "/scans/recent", {
  query: { limit: Schema.optionalKey(Schema.String), after: Schema.optionalKey(Schema.String) },
  success: Schema.Array(OlderScan),
  error: invalid
}).annotate(NeedsRole, "viewer")

/** What `POST /overrides` takes. A pattern is a host, a domain behind `*.`, or a URL. */
export const WantedOverride = Schema.Struct({
  url_hash: Schema.optionalKey(Schema.NullOr(Schema.String)),
  pattern: Schema.optionalKey(Schema.NullOr(Schema.String)),
  status: Schema.Literals(["allow", "deny"]),
  scope: Schema.Literals(["global", "group"]),
  scope_id: Schema.optionalKey(Schema.NullOr(Schema.String)),
  reason: Schema.optionalKey(Schema.NullOr(Schema.String)),
  expires_at: Schema.optionalKey(Schema.NullOr(Schema.String))
})

/** A body that is not as it has to be is answered in the older words. */
const described = (shape: string) =>
  Schema.Unknown.pipe(Schema.annotate({ description: `as before: ${shape}` }))

const override = HttpApiEndpoint.post("override", "/overrides", {
  payload: described(
    '{url_hash? or pattern?, status: "allow" | "deny", scope: "global" | "group", scope_id?, reason?, expires_at? (ISO)}'
  ),
  success: Ok.pipe(HttpApiSchema.status(201)),
  error: [invalid, notFound, unavailable]
}).annotate(NeedsRole, "moderator")

export const OlderOverride = Schema.Struct({
  id: Schema.String,
  url_hash: NullOr(Schema.String),
  pattern: NullOr(Schema.String),
  status: Schema.Literals(["allow", "deny"]),
  scope: Schema.Literals(["global", "group"]),
  scope_id: NullOr(Schema.String),
  created_by: Schema.String,
  created_at: EpochMillis,
  expires_at: NullOr(EpochMillis),
  reason: NullOr(Schema.String)
})

/** The newest hundred that are in force. Patterns are null for keys that may not read words. */
const overrides = HttpApiEndpoint.get("overrides", "/overrides", {
  success: Schema.Array(OlderOverride)
}).annotate(NeedsRole, "viewer")

const params = { chatId: Schema.NonEmptyString } as const

/** For sixty minutes. The chat is named by our id of it, or by the one that WhatsApp gave it. */
const mute = HttpApiEndpoint.post("mute", "/groups/:chatId/mute", {
  params,
  success: Schema.Struct({ ok: Schema.Literal(true), muted_until: EpochMillis }),
  error: [invalid, notFound, NotFound, unavailable]
}).annotate(NeedsRole, "moderator")

const unmute = HttpApiEndpoint.post("unmute", "/groups/:chatId/unmute", {
  params,
  success: Ok,
  // A path that leads nowhere is told of as everywhere.
  error: [invalid, notFound, NotFound, unavailable]
}).annotate(NeedsRole, "moderator")

/** The link is looked at again, whatever is known of it. */
const rescan = HttpApiEndpoint.post("rescan", "/rescan", {
  payload: described("{url}"),
  success: Schema.Struct({ ok: Schema.Literal(true), urlHash: Schema.String, jobId: Schema.String }),
  error: [invalid, notFound, unavailable]
}).annotate(NeedsRole, "moderator")

export const olderScanner = HttpApiGroup.make("olderScanner")
  .add(status, recent, override, overrides, mute, unmute, rescan)
  .middleware(OlderScannerAccess)
  .annotateEndpoints(OpenApi.Deprecated, true)
  .annotate(OpenApi.Description, "The older scanner's control plane, for clients of it. Deprecated.")
