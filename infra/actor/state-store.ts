/**
 * An actor's state on disk: a disposable fold of the log in SQLite, with the sequence it stands for in
 * the same transaction. Deleted, of another generation or another version, it is folded again.
 */
import { createHash } from "node:crypto"
import type { Sqlite } from "../sqlite/open.ts"
import type { Collection } from "./collection.ts"
import { makeOpenWork, type OpenWork } from "./open-work.ts"
import type { State, Work } from "./state.ts"

/** The version of the tables below. A file of another one is begun anew. */
const layout = 1

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
`

export interface StateStore {
  readonly state: State
  readonly work: OpenWork
  /** The last sequence that was folded. */
  readonly folded: () => number
  /** Runs folds and moves the checkpoint, all or nothing. */
  readonly fold: (upTo: number, run: () => void) => void
  readonly setHead: (context: string, boundary: string, sequence: number) => void
  /** A digest of everything but the checkpoint, to compare two folds of one log. */
  readonly digest: () => string
}

export const openStateStore = (db: Sqlite, generation: string, version: number): StateStore => {
  if (db.pragma("user_version", { simple: true }) !== layout)
    db.exec(
      "drop table if exists checkpoint; drop table if exists state; drop table if exists work; drop table if exists head"
    )
  db.exec(`${schema}; pragma user_version = ${layout}`)
  const checkpoint = db
    .prepare<[], { generation: string; version: number; sequence: number }>("select * from checkpoint")
    .get()
  const kept =
    checkpoint !== undefined && checkpoint.generation === generation && checkpoint.version === version
  if (!kept) {
    db.exec("delete from state; delete from work; delete from head; delete from checkpoint")
    db.prepare("insert into checkpoint values (1, ?, ?, 0)").run(generation, version)
  }
  let folded = kept ? checkpoint.sequence : 0

  const sql = {
    get: db
      .prepare<[string, string], string>("select value from state where collection = ? and key = ?")
      .pluck(),
    walk: db.prepare<[string, string, string], { key: string; value: string }>(
      "select key, value from state where collection = ? and key >= ? and key < ? order by key"
    ),
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
  /** Changes to the open work, kept until the transaction has committed. */
  let staged: Array<() => void> = []

  const state: State = {
    get: <V>(from: Collection<V>, key: string) => {
      const value = sql.get.get(from.name, key)
      return value === undefined ? undefined : (JSON.parse(value) as V)
    },
    walk: <V>(from: Collection<V>, prefix: string) =>
      sql.walk
        .all(from.name, prefix, `${prefix}\u{10FFFF}`)
        .map((row) => [row.key, JSON.parse(row.value) as V] as const),
    head: (context, boundary) => sql.head.get(`${context}.${boundary}`) ?? 0,
    put: (into, key, value) => void sql.put.run(into.name, key, JSON.stringify(value)),
    drop: (from, key) => void sql.drop.run(from.name, key),
    open: (item) => {
      sql.open.run(item)
      staged.push(() => work.put(item))
    },
    close: (key) => {
      sql.close.run(key)
      staged.push(() => work.close(key))
    }
  }

  const transaction = db.transaction((upTo: number, run: () => void) => {
    run()
    sql.advance.run(upTo, upTo)
  })

  return {
    state,
    work,
    folded: () => folded,
    fold: (upTo, run) => {
      staged = []
      transaction(upTo, run)
      for (const change of staged) change()
      staged = []
      folded = Math.max(folded, upTo)
    },
    setHead: (context, boundary, sequence) => void sql.setHead.run(`${context}.${boundary}`, sequence),
    digest: () => {
      const hash = createHash("sha256")
      for (const query of [
        "select * from state order by collection, key",
        "select key, kind, priority, lane, due from work order by key",
        "select * from head order by boundary"
      ])
        for (const row of db.prepare<[], object>(query).iterate()) hash.update(JSON.stringify(row))
      return hash.digest("hex")
    }
  }
}
