import { readFileSync, writeFileSync } from "node:fs"
import Database from "better-sqlite3"
import { Effect } from "effect"
import { folderUnusable, NatsServerFailed } from "./errors.ts"

/**
 * Holds a data folder's server for this process until the scope closes. The lock is SQLite's lock on a file,
 * which the kernel gives back however the process ends, so it is never stale; a pid in a file can be.
 */
export const holdFolder = Effect.fn("holdFolder")(function* (path: string) {
  const ownerFile = `${path}.owner`
  return yield* Effect.acquireRelease(
    Effect.try({
      try: () => {
        const database = new Database(path, { timeout: 0 })
        try {
          database.exec("BEGIN EXCLUSIVE")
          writeFileSync(ownerFile, String(process.pid))
          return database
        } catch (error) {
          database.close()
          throw error
        }
      },
      catch: (error) => refusal(path, ownerFile, error)
    }),
    (database) => Effect.sync(() => database.close())
  )
})

const refusal = (path: string, ownerFile: string, error: unknown): NatsServerFailed => {
  if (error instanceof Database.SqliteError && error.code === "SQLITE_BUSY") {
    return new NatsServerFailed({
      reason: "data-folder-in-use",
      expected: "this data folder to be free",
      found: `that process ${ownerIn(ownerFile)} runs its nats-server (${path})`,
      next: "Stop that process, or give this one its own folder (WADJET_DATA) or that one's NATS (WADJET_NATS_URL)."
    })
  }
  return folderUnusable(path, error)
}

const ownerIn = (ownerFile: string): string => {
  try {
    return readFileSync(ownerFile, "utf8")
  } catch {
    return "unknown"
  }
}
