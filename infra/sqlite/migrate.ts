/**
 * Bringing a database that nothing else could bring back to the shape that this version expects, and back to an older
 * one. Each step is one transaction; what was done when is kept beside the data.
 */
import { Schema } from "effect"
import type { Sqlite } from "./open.ts"

/** One step. `down` undoes what `up` did to the tables; what only the newer version knew is lost with it. */
export interface Migration {
  readonly name: string
  readonly up: string | ((db: Sqlite) => void)
  readonly down: string
}

/** What was done to a database. `version` is the one it had afterwards, `at` is milliseconds since the epoch. */
export interface MigrationDone {
  readonly at: number
  readonly version: number
  readonly name: string
  readonly direction: "up" | "down"
}

/** A database was made by a newer version of Wadjet than this one. */
export class DatabaseTooNew extends Schema.TaggedError<DatabaseTooNew>()("DatabaseTooNew", {
  found: Schema.Int,
  newest: Schema.Int
}) {
  override get message(): string {
    return `expected a database of version ${this.newest} or older, found version ${this.found}; start the version of Wadjet that made it, or have that one take the database back`
  }
}

const history = `
  create table if not exists migration (
    at integer not null, -- milliseconds since the epoch
    version integer not null, -- that the database had afterwards
    name text not null,
    direction text not null check (direction in ('up', 'down'))
  ) strict
`

/** The version that a database is of; 0 where nothing was done to it yet. */
export const versionOf = (db: Sqlite): number => Number(db.pragma("user_version", { simple: true }))

const run = (db: Sqlite, step: Migration["up"]) => {
  if (typeof step === "string") db.exec(step)
  else step(db)
}

/** One step, or nothing where another process has done it meanwhile. */
const stepOnce = (db: Sqlite, migrations: ReadonlyArray<Migration>, to: number, now: number) => {
  const from = versionOf(db)
  if (from === to) return false
  const up = from < to
  const migration = migrations[up ? from : from - 1]!
  const version = up ? from + 1 : from - 1
  run(db, up ? migration.up : migration.down)
  db.exec(history)
  db.prepare("insert into migration (at, version, name, direction) values (?, ?, ?, ?)").run(
    now,
    version,
    migration.name,
    up ? "up" : "down"
  )
  db.pragma(`user_version = ${version}`)
  return true
}

/**
 * Takes a database to a version, the newest one if none is said. Throws `DatabaseTooNew`, and what SQLite throws;
 * then the step that failed has changed nothing, and those before it stand.
 *
 * @example migrate(db, [{ name: "keys", up: "create table key (…) strict", down: "drop table key" }], now)
 */
export const migrate = (
  db: Sqlite,
  migrations: ReadonlyArray<Migration>,
  now: number,
  to: number = migrations.length
): void => {
  const found = versionOf(db)
  if (found > migrations.length) throw new DatabaseTooNew({ found, newest: migrations.length })
  // One that is as it should be is not written to: another process may hold its lock, and need not be waited for.
  if (found === to) return
  const once = db.transaction(() => stepOnce(db, migrations, to, now))
  while (once.immediate()) continue
}

/** What was done to a database, the oldest first. */
export const historyOf = (db: Sqlite): ReadonlyArray<MigrationDone> => {
  db.exec(history)
  return db
    .prepare<[], MigrationDone>("select at, version, name, direction from migration order by rowid")
    .all()
}
