/** Alive, ready, metrics, and the description of the API. */
import { Effect } from "effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { api } from "../../../contracts/http/api.ts"
import { openApiDocument } from "../../../contracts/http/open-api.ts"
import { type HealthReport, NotReady } from "../../../contracts/http/system.ts"
import { metrics, registry } from "../../../infra/telemetry/metrics.ts"
import { projectorName } from "../../../projections/parked.ts"
import { ReadModels } from "../../../projections/reader.ts"
import { type EndOfLog, eventsBehind } from "../end-of-log.ts"

/** Whoever collects metrics waits some seconds for all of them. */
const endOfLogSeconds = 1

export const probes = (health: Effect.Effect<HealthReport>) =>
  HttpApiBuilder.group(api, "probes", (handlers) =>
    handlers.handleAll({
      health: () => Effect.succeed({ status: "alive" as const }),
      readiness: () =>
        Effect.flatMap(health, (report) => (report.ready ? Effect.succeed(report) : new NotReady(report)))
    })
  )

/** Counted where all of them are known, whoever parked them and whichever process has been started since. */
const countParked = Effect.map(ReadModels, (models) => {
  metrics.parked.reset()
  for (const { actor, count } of models.parked.counts()) metrics.parked.set({ actor }, count)
})

/** A grade of what all processes did, counted where all of it is known. */
const grade = Effect.map(ReadModels, (models) => {
  const { flaggedBefore, fromList, fromMessage, fromMessageListedLater, listedLater } = models.quality()
  const { malicious, suspicious } = flaggedBefore
  const levels = { benign: listedLater - suspicious - malicious, suspicious, malicious }
  for (const [level, count] of Object.entries(levels)) metrics.listedLater.set({ level }, count)
  const times = { message: fromMessage, "message-listed-later": fromMessageListedLater, list: fromList }
  for (const [from, { p50, p95 }] of Object.entries(times)) {
    if (p50 !== null) metrics.warnedAfter.set({ from, quantile: "0.5" }, p50)
    if (p95 !== null) metrics.warnedAfter.set({ from, quantile: "0.95" }, p95)
  }
})

/** Places for backups, by what the log says of them. */
const gradeBackups = Effect.map(ReadModels, (models) => {
  for (const { failing, goodAt, newestPointAt, place, problems } of models.backups()) {
    metrics.backupVerified.set({ place }, (goodAt ?? 0) / 1_000)
    metrics.backupPoint.set({ place }, (newestPointAt ?? 0) / 1_000)
    metrics.backupProblems.set({ place }, problems.length + failing.length)
  }
})

/** Read models, by what the last comparison with the log said of them. */
const gradeProjections = Effect.map(ReadModels, (models) => {
  const check = models.lastCheck()
  metrics.projectionsChecked.set((check?.at ?? 0) / 1_000)
  metrics.drifted.reset()
  for (const { model } of check?.drifted ?? []) metrics.drifted.set({ model }, 1)
})

/** How far the read models are behind the log; where that does not answer, what was known before stays. */
const gradeLag = (endOfLog: EndOfLog) =>
  Effect.gen(function* () {
    const { position } = yield* ReadModels
    const end = yield* Effect.timeout(endOfLog, `${endOfLogSeconds} seconds`)
    metrics.lag.set({ actor: projectorName }, eventsBehind(end, position()))
  }).pipe(Effect.ignore)

export const system = (endOfLog: EndOfLog) =>
  HttpApiBuilder.group(api, "system", (handlers) =>
    handlers.handleAll({
      metrics: () =>
        countParked.pipe(
          Effect.andThen(grade),
          Effect.andThen(gradeBackups),
          Effect.andThen(gradeProjections),
          Effect.andThen(gradeLag(endOfLog)),
          Effect.andThen(Effect.promise(() => registry.metrics())),
          Effect.map((text) => HttpServerResponse.text(text, { contentType: registry.contentType }))
        ),
      openApi: () => Effect.sync(openApiDocument)
    })
  )
