/**
 * What was asked of whom lately, on disk: a restart gives nobody a second helping. Holds names of sources and times, and
 * nothing of links.
 */
import { Clock, Effect } from "effect"
import { migrate, type Migration } from "../../../infra/sqlite/migrate.ts"
import { openVersioned } from "../../../infra/sqlite/open-versioned.ts"
import type { Sqlite } from "../../../infra/sqlite/open.ts"

export interface Quota {
  readonly most: number
  /** Any 60 seconds, or one day by UTC. */
  readonly per: "minute" | "day"
}

/** When a source may be asked again, in milliseconds since the epoch; undefined when it may be asked now. */
export type BusyUntil = number | undefined

export interface QuotaLedger {
  /** Takes one request from the quotas of a source, or says when there will be one. */
  readonly spend: (source: string, quotas: ReadonlyArray<Quota>, now: number) => BusyUntil
  /** The source itself said that it has enough. */
  readonly block: (source: string, until: number) => void
}

const minuteMillis = 60_000
const dayMillis = 86_400_000

/** The first files were made before there were steps: they have the same tables, and so do the versions that made them. */
export const quotaMigrations: ReadonlyArray<Migration> = [
  {
    name: "what was spent, and who has enough",
    up: `
  create table if not exists spent (source text not null, at integer not null) strict;
  create index if not exists spent_by_source on spent (source, at);
  create table if not exists blocked (source text primary key, until integer not null) strict, without rowid;
`,
    down: ""
  }
]

/** Where a quota's time began, and when its first request leaves it. */
const windowOf = ({ per }: Quota, now: number): { from: number; opens: (oldest: number) => number } => {
  if (per === "minute") return { from: now - minuteMillis, opens: (oldest) => oldest + minuteMillis }
  const from = now - (now % dayMillis)
  return { from: from - 1, opens: () => from + dayMillis }
}

/** The ledger in a database, in which the time now is noted where its tables have to be made. */
export const quotaLedger = (db: Sqlite, now: number): QuotaLedger => {
  migrate(db, quotaMigrations, now)
  const blockedUntil = db.prepare<[string, number], number>(
    "select until from blocked where source = ? and until > ?"
  )
  blockedUntil.pluck()
  const within = db.prepare<[string, number], { count: number; oldest: number | null }>(
    "select count(*) as count, min(at) as oldest from spent where source = ? and at > ?"
  )
  const take = db.prepare<[string, number]>("insert into spent (source, at) values (?, ?)")
  const forget = db.prepare<[string, number]>("delete from spent where source = ? and at < ?")
  const refuse = db.prepare<[string, number]>(
    "insert into blocked (source, until) values (?, ?) on conflict (source) do update set until = max(until, excluded.until)"
  )
  const spend = db.transaction((source: string, quotas: ReadonlyArray<Quota>, now: number): BusyUntil => {
    const blocked = blockedUntil.get(source, now)
    if (blocked !== undefined) return blocked
    for (const quota of quotas) {
      const { from, opens } = windowOf(quota, now)
      const { count, oldest } = within.get(source, from)!
      if (count >= quota.most) return opens(oldest ?? now)
    }
    forget.run(source, now - 2 * dayMillis)
    take.run(source, now)
    return undefined
  })
  return {
    // Where nothing is counted nothing is written, and nobody's lock is waited for.
    spend: (source, quotas, now) =>
      quotas.length === 0 ? blockedUntil.get(source, now) : spend.immediate(source, quotas, now),
    block: (source, until) => void refuse.run(source, until)
  }
}

/** Opens the ledger of a data folder. What a power cut takes of it is the last moment. */
export const openQuotaLedger = Effect.fn("openQuotaLedger")(function* (path: string) {
  const db = yield* openVersioned(path, "derived", quotaMigrations)
  return quotaLedger(db, yield* Clock.currentTimeMillis)
})
