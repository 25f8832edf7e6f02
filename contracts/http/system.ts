/** Whether it lives, whether it is ready, and what it counts. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { Authorization, NeedsRole } from "./access.ts"

/** One thing that has to hold for Wadjet to do its work. */
export const HealthCheck = Schema.Struct({
  name: Schema.String,
  ok: Schema.Boolean,
  /** What was found, in a sentence. */
  detail: Schema.optionalKey(Schema.String)
})
export type HealthCheck = typeof HealthCheck.Type

/** Ready is when all checks hold. */
export const HealthReport = Schema.Struct({ ready: Schema.Boolean, checks: Schema.Array(HealthCheck) })
export type HealthReport = typeof HealthReport.Type

/** `503` with the same report, so that a load balancer understands the status and a person the rest. */
export class NotReady extends Schema.TaggedError<NotReady>()(
  "NotReady",
  { ...HealthReport.fields },
  { httpApiStatus: 503 }
) {}

const health = HttpApiEndpoint.get("health", "/healthz", {
  success: Schema.Struct({ status: Schema.Literal("alive") })
})

const readiness = HttpApiEndpoint.get("readiness", "/readyz", { success: HealthReport, error: NotReady })

/** Open to whoever can reach the port: they say that there is a Wadjet, and nothing about its chats. */
export const probes = HttpApiGroup.make("probes").add(health, readiness)

const metrics = HttpApiEndpoint.get("metrics", "/metrics", {
  success: Schema.String.pipe(
    HttpApiSchema.asText({ contentType: "text/plain; version=0.0.4; charset=utf-8" })
  )
}).annotate(NeedsRole, "viewer")

const openApi = HttpApiEndpoint.get("openApi", "/v1/openapi.json", { success: Schema.Unknown }).annotate(
  NeedsRole,
  "viewer"
)

/** Metrics for Prometheus, and the description of this API. */
export const system = HttpApiGroup.make("system").add(metrics, openApi).middleware(Authorization)
