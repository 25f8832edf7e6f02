/** Inputs that an actor could not handle, and what a person decides about them. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { Placed } from "../command.ts"
import { EpochMillis } from "../ids.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { after } from "./lists.ts"
import { Behind, refusals, Unavailable } from "./problems.ts"

const { NullOr } = Schema

export const ParkedInput = Schema.Struct({
  actor: Schema.String,
  sequence: Schema.Int,
  event: Schema.String,
  boundary: Schema.String,
  reason: Schema.String,
  attempts: Schema.Int,
  at: EpochMillis,
  decision: NullOr(Schema.Literals(["retry", "drop"])),
  decidedBy: NullOr(Schema.String),
  decidedAt: NullOr(EpochMillis)
})

const list = HttpApiEndpoint.get("list", "/v1/parked", {
  query: { decided: Schema.optionalKey(Schema.Literals(["true", "false"])), ...after },
  success: Schema.Struct({ items: Schema.Array(ParkedInput) }),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

const input = { actor: Schema.String, sequence: Schema.Int }

const retry = HttpApiEndpoint.post("retry", "/v1/parked/:actor/:sequence/retry", {
  params: input,
  success: Placed,
  error: refusals
}).annotate(NeedsRole, "operator")

const drop = HttpApiEndpoint.post("drop", "/v1/parked/:actor/:sequence/drop", {
  params: input,
  success: Placed,
  error: refusals
}).annotate(NeedsRole, "operator")

export const parked = HttpApiGroup.make("parked").add(list, retry, drop).middleware(Authorization)
