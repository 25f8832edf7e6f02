/** `--as-of`: read models as they stood, folded for as long as a command looks at them. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { Context, Effect, Layer, Option } from "effect"
import type { Config } from "../../infra/config/settings.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { openSqliteReadOnly } from "../../infra/sqlite/open.ts"
import { pinoLogger } from "../../infra/telemetry/logger.ts"
import { readModels } from "../../projections/catalogue.ts"
import { discard } from "../../projections/database.ts"
import { locationIn } from "../../projections/location.ts"
import { foldPast } from "../../projections/past/fold-past.ts"
import { sequenceAt } from "../../projections/past/moment.ts"
import type { Position } from "../../projections/projector.ts"
import { queriesOn, ReadModels } from "../../projections/reader.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { type LogPlace, placeOf } from "./log-place.ts"
import { Output } from "./output.ts"
import { progressBar } from "./progress.ts"
import { openLog } from "./reach.ts"
import { withSystem } from "./with-system.ts"

/** The event that a place stands for. */
const sequenceOf = Effect.fnUntraced(function* (place: LogPlace) {
  if ("time" in place) return yield* sequenceAt(place.time)
  const last = yield* Effect.flatMap(EventLog, (log) => log.last)
  if (place.sequence <= last) return place.sequence
  return yield* new OperatorFailed({
    what: `There is no event ${place.sequence} yet`,
    why: `the log ends at ${last}`,
    next: `Give --as-of an event up to ${last}, or a time.`,
    exit: "usage"
  })
})

/**
 * The read models of a data folder as they stood at a place in the log, and its keyring: words that were forgotten since
 * then stay forgotten. Their file is gone with the scope.
 */
export const openPastModels = Effect.fn("openPastModels")(function* (config: Config, place: LogPlace) {
  const output = yield* Output
  const { pid } = yield* Host
  const { context, dataFolder, running } = yield* openLog(config)
  const { aside, database, folder } = locationIn(dataFolder)
  const file = join(folder, `as-of-${pid}.db`)
  const runSync = Effect.runSyncWith(yield* Effect.context<never>())
  yield* Effect.addFinalizer(() => Effect.sync(() => discard(file)))
  const upTo = yield* Effect.provideContext(sequenceOf(place), context)
  const onCommit = ({ sequence }: Position) => runSync(output.status(progressBar(sequence, upTo, "events")))
  yield* Effect.sync(() => mkdirSync(folder, { recursive: true, mode: 0o700 }))
  yield* foldPast({
    dataFolder,
    file,
    until: upTo,
    kept: [database, aside],
    models: readModels,
    onCommit
  }).pipe(Effect.provideContext(context))
  yield* output.status("")
  const db = yield* openSqliteReadOnly(file)
  const keyring = Context.get(context, Keyring)
  const queries = queriesOn(db, keyring)
  return { dataFolder, db, keyring, queries, upTo, running: running !== undefined }
})

/** Runs with the read models of now, or as they stood where a place is named. */
export const withModels = Effect.fn("withModels")(function* <A, E, R>(
  asOf: Option.Option<string>,
  run: Effect.Effect<A, E, R | ReadModels>
) {
  const place = yield* placeOf("as-of", asOf)
  if (place === undefined) return yield* withSystem(run)
  const config = yield* Host.config
  return yield* Effect.flatMap(openPastModels(config, place), ({ queries }) =>
    Effect.provide(run, Layer.succeed(ReadModels, { ...queries, after: () => Effect.void }))
  ).pipe(Effect.scoped, Effect.provide(pinoLogger(config.logLevel)))
})
