/** The read models themselves: how far they are, whether they are what the log makes of them, and making them anew. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { Placed } from "../command.ts"
import { EpochMillis } from "../ids.ts"
import { ProjectionsStatus } from "../projection-commands.ts"
import { DriftedTable } from "../projection.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { refusals } from "./problems.ts"

const { Int, NullOr } = Schema

/** The last comparison with a second fold of the log, up to `upTo`. */
export const Check = Schema.Struct({
  sequence: Int,
  upTo: Int,
  at: EpochMillis,
  seconds: Schema.Finite,
  drifted: Schema.Array(DriftedTable),
  by: NullOr(Schema.String)
})

const status = HttpApiEndpoint.get("status", "/v1/projections", {
  success: Schema.Struct({
    ...ProjectionsStatus.answer.fields,
    check: NullOr(Check),
    /** Moments of the past that are being folded because somebody asked about them, or wait for it. */
    past: Schema.Array(Schema.Struct({ sequence: Int, done: Int }))
  }),
  error: refusals
}).annotate(NeedsRole, "viewer")

const acting = <const Name extends string>(name: Name) =>
  HttpApiEndpoint.post(name, `/v1/projections/${name}`, { success: Placed, error: refusals }).annotate(
    NeedsRole,
    "operator"
  )

export const projections = HttpApiGroup.make("projections")
  .add(status, acting("check"), acting("rebuild"), acting("back"))
  .middleware(Authorization)
