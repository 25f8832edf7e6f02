/** Opening SQLite: one place that says how each kind of database is kept. */
import { mkdirSync } from "node:fs"
import { dirname } from "node:path"
import Database from "better-sqlite3"
import { Effect, Schema } from "effect"
import { isDamage } from "./storage-fault.ts"

export type Sqlite = Database.Database

/**
 * What a power cut may take from a database.
 * - `secrets`: nothing (`synchronous=FULL`), and what is deleted is overwritten. For keys, sessions, accounts.
 * - `derived`: the last moments (`synchronous=NORMAL`). For what the log brings back.
 */
export type Kept = "secrets" | "derived"

export class SqliteUnavailable extends Schema.TaggedError<SqliteUnavailable>()("SqliteUnavailable", {
  path: Schema.String,
  message: Schema.String,
  /** That the file is no database (any more). */
  damaged: Schema.Boolean
}) {}

/** How long a connection waits for another one's write lock. */
const busyTimeoutMillis = 5_000

const pragmas: Readonly<Record<Kept, ReadonlyArray<string>>> = {
  secrets: ["journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"],
  derived: [
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "temp_store=MEMORY",
    "foreign_keys=ON",
    "cache_size=-8000"
  ]
}

/** Opens a file and settles how it is kept; of one that turns out to be no database nothing stays open. */
const prepared = (db: Sqlite, settings: ReadonlyArray<string>): Sqlite => {
  try {
    for (const setting of settings) db.pragma(setting)
    return db
  } catch (cause) {
    db.close()
    throw cause
  }
}

const openNow = (path: string, kept: Kept): Sqlite => {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  return prepared(new Database(path, { timeout: busyTimeoutMillis }), pragmas[kept])
}

/** Opens a database for reading and writing, and closes it with the scope. `:memory:` is one of its own. */
export const openSqlite = Effect.fn("openSqlite")(function* (path: string, kept: Kept) {
  return yield* Effect.acquireRelease(
    Effect.try({
      try: () => openNow(path, kept),
      catch: (cause) =>
        new SqliteUnavailable({ path, message: unusable(path, cause), damaged: isDamage(cause) })
    }),
    (db) => Effect.sync(() => db.close())
  )
})

/**
 * What of a database file says that a log of changes lies beside it: 2, or 1 where none does. One in memory has none.
 *
 * @see https://www.sqlite.org/fileformat.html#file_format_version_numbers
 */
const logBytes = { from: 18, to: 20, none: 1 } as const

const openInMemory = (bytes: Buffer): Sqlite => {
  const copy = Buffer.from(bytes)
  copy.fill(logBytes.none, logBytes.from, logBytes.to)
  return prepared(new Database(copy), pragmas.secrets)
}

/** Opens a copy of a database, given as the bytes of its file: in memory, so that no disk ever has it. */
export const openSqliteCopy = Effect.fn("openSqliteCopy")(function* (bytes: Buffer) {
  return yield* Effect.acquireRelease(
    Effect.try({
      try: () => openInMemory(bytes),
      catch: (cause) =>
        new SqliteUnavailable({
          path: ":memory:",
          message: `expected the copy of a database, found: ${cause instanceof Error ? cause.message : String(cause)}`,
          damaged: true
        })
    }),
    (db) => Effect.sync(() => db.close())
  )
})

/** Opens a database that another connection writes. */
export const openSqliteReadOnly = Effect.fn("openSqliteReadOnly")(function* (path: string) {
  return yield* Effect.acquireRelease(
    Effect.try({
      try: () =>
        prepared(new Database(path, { readonly: true, timeout: busyTimeoutMillis }), [
          "temp_store=MEMORY",
          "cache_size=-4000"
        ]),
      catch: (cause) =>
        new SqliteUnavailable({ path, message: unusable(path, cause), damaged: isDamage(cause) })
    }),
    (db) => Effect.sync(() => db.close())
  )
})

const unusable = (path: string, cause: unknown): string =>
  `expected to open the database ${path}, found: ${cause instanceof Error ? cause.message : String(cause)}; ` +
  "check that the folder exists, belongs to this user and that its disk has room"
