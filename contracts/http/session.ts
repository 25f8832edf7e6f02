/** The connection to WhatsApp: how it is, linking a number, and undoing that. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { LinkSession } from "../commands.ts"
import { SessionHealth, SessionState } from "../session.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { refusals, TooMany, Unavailable } from "./problems.ts"

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
  .add(state, link, unlink, reconnect, live)
  .middleware(Authorization)
