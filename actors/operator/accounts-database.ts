/** `accounts.db` as the command line finds it, whether the system runs or not. */
import { mkdirSync } from "node:fs"
import { join, resolve } from "node:path"
import { Effect } from "effect"
import { accountsFile, openAccounts } from "../admin/accounts.ts"
import { Host } from "./host.ts"
import { runningOn } from "./run-file.ts"
import { DataFolderUnusable } from "./system.ts"

/** Keys may be made before the first start: the folder is made then as well. */
export const accountsOf = Effect.gen(function* () {
  const config = yield* Host.config
  const dataFolder = resolve(config.dataFolder)
  yield* Effect.try({
    try: () => mkdirSync(dataFolder, { recursive: true, mode: 0o700 }),
    catch: (cause) => new DataFolderUnusable(dataFolder, cause)
  })
  return {
    accounts: yield* openAccounts(join(dataFolder, accountsFile)),
    /** Where browsers reach the page; undefined while nothing runs and no setting says so. */
    page: config.publicUrl ?? runningOn(dataFolder)?.httpUrl ?? undefined
  }
})

/** A day as it is printed. */
export const day = (millis: number | null): string =>
  millis === null ? "never" : new Date(millis).toISOString().slice(0, 10)
