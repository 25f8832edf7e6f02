/** Running something with the system of the data folder, whether it runs already or not. */
import { Effect } from "effect"
import { pinoLogger } from "../../infra/telemetry/logger.ts"
import type { ReadModels } from "../../projections/reader.ts"
import { Host } from "./host.ts"
import { type LogServices, reachSystem } from "./reach.ts"

/** Runs with its read models up to date, until it is done or the system stops. */
export const withSystem = <A, E, R>(run: Effect.Effect<A, E, R | LogServices | ReadModels>) =>
  Effect.gen(function* () {
    const config = yield* Host.config
    return yield* Effect.scoped(
      Effect.gen(function* () {
        const system = yield* reachSystem(config)
        return yield* Effect.raceFirst(Effect.provideContext(run, system.context), system.stopped)
      })
    ).pipe(Effect.provide(pinoLogger(config.logLevel)))
  })
