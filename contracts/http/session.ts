/** The connection to WhatsApp: how it is and how it was, linking a number, and undoing that. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { LinkSession } from "../commands.ts"
import { EpochMillis } from "../ids.ts"
import { LinkMethod, SessionHealth, SessionState } from "../session.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { pageOf, paging } from "./lists.ts"
import { Behind, refusals, TooMany, Unavailable } from "./problems.ts"

const placed = Schema.Struct({ generation: Schema.String, sequence: Schema.Int })

const state = HttpApiEndpoint.get("state", "/v1/session", {
  success: Schema.Struct({
    /** Null where this system does not connect to WhatsApp. */
    session: Schema.NullOr(SessionState),
    health: SessionHealth,
    /** What an operator should know before linking a number. */
    risk: Schema.Array(Schema.String)
  }),
  error: refusals
}).annotate(NeedsRole, "viewer")

const { Int, NullOr } = Schema

/**
 * A number that was linked: `linked` while it has not been open yet, `ended` once it was unlinked, or linked anew. `since` is
 * when it came to that state, `reason` why it is degraded, closed or refused, or who ended it (`operator`, `whatsapp`,
 * `linked-anew`), `until` when that is over, or when it is tried again. `method` and `linkedAt` are `null` where it was linked
 * before this log. Which number it is, only the session knows.
 */
export const SessionRecord = Schema.Struct({
  cursor: Int,
  method: NullOr(LinkMethod),
  linkedAt: NullOr(EpochMillis),
  state: Schema.Literals(["linked", "open", "degraded", "closed", "refused", "ended"]),
  since: EpochMillis,
  reason: NullOr(Schema.String),
  code: NullOr(Int),
  until: NullOr(EpochMillis),
  openedAt: NullOr(EpochMillis),
  openings: Int,
  endedAt: NullOr(EpochMillis)
})

const list = HttpApiEndpoint.get("list", "/v1/sessions", {
  query: paging,
  success: pageOf(SessionRecord),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

const { method, phone, riskAccepted } = LinkSession.payload.fields

const link = HttpApiEndpoint.post("link", "/v1/session/link", {
  payload: Schema.Struct({ method, phone, riskAccepted }),
  success: placed,
  error: refusals
}).annotate(NeedsRole, "owner")

const unlink = HttpApiEndpoint.post("unlink", "/v1/session/unlink", {
  success: placed,
  error: refusals
}).annotate(NeedsRole, "owner")

const reconnect = HttpApiEndpoint.post("reconnect", "/v1/session/reconnect", {
  success: placed,
  error: refusals
}).annotate(NeedsRole, "operator")

/**
 * What happens while a number is linked, as Server-Sent Events without ids: there is no going back to them. Each is
 * `{live: state, state}`, `{live: ended, outcome}`, `{live: code, code, expiresAt}`, or
 * `{live: qr, text, expiresAt, svg}` with the code as a picture. Codes are credentials: for owners only.
 */
const live = HttpApiEndpoint.get("live", "/v1/session/live", {
  success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/event-stream" })),
  error: [TooMany, Unavailable]
}).annotate(NeedsRole, "owner")

export const session = HttpApiGroup.make("session")
  .add(state, list, link, unlink, reconnect, live)
  .middleware(Authorization)
