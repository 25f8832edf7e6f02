/** The read models of a data folder as they are, for commands that only look: nothing is started, nothing is written. */
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { Context, Effect, Layer } from "effect"
import type { Config } from "../../infra/config/settings.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { openSqliteReadOnly, type Sqlite } from "../../infra/sqlite/open.ts"
import { readModels } from "../../projections/catalogue.ts"
import { locationIn } from "../../projections/location.ts"
import { fingerprintOf } from "../../projections/read-model.ts"
import { queriesOn } from "../../projections/reader.ts"
import { OperatorFailed } from "./failure.ts"
import { runningOn } from "./run-file.ts"

const nothingThere = (dataFolder: string, why: string) =>
  new OperatorFailed({
    what: `There is nothing to look up in ${dataFolder}`,
    why,
    next: "Start it with `wadjet run`, or set WADJET_DATA to the folder that it runs on.",
    exit: "unreachable"
  })

interface Standing {
  readonly sequence: number
  readonly models: string
}

const standingOf = (db: Sqlite) =>
  Effect.try(() => db.prepare<[], Standing>("select sequence, models from checkpoint").get()).pipe(
    Effect.orElseSucceed(() => undefined)
  )

/**
 * The read models and the keyring of a data folder, whether a system runs on it or not. `upTo` is the event that they
 * stand for: while nothing runs, the log may hold a few more.
 */
export const openModels = Effect.fn("openModels")(function* (config: Config) {
  const dataFolder = resolve(config.dataFolder)
  const { database } = locationIn(dataFolder)
  const keys = join(dataFolder, "keyring.db")
  if (!existsSync(database) || !existsSync(keys))
    return yield* nothingThere(dataFolder, "Wadjet has not run on this data folder")
  const db = yield* openSqliteReadOnly(database)
  const standing = yield* standingOf(db)
  if (standing?.models !== fingerprintOf(readModels))
    return yield* nothingThere(
      dataFolder,
      "its read models are of another version, and are folded anew when it starts"
    )
  const keyring = Context.get(yield* Layer.build(sqliteKeyring(keys)), Keyring)
  return {
    dataFolder,
    db,
    keyring,
    queries: queriesOn(db, keyring),
    upTo: standing.sequence,
    running: runningOn(dataFolder) !== undefined
  }
})

export type OpenedModels = Effect.Success<ReturnType<typeof openModels>>
