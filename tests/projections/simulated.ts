/** A simulated log with facts in it, and read models in a folder that is gone with the scope. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Layer } from "effect"
import type { AnyFact } from "../../contracts/catalogue.ts"
import { type Entry, EventLog, type EventLogService } from "../../infra/event-log/event-log.ts"
import { simulatedLog } from "../../infra/event-log/simulated-log.ts"
import { makeSimulatedStore, type SimulatedStore } from "../../infra/event-log/simulated-store.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { readModels } from "../../projections/catalogue.ts"
import { openReadModels } from "../../projections/database.ts"
import { digest } from "../../projections/digest.ts"
import { locationIn } from "../../projections/location.ts"
import { project, type Projecting } from "../../projections/projector.ts"
import type { ReadModel } from "../../projections/read-model.ts"

export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-read-model-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

/** The log on a store, and the keyring it seals with. */
export const simulated = (store: SimulatedStore = makeSimulatedStore()) =>
  Layer.provideMerge(simulatedLog({ store }), sqliteKeyring(":memory:"))

export const append = Effect.fnUntraced(function* (facts: ReadonlyArray<AnyFact>) {
  const log = yield* EventLog
  const from = yield* log.last
  for (const [index, fact] of facts.entries()) {
    const entry: Entry = { fact, id: `event-${from + index + 1}` }
    yield* log.append([entry], { actor: "test" })
  }
  return from + facts.length
})

/** Opens the read models of a folder, folds up to a sequence, and closes them. Answers with what they hold then. */
export const foldTo = (
  folder: string,
  until: number,
  options: {
    readonly models?: ReadonlyArray<ReadModel>
    readonly mode?: Projecting["mode"]
    readonly log?: EventLogService
  } = {}
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const models = options.models ?? readModels
      const log = options.log ?? (yield* EventLog)
      const database = yield* openReadModels(locationIn(folder).database, log.generation, models)
      const from = database.checkpoint().sequence
      const commits: Array<number> = []
      const failure = yield* project({
        log,
        database,
        models,
        mode: options.mode ?? "live",
        until,
        onCommit: ({ sequence }) => commits.push(sequence)
      }).pipe(
        Effect.as(undefined),
        Effect.catchTag("ProjectorFailed", (failed) => Effect.succeed(failed))
      )
      return {
        from,
        commits,
        failure,
        checkpoint: database.checkpoint(),
        digest: digest(database.db, models),
        parked: database.db
          .prepare<[], { sequence: number; reason: string }>("select sequence, reason from projector_parked")
          .all(),
        rows: Object.fromEntries(
          models.flatMap(({ tables }) =>
            tables.map(({ name }) => [
              name,
              database.db.prepare(`select count(*) from ${name}`).pluck().get() as number
            ])
          )
        )
      }
    })
  )
