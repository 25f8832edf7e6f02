/** How database files are, read through connections that write nothing. */
import { statSync } from "node:fs"
import Database from "better-sqlite3"
import type { Sqlite } from "../open.ts"
import type { DatabaseFile, DatabaseStatistics, LastMigration } from "./protocol.ts"

/** Bytes of a file, 0 where there is none. */
export const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** SQLite's number for `auto_vacuum=INCREMENTAL`. */
export const incrementalVacuum = 2

export const numberOf = (db: Sqlite, pragma: string): number => Number(db.pragma(pragma, { simple: true }))

/** A name within a statement. */
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

const tablesOf = (db: Sqlite): ReadonlyArray<string> =>
  db
    .prepare<[], string>(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name"
    )
    .pluck()
    .all()

const lastMigration = (db: Sqlite): LastMigration | null =>
  db.prepare<[], LastMigration>("select at, name from migration order by rowid desc limit 1").get() ?? null

/** The event that folds stand for, whether of read models or of an actor. */
export const standsFor = (db: Sqlite): number | null =>
  db.prepare<[], number>("select sequence from checkpoint").pluck().get() ?? null

const whole = (db: Sqlite): Omit<DatabaseStatistics, "name" | "bytes" | "walBytes" | "damaged"> => {
  const tables = tablesOf(db)
  const rows = (table: string) =>
    db
      .prepare<[], number>(`select count(*) from ${quoted(table)}`)
      .pluck()
      .get() ?? 0
  return {
    pageBytes: numberOf(db, "page_size"),
    pages: numberOf(db, "page_count"),
    freePages: numberOf(db, "freelist_count"),
    incremental: numberOf(db, "auto_vacuum") === incrementalVacuum,
    version: numberOf(db, "user_version"),
    migrated: tables.includes("migration") ? lastMigration(db) : null,
    standsFor: tables.includes("checkpoint") ? standsFor(db) : null,
    tables: tables.map((name) => ({ name, rows: rows(name) }))
  }
}

const nothing = {
  pageBytes: 0,
  pages: 0,
  freePages: 0,
  incremental: false,
  version: 0,
  migrated: null,
  standsFor: null,
  tables: []
} as const

const statisticsOfOne = ({ name, path }: DatabaseFile): DatabaseStatistics => {
  const sizes = { name, bytes: bytesOf(path), walBytes: bytesOf(`${path}-wal`) }
  try {
    const db = new Database(path, { readonly: true })
    try {
      // All numbers are of one moment.
      return { ...sizes, damaged: null, ...db.transaction(whole)(db) }
    } finally {
      db.close()
    }
  } catch (fault) {
    return { ...sizes, damaged: fault instanceof Error ? fault.message : String(fault), ...nothing }
  }
}

/** The statistics of each file; of one that cannot be read, why. */
export const statisticsOf = (files: ReadonlyArray<DatabaseFile>): ReadonlyArray<DatabaseStatistics> =>
  files.map(statisticsOfOne)
