/** Opening a database that no log brings back, in the shape that this version of Wadjet expects. */
import { Clock, Effect } from "effect"
import { migrate, type Migration } from "./migrate.ts"
import { type Kept, openSqlite, SqliteUnavailable } from "./open.ts"
import { isDamage } from "./storage-fault.ts"

/**
 * Opens it with the scope, and takes it to the newest of its steps. Fails with `SqliteUnavailable`, in words, also
 * where a newer version made it: then nothing in it is touched.
 *
 * @example const db = yield* openVersioned(join(dataFolder, "sources.db"), "derived", quotaMigrations)
 */
export const openVersioned = Effect.fn("openVersioned")(function* (
  path: string,
  kept: Kept,
  migrations: ReadonlyArray<Migration>
) {
  const db = yield* openSqlite(path, kept)
  const now = yield* Clock.currentTimeMillis
  yield* Effect.try({
    try: () => migrate(db, migrations, now),
    catch: (cause) =>
      new SqliteUnavailable({
        path,
        damaged: isDamage(cause),
        message: `${path}: ${cause instanceof Error ? cause.message : String(cause)}`
      })
  })
  return db
})
