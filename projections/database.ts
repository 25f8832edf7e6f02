/**
 * The database of the read models, and how far it stands for the log. A file of another generation, of other
 * read models or that cannot be read is thrown away: the log brings everything back.
 */
import { existsSync, rmSync } from "node:fs"
import { Effect } from "effect"
import { openSqlite, openSqliteReadOnly, type Sqlite, SqliteUnavailable } from "../infra/sqlite/open.ts"
import { isDamage } from "../infra/sqlite/storage-fault.ts"
import { fingerprintOf, type ReadModel, shapesIn } from "./read-model.ts"

/** How far the rows stand for the log: moved in the same transaction as the rows. */
export interface Checkpoint {
  /** Of the log; a restored log has another one. */
  readonly generation: string
  /** The last event that was folded, 0 for none. */
  readonly sequence: number
  /** Of that event, milliseconds since the epoch. */
  readonly time: number
}

export interface ReadModelDatabase {
  readonly db: Sqlite
  readonly checkpoint: () => Checkpoint
  /** Moves the checkpoint if it is where it is believed to be; false where it is not. */
  readonly advance: (from: number, to: number, timeMillis: number) => boolean
}

const bookkeeping = `
  create table checkpoint (
    one integer primary key check (one = 1),
    generation text not null,
    sequence integer not null,
    time integer not null,
    models text not null -- versions and shapes that the rows were folded by
  ) strict;
  create table projector_parked ( -- events that the live projector passed over
    sequence integer primary key,
    event text not null,
    boundary text not null,
    reason text not null,
    at integer not null
  ) strict;
`

/** Makes all tables in an empty database. */
export const createTables = (db: Sqlite, generation: string, models: ReadonlyArray<ReadModel>): void => {
  db.transaction(() => {
    db.exec(bookkeeping)
    for (const { tables } of models) for (const { ddl } of tables) db.exec(ddl)
    db.prepare("insert into checkpoint values (1, ?, 0, 0, ?)").run(generation, fingerprintOf(models))
  }).immediate()
}

/** A database whose tables are there. */
export const readModelDatabase = (db: Sqlite): ReadModelDatabase => {
  const read = db.prepare<[], Checkpoint>("select generation, sequence, time from checkpoint")
  const move = db.prepare<[number, number, number]>(
    "update checkpoint set sequence = ?, time = ? where sequence = ?"
  )
  return {
    db,
    checkpoint: () => read.get()!,
    advance: (from, to, timeMillis) => move.run(to, timeMillis, from).changes === 1
  }
}

interface Folded {
  readonly generation: string
  readonly models: string
}

/**
 * How a file stands to these read models of this log: it can be folded on (`fits`); other versions of folds filled the
 * same tables, so that it can only be asked (`outdated`); other read models made it (`foreign`); or it is of another log,
 * or no whole database (`unfit`).
 */
export type Standing = "fits" | "outdated" | "foreign" | "unfit"

const standingOf = (
  found: Folded | undefined,
  generation: string,
  models: ReadonlyArray<ReadModel>
): Standing => {
  if (found?.generation !== generation) return "unfit"
  if (found.models === fingerprintOf(models)) return "fits"
  return shapesIn(found.models) === shapesIn(fingerprintOf(models)) ? "outdated" : "foreign"
}

/** How the file of a path stands. */
export const standingAt = (
  path: string,
  generation: string,
  models: ReadonlyArray<ReadModel>
): Effect.Effect<Standing> =>
  existsSync(path)
    ? Effect.scoped(
        Effect.flatMap(openSqliteReadOnly(path), (db) =>
          Effect.try(() => db.prepare<[], Folded>("select generation, models from checkpoint").get())
        ).pipe(
          Effect.map((found) => standingOf(found, generation, models)),
          Effect.orElseSucceed((): Standing => "unfit")
        )
      )
    : Effect.succeed("unfit")

/** Deletes a database with what SQLite keeps beside it. */
export const discard = (path: string): void => {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(`${path}${suffix}`, { force: true })
}

/** Opens the read models for writing; what does not fit is discarded, and begins again at sequence 0. */
export const openReadModels = Effect.fn("openReadModels")(function* (
  path: string,
  generation: string,
  models: ReadonlyArray<ReadModel>
) {
  const kept = (yield* standingAt(path, generation, models)) === "fits"
  if (!kept) yield* attempt(path, () => discard(path))
  const db = yield* openSqlite(path, "derived")
  if (!kept) yield* attempt(path, () => createTables(db, generation, models))
  return readModelDatabase(db)
})

const attempt = (path: string, run: () => void) =>
  Effect.try({
    try: run,
    catch: (cause) =>
      new SqliteUnavailable({
        path,
        message: `expected to write the read models ${path}, found: ${String(cause)}; check the disk and who owns the folder`,
        damaged: isDamage(cause)
      })
  })
