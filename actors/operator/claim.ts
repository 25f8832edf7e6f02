/** One system on one data folder: whoever comes second is told who was first. */
import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { holdFolder } from "../../infra/nats-server/folder-lock.ts"
import { OperatorFailed } from "./failure.ts"
import { isHalfMoved } from "./restore/put-in-place.ts"
import { DataFolderUnusable } from "./system.ts"

const ownerOf = (lock: string): string => {
  try {
    return `process ${readFileSync(`${lock}.owner`, "utf8")}`
  } catch {
    return "another process"
  }
}

/** What was restored is not where it belongs: a log that is begun beside it would be mistaken for it. */
const halfMoved = (dataFolder: string) =>
  new OperatorFailed({
    what: `The data folder ${dataFolder} cannot be run on`,
    why: "a restore was cut off while it was put in its place",
    next: "Finish it with `wadjet restore`; it takes a moment."
  })

/** Holds a data folder that can be run on: see {@link holdDataFolder}. */
export const claimDataFolder = Effect.fn("claimDataFolder")(function* (dataFolder: string) {
  const lock = yield* holdDataFolder(dataFolder)
  if (isHalfMoved(dataFolder)) return yield* halfMoved(dataFolder)
  return lock
})

/** Makes the data folder and holds it until the scope closes. The lock is the kernel's, so it is never stale. */
export const holdDataFolder = Effect.fn("holdDataFolder")(function* (dataFolder: string) {
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
