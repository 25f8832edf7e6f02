/** One system on one data folder: whoever comes second is told who was first. */
import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { holdFolder } from "../../infra/nats-server/folder-lock.ts"
import { OperatorFailed } from "./failure.ts"
import { clearScratches } from "../backup/verify/scratch.ts"
import {
  clearStage,
  dropAsideStores,
  halfMoved,
  type Making,
  makings,
  ofMend,
  ofRestore
} from "./restore/put-in-place.ts"
import { DataFolderUnusable } from "./system.ts"

const ownerOf = (lock: string): string => {
  try {
    return `process ${readFileSync(`${lock}.owner`, "utf8")}`
  } catch {
    return "another process"
  }
}

const cutOffWords = (making: Making) => {
  const next = (command: string) => `Finish it with \`wadjet ${command}\`; it takes a moment.`
  if (making === ofRestore)
    return { why: "a restore was cut off while it was put in its place", next: next("restore") }
  return making === ofMend
    ? { why: "mending the log was cut off while the whole one was put in its place", next: next("mend") }
    : { why: "archiving was cut off while the new store was put in its place", next: next("archive") }
}

/** What was made is not where it belongs: a log that is begun beside it would be mistaken for it. */
export const cutOff = (dataFolder: string, making: Making) =>
  new OperatorFailed({
    what: `The data folder ${dataFolder} cannot be run on`,
    ...cutOffWords(making)
  })

/** What a command that was killed left in a data folder, whoever of them it was. */
const clearLeftBehind = Effect.fn("clearLeftBehind")(function* (dataFolder: string) {
  for (const making of makings) yield* clearStage(dataFolder, making)
  dropAsideStores(dataFolder)
  yield* clearScratches(dataFolder)
})

/** Holds a data folder that can be run on, without what killed commands left in it: see {@link holdDataFolder}. */
export const claimDataFolder = Effect.fn("claimDataFolder")(function* (dataFolder: string) {
  const lock = yield* holdDataFolder(dataFolder)
  const half = halfMoved(dataFolder)
  if (half !== undefined) return yield* cutOff(dataFolder, half)
  yield* clearLeftBehind(dataFolder)
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
