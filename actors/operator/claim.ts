/** One system on one data folder: whoever comes second is told who was first. */
import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { holdFolder } from "../../infra/nats-server/folder-lock.ts"
import { OperatorFailed } from "./failure.ts"
import { DataFolderUnusable } from "./system.ts"

const ownerOf = (lock: string): string => {
  try {
    return `process ${readFileSync(`${lock}.owner`, "utf8")}`
  } catch {
    return "another process"
  }
}

/** Makes the data folder and holds it until the scope closes. The lock is the kernel's, so it is never stale. */
export const claimDataFolder = Effect.fn("claimDataFolder")(function* (dataFolder: string) {
  const lock = join(dataFolder, "run.lock")
  yield* Effect.try({
    try: () => mkdirSync(dataFolder, { recursive: true, mode: 0o700 }),
    catch: (cause) => new DataFolderUnusable(dataFolder, cause)
  })
  return yield* Effect.mapError(holdFolder(lock), (failure) =>
    failure.reason === "data-folder-in-use" ? inUse(dataFolder, lock) : failure
  )
})

const inUse = (dataFolder: string, lock: string) =>
  new OperatorFailed({
    what: `The data folder ${dataFolder} is in use`,
    why: `${ownerOf(lock)} runs Wadjet on it`,
    next: "Stop that one first (Ctrl-C, or kill with its number), or set WADJET_DATA to another folder."
  })
