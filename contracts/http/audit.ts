/** Who did what. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { ChatId, EpochMillis } from "../ids.ts"
import { By } from "../policy.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { pageOf, paging } from "./lists.ts"
import { Behind, Unavailable } from "./problems.ts"

const { NullOr } = Schema

/**
 * A fact that names its author. `by` is a role, and the id of a key, a user or a member of a chat where there is one;
 * `action` is the name of the event; `subject` is the id of what it was done to. The event itself is in the stream, under
 * `sequence`.
 */
export const AuditEntry = Schema.Struct({
  cursor: Schema.Int,
  sequence: Schema.Int,
  at: EpochMillis,
  by: Schema.String,
  action: Schema.String,
  chat: NullOr(ChatId),
  subject: NullOr(Schema.String)
})

const token = Schema.NonEmptyString.pipe(Schema.check(Schema.isMaxLength(200)))
const millis = Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(0)))

const list = HttpApiEndpoint.get("list", "/v1/audit", {
  query: {
    by: Schema.optionalKey(By),
    action: Schema.optionalKey(token.annotate({ description: "The name of an event, `policy.muted`." })),
    chat: Schema.optionalKey(ChatId),
    subject: Schema.optionalKey(token.annotate({ description: "The id of what something was done to." })),
    since: Schema.optionalKey(
      millis.annotate({ description: "Not before, in milliseconds since the epoch." })
    ),
    until: Schema.optionalKey(millis.annotate({ description: "Before, in milliseconds since the epoch." })),
    ...paging
  },
  success: pageOf(AuditEntry),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "operator")

export const audit = HttpApiGroup.make("audit").add(list).middleware(Authorization)
