/** The tables of `session.db`, and every statement that reads or writes them. */
import type { Migration } from "../../../infra/sqlite/migrate.ts"
import type { Sqlite } from "../../../infra/sqlite/open.ts"

/** `if not exists`: the first files were made before there were steps. */
const first = `
  create table if not exists owner (one integer primary key check (one = 1), epoch integer not null) strict;
  insert into owner (one, epoch) values (1, 0) on conflict (one) do nothing;
  create table if not exists secret (
    type text not null, name blob not null, sealed blob not null, primary key (type, name)
  ) strict, without rowid;
  create table if not exists opened (name blob primary key, at integer not null) strict, without rowid;
  create table if not exists journal (
    position integer primary key autoincrement, kind text not null, stanza blob not null,
    arrived_at integer not null, why text, sealed blob not null
  ) strict;
  create index if not exists journal_stanza on journal (stanza);
`

const nothing = `
  drop table journal;
  drop table opened;
  drop table secret;
  drop table owner;
`

/** No log brings this database back: what becomes of it between versions is said here, step by step. */
export const migrations: ReadonlyArray<Migration> = [
  { name: "owner, secrets, what was opened, journal", up: first, down: nothing }
]

/** A row of the journal as it lies on the disk. */
export interface SealedRow {
  readonly position: number
  readonly kind: string
  readonly stanza: Buffer
  readonly arrived_at: number
  readonly why: string | null
  readonly sealed: Buffer
}

const columns = "position, kind, stanza, arrived_at, why, sealed"

export const statements = (db: Sqlite) => ({
  epoch: db.prepare<[], number>("select epoch from owner").pluck(),
  claim: db.prepare<[], number>("update owner set epoch = epoch + 1 returning epoch").pluck(),
  get: db.prepare<[string, Buffer], Buffer>("select sealed from secret where type = ? and name = ?").pluck(),
  all: db.prepare<[string], { name: Buffer; sealed: Buffer }>(
    "select name, sealed from secret where type = ?"
  ),
  everything: db.prepare<[], { type: string; name: Buffer; sealed: Buffer }>(
    "select type, name, sealed from secret"
  ),
  put: db.prepare<[string, Buffer, Buffer]>(
    "insert into secret (type, name, sealed) values (?, ?, ?) on conflict do update set sealed = excluded.sealed"
  ),
  drop: db.prepare<[string, Buffer]>("delete from secret where type = ? and name = ?"),
  clear: db.prepare("delete from secret"),
  addOpened: db.prepare<[Buffer, number]>(
    "insert into opened (name, at) values (?, ?) on conflict do nothing"
  ),
  wasOpened: db.prepare<[Buffer], number>("select 1 from opened where name = ?").pluck(),
  pruneOpened: db.prepare<[number]>("delete from opened where at < ?"),
  has: db.prepare<[Buffer], string>("select kind from journal where stanza = ?").pluck(),
  dropUnreadable: db.prepare<[Buffer]>("delete from journal where stanza = ? and kind = 'unreadable'"),
  add: db.prepare<[string, Buffer, number, Buffer]>(
    "insert into journal (kind, stanza, arrived_at, sealed) values (?, ?, ?, ?)"
  ),
  rows: db.prepare<[], SealedRow>(`select ${columns} from journal order by position`),
  next: db.prepare<[number, number], SealedRow>(
    `select ${columns} from journal where position > ? and why is null and kind <> 'picture' order by position limit ?`
  ),
  pictures: db.prepare<[number, number], SealedRow>(
    `select ${columns} from journal where position > ? and why is null and kind = 'picture' order by position limit ?`
  ),
  at: db.prepare<[number], SealedRow>(`select ${columns} from journal where position = ?`),
  aside: db.prepare<[], SealedRow>(`select ${columns} from journal where why is not null order by position`),
  done: db.prepare<[number]>("delete from journal where position = ?"),
  setAside: db.prepare<[string, number]>("update journal set why = ? where position = ?"),
  waiting: db.prepare<[], number>("select count(*) from journal where why is null").pluck()
})

export type Statements = ReturnType<typeof statements>
