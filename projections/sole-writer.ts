/** One writer of the read models at a time: two would fold every event twice, or into a file nobody reads. */
import { mkdirSync } from "node:fs"
import Database from "better-sqlite3"
import { Effect } from "effect"
import { ProjectorFailed } from "./failure.ts"
import type { Location } from "./location.ts"

const take = ({ folder, lock }: Location) => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const held = new Database(lock, { timeout: 0 })
  try {
    held.exec("begin exclusive")
    return held
  } catch (cause) {
    held.close()
    throw cause
  }
}

/**
 * Holds the read models of a data folder until the scope closes. The lock is SQLite's own on a file, which
 * the kernel gives back however a process ends, so that it is never stale.
 */
export const beSoleWriter = Effect.fn("beSoleWriter")(function* (location: Location) {
  yield* Effect.acquireRelease(
    Effect.try({
      try: () => take(location),
      catch: (cause) =>
        cause instanceof Database.SqliteError && cause.code === "SQLITE_BUSY"
          ? new ProjectorFailed({
              reason: "taken",
              message: `expected to be the only writer of ${location.database}, found another projector or rebuild at work; stop that one first`
            })
          : new ProjectorFailed({
              reason: "database",
              message: `expected to write in ${location.folder}, found: ${String(cause)}; check that it belongs to this user and that its disk has room`
            })
    }),
    (held) => Effect.sync(() => held.close())
  )
})
