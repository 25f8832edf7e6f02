/** Inputs that could not be handled and wait for a person: those of actors, and the projector's own. */
import type { Sqlite } from "../infra/sqlite/open.ts"
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

export const parkedQueries = (db: Sqlite) => {
  const columns =
    "actor, sequence, event, boundary, reason, attempts, at, decision, decided_by as decidedBy, decided_at as decidedAt"
  const own = `select '${projectorName}' as actor, sequence, event, boundary, reason, 1 as attempts, at,
    null as decision, null as decidedBy, null as decidedAt from projector_parked`
  const waiting = db.prepare<[], ParkedRow>(
    `select ${columns} from parked where decision is null union all ${own} order by at desc, sequence desc`
  )
  const all = db.prepare<[], ParkedRow>(
    `select ${columns} from parked union all ${own} order by at desc, sequence desc`
  )
  return {
    /** What waits for a decision, newest first; with `decided`, what was decided too. */
    list: (options: { readonly decided?: boolean } = {}): ReadonlyArray<ParkedRow> =>
      options.decided === true ? all.all() : waiting.all()
  }
}
