/**
 * An actor's state on disk: a disposable fold of the log in SQLite, with the sequence it stands for in
 * the same transaction. Deleted, of another generation or another version, it is folded again.
 */
import { createHash } from "node:crypto"
import type { Sqlite } from "../sqlite/open.ts"
import type { Collection } from "./collection.ts"
import { makeOpenWork, type OpenWork } from "./open-work.ts"
import { makeRecordStore, recordTables } from "./record-store.ts"
import { stageWork } from "./staged.ts"
import type { State, Work } from "./state.ts"

/**
 * After so many folds what they wrote is moved from SQLite's journal into its file, in a quiet moment. SQLite does it by
 * itself at 1,000 pages, in the middle of a fold and for some milliseconds, which these stay below.
 */
const foldsUntilTidied = 100

/** The version of the tables below. A file of another one is begun anew. */
const layout = 2

const schema = `
  create table if not exists checkpoint (
    one integer primary key check (one = 1), generation text not null, version integer not null, sequence integer not null
  ) strict;
  create table if not exists state (
    collection text not null, key text not null, value text not null, primary key (collection, key)
  ) strict, without rowid;
  create table if not exists work (
    key text primary key, kind text not null, priority integer not null, lane text not null, due integer not null,
    cause text not null, correlation text not null
  ) strict; -- with row ids, which keep the order in which work was opened
  create table if not exists head (boundary text primary key, sequence integer not null) strict, without rowid;
  ${recordTables}
`

const tables = ["checkpoint", "state", "work", "head", "record", "mark"]

export interface StateStore {
  readonly state: State
  readonly work: OpenWork
  /** The last sequence that was folded. */
  readonly folded: () => number
  /** Runs folds and moves the checkpoint, all or nothing. */
  readonly fold: (upTo: number, run: () => void) => void
  /** Whether something waits for a quiet moment, and does it: it takes a few milliseconds. */
  readonly isUntidy: () => boolean
  readonly tidy: () => void
  readonly setHead: (context: string, boundary: string, sequence: number) => void
  /** A digest of everything but the checkpoint, to compare two folds of one log. */
  readonly digest: () => string
}

export const openStateStore = (db: Sqlite, generation: string, version: number): StateStore => {
  if (db.pragma("user_version", { simple: true }) !== layout)
    db.exec(tables.map((table) => `drop table if exists ${table};`).join(" "))
  db.exec(`${schema}; pragma user_version = ${layout}`)
  const checkpoint = db
    .prepare<[], { generation: string; version: number; sequence: number }>("select * from checkpoint")
    .get()
  const kept =
    checkpoint !== undefined && checkpoint.generation === generation && checkpoint.version === version
  if (!kept) {
    db.exec(tables.map((table) => `delete from ${table};`).join(" "))
    db.prepare("insert into checkpoint values (1, ?, ?, 0)").run(generation, version)
  }
  let folded = kept ? checkpoint.sequence : 0
  let foldsSinceTidied = 0

  const sql = {
    get: db
      .prepare<[string, string], string>("select value from state where collection = ? and key = ?")
      .pluck(),
    // In the order of the primary key, by which they are found. Asking for it by name makes SQLite plan the
    // query anew each time, which takes five times as long as running it.
    walk: db
      .prepare<[string, string, string], readonly [key: string, value: string]>(
        "select key, value from state where collection = ? and key >= ? and key < ?"
      )
      .raw(),
    first: db
      .prepare<[string, string, string, number], readonly [key: string, value: string]>(
        "select key, value from state where collection = ? and key >= ? and key < ? limit ?"
      )
      .raw(),
    put: db.prepare("insert into state values (?, ?, ?) on conflict do update set value = excluded.value"),
    drop: db.prepare("delete from state where collection = ? and key = ?"),
    open: db.prepare(
      `insert into work values (:key, :kind, :priority, :lane, :due, :cause, :correlation)
       on conflict do update set kind = excluded.kind, priority = excluded.priority, lane = excluded.lane,
         due = excluded.due, cause = excluded.cause, correlation = excluded.correlation`
    ),
    close: db.prepare("delete from work where key = ?"),
    head: db.prepare<[string], number>("select sequence from head where boundary = ?").pluck(),
    setHead: db.prepare(
      "insert into head values (?, ?) on conflict do update set sequence = excluded.sequence"
    ),
    advance: db.prepare("update checkpoint set sequence = ? where sequence < ?")
  }

  const work = makeOpenWork()
  for (const row of db.prepare<[], Work>("select * from work order by rowid").all()) work.put(row)
  const records = makeRecordStore(db)
  const staged = stageWork()
  const heads = new Map<string, number>()

  const state: State = {
    get: <V>(from: Collection<V>, key: string) => {
      const value = sql.get.get(from.name, key)
      return value === undefined ? undefined : (JSON.parse(value) as V)
    },
    walk: <V>(from: Collection<V>, prefix: string) =>
      sql.walk
        .all(from.name, prefix, `${prefix}\u{10FFFF}`)
        .map(([key, value]) => [key, JSON.parse(value) as V] as const),
    first: <V>(from: Collection<V>, prefix: string, most: number) =>
      sql.first
        .all(from.name, prefix, `${prefix}\u{10FFFF}`, most)
        .map(([key, value]) => [key, JSON.parse(value) as V] as const),
    find: records.find,
    head: (context, boundary) => {
      const place = `${context}.${boundary}`
      return heads.get(place) ?? sql.head.get(place) ?? 0
    },
    put: (into, key, value) => void sql.put.run(into.name, key, JSON.stringify(value)),
    drop: (from, key) => void sql.drop.run(from.name, key),
    add: records.add,
    change: records.change,
    mark: records.mark,
    unmark: records.unmark,
    remove: records.remove,
    open: staged.open,
    close: staged.close
  }

  const writeStaged = () => {
    for (const [key, change] of staged.changes()) {
      if (change.closed && work.has(key)) sql.close.run(key)
      if (change.work !== undefined) sql.open.run(change.work)
    }
    for (const [place, sequence] of heads) sql.setHead.run(place, sequence)
  }

  const transaction = db.transaction((upTo: number, run: () => void) => {
    run()
    writeStaged()
    sql.advance.run(upTo, upTo)
  })

  /** Open work is shown to nobody before its transaction has committed. */
  const showStaged = () => {
    for (const [key, change] of staged.changes()) {
      if (change.closed) work.close(key)
      if (change.work !== undefined) work.put(change.work)
    }
  }

  return {
    state,
    work,
    folded: () => folded,
    fold: (upTo, run) => {
      try {
        transaction(upTo, run)
        showStaged()
        folded = Math.max(folded, upTo)
        foldsSinceTidied += 1
      } finally {
        staged.clear()
        heads.clear()
      }
    },
    isUntidy: () => foldsSinceTidied >= foldsUntilTidied,
    tidy: () => {
      foldsSinceTidied = 0
      db.pragma("wal_checkpoint(PASSIVE)")
    },
    setHead: (context, boundary, sequence) => void heads.set(`${context}.${boundary}`, sequence),
    digest: () => {
      const hash = createHash("sha256")
      for (const query of [
        "select * from state order by collection, key",
        "select * from work order by key",
        "select * from head order by boundary",
        "select id, hex(value) from record order by id",
        "select * from mark order by mark, record"
      ])
        for (const row of db.prepare<[], object>(query).iterate()) hash.update(JSON.stringify(row))
      return hash.digest("hex")
    }
  }
}
