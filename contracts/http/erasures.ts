/** Being forgotten. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { ErasureSubject } from "../account.ts"
import { RequestErasure } from "../commands.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { refusals } from "./problems.ts"

const request = HttpApiEndpoint.post("request", "/v1/erasures", {
  payload: Schema.Struct({ subject: ErasureSubject }),
  success: RequestErasure.answer,
  error: refusals
}).annotate(NeedsRole, "owner")

export const erasures = HttpApiGroup.make("erasures").add(request).middleware(Authorization)
