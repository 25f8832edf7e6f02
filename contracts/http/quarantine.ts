/** What a restore left open, and what a person decides about it. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { Placed } from "../command.ts"
import { JobId, OutboxId } from "../ids.ts"
import {
  HeldJob,
  HeldMessage,
  ListHeldMessages,
  QuarantineDecision,
  quarantinePageMax
} from "../quarantine.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { refusals, Unavailable } from "./problems.ts"

const list = HttpApiEndpoint.get("list", "/v1/quarantine", {
  query: { afterMessage: Schema.optionalKey(OutboxId), afterJob: Schema.optionalKey(JobId) },
  success: Schema.Struct({
    /** The restore whose quarantine is open; null where none is. */
    restored: ListHeldMessages.answer.fields.restored,
    messages: Schema.Array(HeldMessage),
    jobs: Schema.Array(HeldJob),
    /** Where to go on; null after the last. */
    nextMessage: Schema.NullOr(OutboxId),
    nextJob: Schema.NullOr(JobId)
  }),
  error: [...refusals, Unavailable]
}).annotate(NeedsRole, "viewer")

const some = <S extends Schema.Codec<string>>(id: S) =>
  Schema.Array(id).pipe(Schema.check(Schema.isMaxLength(quarantinePageMax)))

const decide = HttpApiEndpoint.post("decide", "/v1/quarantine/decide", {
  payload: Schema.Struct({
    decision: QuarantineDecision,
    messages: some(OutboxId),
    jobs: some(JobId)
  }),
  success: Schema.Struct({ decided: Schema.Int }),
  error: refusals
}).annotate(NeedsRole, "operator")

/** Refused while a message waits for a decision. */
const end = HttpApiEndpoint.post("end", "/v1/quarantine/end", {
  success: Placed,
  error: refusals
}).annotate(NeedsRole, "operator")

export const quarantine = HttpApiGroup.make("quarantine").add(list, decide, end).middleware(Authorization)
