/** Lists and services: what each of them is doing now, in one place. */
import type { SourceState } from "../contracts/source.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { type Prepare, readModel } from "./read-model.ts"

export type ListState = "fetched" | "failing" | "withdrawn"

type Change = [name: string, state: ListState, reason: string | null, since: number, updated: number]

const changing = (prepare: Prepare) =>
  prepare<Change>(
    `insert into origins (name, kind, state, reason, since, updated) values (?, 'list', ?, ?, ?, ?)
     on conflict do update set state = excluded.state, reason = excluded.reason, since = excluded.since,
       updated = excluded.updated where updated < excluded.updated`
  )

export const origins = readModel({
  name: "origins",
  version: 1,
  tables: [
    {
      name: "origins",
      key: "kind, name",
      ddl: `
        create table origins (
          name text not null,
          kind text not null, -- list or service
          state text not null,
          reason text, -- why it says nothing, where it does not
          until integer, -- when a service is asked again, milliseconds since the epoch like the other times
          since integer not null, -- since when it is in this state
          listed integer, -- what a list holds
          fetched_at integer, -- when a list was last another one than before
          host text, -- that handed a list out
          updated integer not null,
          primary key (kind, name)
        ) strict, without rowid;
      `
    }
  ],
  fold: {
    "feed.refreshed": (prepare) => {
      const put = prepare(
        `insert into origins (name, kind, state, since, listed, fetched_at, host, updated)
         values (?, 'list', 'fetched', ?, ?, ?, ?, ?)
         on conflict do update set state = excluded.state, reason = null, since = excluded.since,
           listed = excluded.listed, fetched_at = excluded.fetched_at, host = excluded.host, updated = excluded.updated
           where updated < excluded.updated`
      )
      return ({ data: { at, from, listed, source }, sequence }) =>
        put.run(source, at, listed, at, from, sequence)
    },
    "feed.failed": (prepare) => {
      const change = changing(prepare)
      return ({ data: { at, reason, source }, sequence }) =>
        change.run(source, "failing", reason, at, sequence)
    },
    "feed.withdrawn": (prepare) => {
      const change = changing(prepare)
      return ({ data: { at, source }, sequence }) => change.run(source, "withdrawn", null, at, sequence)
    },
    "source.changed": (prepare) => {
      const put = prepare(
        `insert into origins (name, kind, state, reason, until, since, updated) values (?, 'service', ?, ?, ?, ?, ?)
         on conflict do update set state = excluded.state, reason = excluded.reason, until = excluded.until,
           since = excluded.since, updated = excluded.updated where updated < excluded.updated`
      )
      return ({ data: { at, reason, source, state, until }, sequence }) =>
        put.run(source, state, reason ?? null, until ?? null, at, sequence)
    }
  }
})

export interface OriginRow {
  readonly name: string
  readonly kind: "list" | "service"
  readonly state: ListState | SourceState
  readonly reason: string | null
  readonly until: number | null
  readonly since: number
  readonly listed: number | null
  readonly fetchedAt: number | null
  readonly host: string | null
}

/** Lists first, then services, each by name. */
export const originsQuery = (db: Sqlite) => {
  const all = db.prepare<[], OriginRow>(
    `select name, kind, state, reason, until, since, listed, fetched_at as fetchedAt, host from origins
     order by kind, name`
  )
  return (): ReadonlyArray<OriginRow> => all.all()
}
