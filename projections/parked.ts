/** Inputs that could not be handled and wait for a person: those of actors, and the projector's own. */
import type { Sqlite } from "../infra/sqlite/open.ts"
import { newestFirst, type Page } from "./paging.ts"
import { readModel } from "./read-model.ts"

export const parked = readModel({
  name: "parked",
  version: 1,
  tables: [
    {
      name: "parked",
      key: "actor, sequence",
      ddl: `
        create table parked (
          actor text not null,
          sequence integer not null, -- of the input
          event text not null,
          boundary text not null,
          reason text not null,
          attempts integer not null,
          at integer not null, -- milliseconds since the epoch, like decided_at
          decision text, -- null while it waits
          decided_by text,
          decided_at integer,
          updated integer not null,
          primary key (actor, sequence)
        ) strict, without rowid;
        create index parked_waiting on parked (at) where decision is null;
      `
    }
  ],
  fold: {
    "actor.parked": (prepare) => {
      const park = prepare(
        `insert into parked (actor, sequence, event, boundary, reason, attempts, at, updated)
         values (?, ?, ?, ?, ?, ?, ?, ?)
         on conflict do update set reason = excluded.reason, attempts = excluded.attempts, at = excluded.at,
           decision = null, decided_by = null, decided_at = null, updated = excluded.updated
         where updated < excluded.updated`
      )
      return ({ data, sequence, time }) =>
        park.run(
          data.actor,
          data.sequence,
          data.event,
          data.boundary,
          data.reason,
          data.attempts,
          time,
          sequence
        )
    },
    "actor.unparked": (prepare) => {
      const decide = prepare(
        `update parked set decision = ?, decided_by = ?, decided_at = ?, updated = ?
         where actor = ? and sequence = ? and updated < ?`
      )
      return ({ data, sequence, time }) =>
        decide.run(data.decision, data.by, time, sequence, data.actor, data.sequence, sequence)
    }
  }
})

/** The name under which the projector's own parked events are listed. No decision frees them: a rebuild does. */
export const projectorName = "projector"

export interface ParkedRow {
  /** The sequence of what was last told of it. */
  readonly cursor: number
  readonly actor: string
  /** Of the input that is parked. */
  readonly sequence: number
  readonly event: string
  readonly boundary: string
  readonly reason: string
  readonly attempts: number
  readonly at: number
  /** Null while it waits. */
  readonly decision: "retry" | "drop" | null
  readonly decidedBy: string | null
  readonly decidedAt: number | null
}

export interface ParkedFilter extends Page {
  readonly actor?: string | undefined
  /** What was decided too. */
  readonly decided?: boolean | undefined
}

export const parkedQueries = (db: Sqlite) => {
  const columns =
    "updated as cursor, actor, sequence, event, boundary, reason, attempts, at, decision, decided_by as decidedBy, decided_at as decidedAt"
  // What the projector could not fold is in no row of the others, so that no two cursors are alike.
  const own = `select sequence as cursor, '${projectorName}' as actor, sequence, event, boundary, reason, 1 as attempts, at,
    null as decision, null as decidedBy, null as decidedAt from projector_parked`
  const pageOf = (condition: string) =>
    newestFirst<ParkedRow, "actor">(db, {
      select: `select * from (select ${columns} from parked where ${condition} union all ${own})`,
      cursor: "cursor",
      filters: { actor: "actor = ?" }
    })
  const waiting = pageOf("decision is null")
  const all = pageOf("true")
  const counts = db.prepare<[], { readonly actor: string; readonly count: number }>(
    `select actor, count(*) as count from
       (select actor from parked where decision is null union all select '${projectorName}' from projector_parked)
     group by actor`
  )
  return {
    /** What waits for a decision, what was parked last first; with `decided`, what was decided too. */
    list: ({ actor, decided = false, ...place }: ParkedFilter = {}): ReadonlyArray<ParkedRow> =>
      (decided ? all : waiting)(place, { actor }),
    /** How many inputs of each actor wait for a decision. */
    counts: () => counts.all()
  }
}
