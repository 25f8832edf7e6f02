/**
 * Folders in which what a place holds is made anew to see that it is good. Who checks holds a lock that the kernel
 * gives back however the process ends: what nobody holds is of a check that was killed, and is deleted by whoever
 * comes next. Keys are never in it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { Effect, Schema } from "effect"
import { holdFolder } from "../../../infra/nats-server/folder-lock.ts"
import { endServersIn } from "../../../infra/nats-server/leftover.ts"

/** Somebody else checks the same place at this moment. */
export class CheckedAlready extends Schema.TaggedError<CheckedAlready>()("CheckedAlready", {
  message: Schema.String
}) {}

const prefix = "verify-"
const lockOf = (folder: string) => `${folder}.lock`

const scratchesIn = (dataFolder: string) => join(dataFolder, "backup")

/** Where a place is checked. */
export const scratchOf = (dataFolder: string, place: string): string =>
  join(scratchesIn(dataFolder), prefix + place)

const ownerOf = (folder: string): string => {
  try {
    return `process ${readFileSync(`${lockOf(folder)}.owner`, "utf8")}`
  } catch {
    return "another process"
  }
}

/** Deletes what a check left, and ends its server, which would write there for ever. */
const clear = Effect.fnUntraced(function* (folder: string) {
  yield* endServersIn(folder)
  yield* Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
})

/** Makes an empty folder, which is gone with the scope. Fails where the same one is in use. */
export const holdScratch = Effect.fn("holdScratch")(function* (folder: string) {
  yield* Effect.sync(() => mkdirSync(dirname(folder), { recursive: true, mode: 0o700 }))
  yield* Effect.mapError(holdFolder(lockOf(folder)), (failure) =>
    failure.reason === "data-folder-in-use"
      ? new CheckedAlready({
          message: `expected nobody to check ${basename(folder).slice(prefix.length)} now, found ${ownerOf(folder)} at it; wait until that is done`
        })
      : failure
  )
  yield* clear(folder)
  yield* Effect.acquireRelease(
    Effect.sync(() => mkdirSync(folder, { mode: 0o700 })),
    () => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
})

/** Clears away what checks left that were killed; one that is under way stays. */
export const clearScratches = Effect.fn("clearScratches")(function* (dataFolder: string) {
  const all = scratchesIn(dataFolder)
  if (!existsSync(all)) return
  const left = readdirSync(all, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && entry.name.startsWith(prefix)
  )
  for (const { name } of left) {
    const folder = join(all, name)
    yield* Effect.andThen(holdFolder(lockOf(folder)), clear(folder)).pipe(Effect.scoped, Effect.ignore)
  }
})
