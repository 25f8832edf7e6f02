/** Inputs that an actor could not handle, and what a person decides about them. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { Placed } from "../command.ts"
import { EpochMillis } from "../ids.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { pageOf, paging } from "./lists.ts"
import { Behind, refusals, Unavailable } from "./problems.ts"

const { NullOr } = Schema

export const ParkedInput = Schema.Struct({
  cursor: Schema.Int,
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
  query: {
    actor: Schema.optionalKey(Schema.NonEmptyString),
    decided: Schema.optionalKey(
      Schema.Literals(["true", "false"]).annotate({ description: "With `true`, what was decided too." })
    ),
    ...paging
  },
  success: pageOf(ParkedInput),
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
