/** The data folder: who may read it, whether it can be written, and whether the keys in it can be read. */
import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { openSqliteReadOnly } from "../../../infra/sqlite/open.ts"
import { locationIn } from "../../../projections/location.ts"
import { counted } from "../words.ts"
import { check, type Check, fail, ok, warn } from "./finding.ts"
import { nearestExisting } from "./nearest.ts"

const othersMayRead = 0o077

const canWrite = (path: string): boolean => {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

const folder = check("data folder", ({ dataFolder }) =>
  Effect.sync(() => {
    const stat = statSync(dataFolder, { throwIfNoEntry: false })
    const elsewhere = "Set WADJET_DATA to another folder, or mend its permissions (chown -R, chmod 700)."
    if (stat === undefined) {
      const parent = nearestExisting(dataFolder)
      return canWrite(parent)
        ? ok(`${dataFolder} will be made at the first start`)
        : fail(`${dataFolder} cannot be made: ${parent} cannot be written`, elsewhere)
    }
    if (!stat.isDirectory()) return fail(`${dataFolder} is a file`, elsewhere)
    if (!canWrite(dataFolder)) return fail(`${dataFolder} cannot be written by this user`, elsewhere)
    const foreign = readdirSync(dataFolder).filter(
      (name) => statSync(join(dataFolder, name), { throwIfNoEntry: false })?.uid !== stat.uid
    )
    if (foreign.length > 0)
      return warn(
        `${foreign.slice(0, 3).join(", ")} in ${dataFolder} belong to somebody else`,
        "Give them to the user that runs Wadjet (chown -R)."
      )
    if ((stat.mode & othersMayRead) !== 0)
      return warn(
        `${dataFolder} can be entered by others (mode ${(stat.mode & 0o777).toString(8)}), and keys are in it`,
        `Run chmod 700 ${dataFolder}`
      )
    return ok(dataFolder)
  })
)

const restore =
  "Stop Wadjet, keep the folder, and bring the file back from a backup: without it, sealed words cannot be read."

const keyring = check(
  "keyring",
  ({ dataFolder }) => {
    const path = join(dataFolder, "keyring.db")
    if (!existsSync(path)) return Effect.succeed(ok("will be made at the first start"))
    return Effect.scoped(
      Effect.gen(function* () {
        const db = yield* openSqliteReadOnly(path)
        const state = db.pragma("quick_check(1)", { simple: true })
        if (state !== "ok") return fail(`it is damaged: ${String(state)}`, restore)
        const count = db.prepare<[], number>("select count(*) from data_key").pluck().get() ?? 0
        return ok(`${counted(count, "key")}, readable`)
      })
    )
  },
  restore
)

const models = check(
  "read models",
  ({ dataFolder }) => {
    const { database } = locationIn(dataFolder)
    if (!existsSync(database)) return Effect.succeed(ok("will be made at the first start"))
    return Effect.scoped(
      Effect.gen(function* () {
        const db = yield* openSqliteReadOnly(database)
        const sequence = db.prepare<[], number>("select sequence from checkpoint").pluck().get() ?? 0
        const parked = db
          .prepare<[], number>(
            "select (select count(*) from parked where decision is null) + (select count(*) from projector_parked)"
          )
          .pluck()
          .get()
        if (parked !== undefined && parked > 0)
          return warn(
            `${counted(parked, "input")} wait for a person's decision`,
            "`wadjet parked list` shows them."
          )
        return ok(`they stand for event ${sequence}`)
      })
    )
  },
  "Run `wadjet rebuild`: the log brings them back."
)

export const dataChecks: ReadonlyArray<Check> = [folder, keyring, models]
