/** Sessions of WhatsApp: a row for each time that a number was linked, with how its connection is and when it ended. */
import type { LinkMethod } from "../contracts/session.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { newestFirst, type Page } from "./paging.ts"
import { type Prepare, readModel } from "./read-model.ts"

/** `linked`: it has not been open yet. `ended`: the number was unlinked, or linked anew. */
export const sessionStandings = ["linked", "open", "degraded", "closed", "refused", "ended"] as const
export type SessionStanding = (typeof sessionStandings)[number]

interface Change {
  readonly state: SessionStanding
  readonly reason?: string | undefined
  readonly code?: number | undefined
  readonly until?: number | undefined
}

interface Told {
  readonly sequence: number
  readonly time: number
}

/** Changes the session that is on; where none is known, its beginning was before this log. */
const changing = (prepare: Prepare) => {
  const begin = prepare<{ readonly sequence: number; readonly time: number }>(
    `insert into sessions (began, state, state_at, openings, updated)
     select :sequence, 'linked', :time, 0, 0
     where not exists (select 1 from sessions where updated >= :sequence or ended_at is null)`
  )
  const change = prepare(
    `update sessions set state = :state, state_at = :time, reason = :reason, code = :code, until = :until,
       opened_at = iif(:opens, :time, opened_at), openings = openings + :opens,
       ended_at = iif(:state = 'ended', :time, ended_at), updated = :sequence
     where began = (select max(began) from sessions) and updated < :sequence`
  )
  return ({ sequence, time }: Told, { code, reason, state, until }: Change, opens = false): void => {
    begin.run({ sequence, time })
    change.run({
      sequence,
      time,
      state,
      reason: reason ?? null,
      code: code ?? null,
      until: until ?? null,
      opens: opens ? 1 : 0
    })
  }
}

export const sessions = readModel({
  name: "sessions",
  version: 1,
  tables: [
    {
      name: "sessions",
      key: "began",
      ddl: `
        create table sessions (
          began integer primary key, -- the sequence of what first told of it
          method text, -- how it was linked; null where that was before this log
          linked_at integer, -- milliseconds since the epoch, like all times
          state text not null,
          state_at integer not null,
          reason text, -- why it is degraded, closed or refused, or who ended it
          code integer, -- that WhatsApp gave
          until integer, -- when that is over, or when it is tried again
          opened_at integer, -- when the connection was opened last
          openings integer not null,
          ended_at integer,
          updated integer not null
        ) strict;
      `
    }
  ],
  fold: {
    "session.linked": (prepare) => {
      const end = prepare<[number, number, number, number]>(
        `update sessions set state = 'ended', state_at = ?, reason = 'linked-anew', code = null, until = null, ended_at = ?,
           updated = ? where ended_at is null and updated < ?`
      )
      const begin = prepare<[number, string, number, number, number]>(
        `insert into sessions (began, method, linked_at, state, state_at, openings, updated)
         values (?, ?, ?, 'linked', ?, 0, ?) on conflict do nothing`
      )
      return ({ data: { at, method }, sequence, time }) => {
        end.run(time, time, sequence, sequence)
        begin.run(sequence, method, at, time, sequence)
      }
    },
    "session.opened": (prepare) => {
      const change = changing(prepare)
      return (event) => change(event, { state: "open" }, true)
    },
    "session.degraded": (prepare) => {
      const change = changing(prepare)
      return (event) => change(event, { state: "degraded", ...event.data })
    },
    "session.recovered": (prepare) => {
      const change = changing(prepare)
      return (event) => change(event, { state: "open" })
    },
    "session.closed": (prepare) => {
      const change = changing(prepare)
      return (event) => {
        const { cause, code, retryAt } = event.data
        change(event, { state: "closed", reason: cause, code, until: retryAt })
      }
    },
    "session.refused": (prepare) => {
      const change = changing(prepare)
      return (event) => change(event, { state: "refused", ...event.data })
    },
    "session.logged-out": (prepare) => {
      const change = changing(prepare)
      return (event) => {
        const { by, code } = event.data
        change(event, { state: "ended", reason: by, code })
      }
    }
  }
})

export interface SessionRow {
  /** The sequence of the event that first told of it. */
  readonly cursor: number
  /** Null where it was linked before this log, like `linkedAt`. */
  readonly method: LinkMethod | null
  /** Milliseconds since the epoch, like all times. */
  readonly linkedAt: number | null
  readonly state: SessionStanding
  /** Since when. */
  readonly since: number
  /** Why it is degraded, closed or refused, or who ended it: `operator`, `whatsapp`, or `linked-anew`. */
  readonly reason: string | null
  /** That WhatsApp gave. */
  readonly code: number | null
  /** When that is over, or when it is tried again. */
  readonly until: number | null
  /** When the connection was opened last, and how often it was. */
  readonly openedAt: number | null
  readonly openings: number
  readonly endedAt: number | null
}

export const sessionsQuery = (db: Sqlite) => {
  const page = newestFirst<SessionRow>(db, {
    select: `select began as cursor, method, linked_at as linkedAt, state, state_at as since, reason, code, until,
      opened_at as openedAt, openings, ended_at as endedAt from sessions`,
    cursor: "began",
    filters: {}
  })
  return (place: Page = {}): ReadonlyArray<SessionRow> => page(place, {})
}
