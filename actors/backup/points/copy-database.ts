/**
 * A copy of a database that is being written, as it stands at one moment, by SQLite's own way of copying. Nobody who
 * writes waits for it.
 *
 * @see https://www.sqlite.org/backup.html
 */
import { rmSync } from "node:fs"
import { basename, dirname } from "node:path"
import { Effect } from "effect"
import { ensureRoom } from "../../../infra/disk/room.ts"
import { databaseBytes } from "../../../infra/sqlite/database-bytes.ts"
import { openSqliteReadOnly, SqliteUnavailable } from "../../../infra/sqlite/open.ts"

const remove = (path: string) => {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(path + suffix, { force: true })
}

/** Pages copied before others get their turn: under a millisecond. */
const pagesPerStep = 200

/**
 * Copies the database at `from` to `to`, a file that is not there yet and is gone with the scope. What is written
 * meanwhile is not in it: the reader's own transaction keeps the moment, so that the copying never has to begin again.
 * Fails with `NoRoom` where it would leave too little of the disk.
 */
export const copyDatabase = Effect.fn("copyDatabase")(function* (from: string, to: string) {
  const db = yield* openSqliteReadOnly(from)
  yield* Effect.acquireRelease(
    Effect.sync(() => remove(to)),
    () => Effect.sync(() => remove(to))
  )
  yield* ensureRoom(dirname(to), databaseBytes(from), `copy ${basename(from)}`)
  yield* Effect.tryPromise({
    try: async () => {
      db.exec("begin")
      try {
        // The transaction has its moment from the first time that it looks.
        db.prepare("select count(*) from sqlite_schema").get()
        await db.backup(to, { progress: () => pagesPerStep })
      } finally {
        db.exec("commit")
      }
    },
    catch: (cause) =>
      new SqliteUnavailable({
        path: from,
        message: `expected to copy the database ${from}, found: ${cause instanceof Error ? cause.message : String(cause)}; check the disk`,
        damaged: false
      })
  })
})
