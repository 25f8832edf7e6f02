/** Alive, ready, metrics, and the description of the API. */
import { Effect } from "effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as OpenApi from "effect/http-api/OpenApi"
import { api } from "../../../contracts/http/api.ts"
import { type HealthReport, NotReady } from "../../../contracts/http/system.ts"
import { registry } from "../../../infra/telemetry/metrics.ts"

export const probes = (health: Effect.Effect<HealthReport>) =>
  HttpApiBuilder.group(api, "probes", (handlers) =>
    handlers.handleAll({
      health: () => Effect.succeed({ status: "alive" as const }),
      readiness: () =>
        Effect.flatMap(health, (report) => (report.ready ? Effect.succeed(report) : new NotReady(report)))
    })
  )

export const system = HttpApiBuilder.group(api, "system", (handlers) =>
  handlers.handleAll({
    metrics: () =>
      Effect.map(
        Effect.promise(() => registry.metrics()),
        (text) => HttpServerResponse.text(text, { contentType: registry.contentType })
      ),
    openApi: () => Effect.sync(() => OpenApi.fromApi(api))
  })
)
