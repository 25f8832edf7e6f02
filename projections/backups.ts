/** Places for backups: how each of them stands, as far as that is in the log, and the points that it holds. */
import { type KeepStep, keepStepWords, type PlaceState } from "../contracts/backup.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { type Prepare, readModel } from "./read-model.ts"

/** Sets columns of a place; of an older event, nothing that a newer one of the same kind has set. */
const setting = (prepare: Prepare, columns: ReadonlyArray<string>, updated: string) =>
  prepare<Array<string | number | null>>(
    `insert into backups (place, ${columns.join(", ")}, ${updated}) values (?, ${columns.map(() => "?").join(", ")}, ?)
     on conflict do update set ${[...columns, updated].map((it) => `${it} = excluded.${it}`).join(", ")}
       where ${updated} < excluded.${updated}`
  )

/** Keeps the first time of which anything is said of a place. */
const beginning = (prepare: Prepare) =>
  prepare<[string, number]>(
    `insert into backups (place, begun_at) values (?, ?)
     on conflict do update set begun_at = min(ifnull(begun_at, excluded.begun_at), excluded.begun_at)`
  )

export const backups = readModel({
  name: "backups",
  version: 2,
  tables: [
    {
      name: "backups",
      key: "place",
      ddl: `
        create table backups (
          place text primary key,
          state text, -- shipping, failing or blocked
          reason text,
          state_at integer, -- milliseconds since the epoch, like the other times
          state_updated integer not null default 0, -- the event that said so last, like the others
          generation text,
          up_to integer, -- the last event that it was said to hold
          shipped_at integer,
          shipped_updated integer not null default 0,
          begun_at integer, -- when anything was said of it first
          verified_at integer,
          verified_up_to integer,
          opened integer, -- whether it was opened then, and restored
          seconds real, -- how long that took
          problems text, -- as JSON
          verified_updated integer not null default 0,
          good_at integer, -- when it was last checked without a problem
          good_updated integer not null default 0,
          scrubbed_at integer,
          log_problems text,
          place_problems text,
          mended integer,
          scrubbed_updated integer not null default 0
        ) strict, without rowid;
      `
    },
    {
      name: "backup_steps",
      key: "place, step",
      ddl: `
        create table backup_steps ( -- of what is done there beside shipping
          place text not null,
          step text not null,
          reason text, -- why it fails; null where it does not
          updated integer not null, -- the event that said so last
          primary key (place, step)
        ) strict, without rowid;
      `
    },
    {
      name: "backup_points",
      key: "place, at",
      ddl: `
        create table backup_points (
          place text not null,
          generation text not null,
          at integer not null,
          sequence integer not null, -- the event that its read models stand for
          bytes integer not null,
          dropped integer not null default 0, -- whether it was deleted there
          primary key (place, at)
        ) strict, without rowid;
      `
    }
  ],
  fold: {
    "backup.place-changed": (prepare) => {
      const set = setting(prepare, ["state", "reason", "state_at"], "state_updated")
      const begin = beginning(prepare)
      return ({ data: { at, place, reason, state }, sequence }) => {
        set.run(place, state, reason ?? null, at, sequence)
        begin.run(place, at)
      }
    },
    "backup.shipped": (prepare) => {
      const set = setting(prepare, ["generation", "up_to", "shipped_at"], "shipped_updated")
      const begin = beginning(prepare)
      return ({ data: { at, generation, place, upTo }, sequence }) => {
        set.run(place, generation, upTo, at, sequence)
        begin.run(place, at)
      }
    },
    "backup.keeping-changed": (prepare) => {
      const set = prepare<[string, string, string | null, number]>(
        `insert into backup_steps (place, step, reason, updated) values (?, ?, ?, ?)
         on conflict do update set reason = excluded.reason, updated = excluded.updated
           where updated < excluded.updated`
      )
      return ({ data: { place, reason = "", state, step }, sequence }) =>
        set.run(place, step, state === "failing" ? reason : null, sequence)
    },
    "backup.verified": (prepare) => {
      const columns = ["verified_at", "verified_up_to", "opened", "seconds", "problems"]
      const set = setting(prepare, columns, "verified_updated")
      const good = setting(prepare, ["good_at"], "good_updated")
      return ({ data: { at, opened, place, problems, seconds, upTo }, sequence }) => {
        set.run(place, at, upTo, opened ? 1 : 0, seconds, JSON.stringify(problems), sequence)
        if (problems.length === 0) good.run(place, at, sequence)
      }
    },
    "backup.scrubbed": (prepare) => {
      const columns = ["scrubbed_at", "log_problems", "place_problems", "mended"]
      const set = setting(prepare, columns, "scrubbed_updated")
      return ({ data: { at, log, mended, place, problems }, sequence }) =>
        set.run(place, at, JSON.stringify(log), JSON.stringify(problems), mended, sequence)
    },
    "backup.point-made": (prepare) => {
      const put = prepare<[string, string, number, number, number]>(
        `insert into backup_points (place, generation, at, sequence, bytes) values (?, ?, ?, ?, ?)
         on conflict do nothing`
      )
      const begin = beginning(prepare)
      return ({ data: { at, bytes, generation, place, sequence } }) => {
        put.run(place, generation, at, sequence, bytes)
        begin.run(place, at)
      }
    },
    "backup.pruned": (prepare) => {
      const drop = prepare<[string, number]>(
        "update backup_points set dropped = 1 where place = ? and at = ?"
      )
      return ({ data: { dropped, place } }) => {
        for (const at of dropped) drop.run(place, at)
      }
    }
  }
})

export interface BackupRow {
  readonly place: string
  readonly state: PlaceState | null
  readonly reason: string | null
  readonly generation: string | null
  readonly upTo: number | null
  readonly shippedAt: number | null
  readonly verifiedAt: number | null
  readonly verifiedUpTo: number | null
  readonly opened: boolean | null
  readonly seconds: number | null
  readonly goodAt: number | null
  readonly scrubbedAt: number | null
  readonly mended: number | null
  /** What the last check and the last scrub found: of the place, and of the log. */
  readonly problems: ReadonlyArray<string>
  /** What of it is not done as it should be, and why. */
  readonly failing: ReadonlyArray<string>
  readonly points: number
  readonly newestPointAt: number | null
  /** When the first point was made there, whether it is kept or not. */
  readonly firstPointAt: number | null
  /** When anything was said of it first. */
  readonly begunAt: number | null
}

type Stored = Omit<BackupRow, "opened" | "problems" | "failing"> & {
  readonly opened: number | null
  readonly problems: string | null
  readonly logProblems: string | null
  readonly placeProblems: string | null
}

const textsIn = (json: string | null): ReadonlyArray<string> => {
  const found: unknown = json === null ? [] : JSON.parse(json)
  return Array.isArray(found) ? found.map(String) : []
}

/** All places, by name. */
export const backupsQuery = (db: Sqlite) => {
  const all = db.prepare<[], Stored>(
    `select place, state, reason, generation, up_to as upTo, shipped_at as shippedAt, verified_at as verifiedAt,
       verified_up_to as verifiedUpTo, opened, seconds, good_at as goodAt, scrubbed_at as scrubbedAt, mended, problems,
       log_problems as logProblems, place_problems as placeProblems,
       (select count(*) from backup_points where backup_points.place = backups.place and dropped = 0) as points,
       (select max(at) from backup_points where backup_points.place = backups.place and dropped = 0) as newestPointAt,
       (select min(at) from backup_points where backup_points.place = backups.place) as firstPointAt,
       begun_at as begunAt
     from backups order by place`
  )
  const steps = db.prepare<[string], { readonly step: KeepStep; readonly reason: string }>(
    "select step, reason from backup_steps where place = ? and reason is not null order by step"
  )
  return (): ReadonlyArray<BackupRow> =>
    all.all().map(({ logProblems, opened, placeProblems, problems, ...row }) => ({
      ...row,
      opened: opened === null ? null : opened === 1,
      problems: [...textsIn(problems), ...textsIn(logProblems), ...textsIn(placeProblems)],
      failing: steps.all(row.place).map(({ reason, step }) => `${keepStepWords[step]}: ${reason}`)
    }))
}
