/** Jobs: what is to be said to whom and when, and when next. */
import type { JobId } from "../contracts/ids.ts"
import type { Origin, OriginKind } from "../contracts/job-origin.ts"
import type { Recipient } from "../contracts/recipient.ts"
import type { JobPolicies, JobWords, Timing } from "../contracts/schedule.ts"
import type { RecordedOf } from "../contracts/catalogue.ts"
import type { KeyringService } from "../infra/keyring/keyring.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { newestFirst, type Page } from "./paging.ts"
import { type Prepare, readModel } from "./read-model.ts"

export type JobStatus = "active" | "paused" | "cancelled" | "completed"

const putting = (prepare: Prepare) => {
  const put = prepare(
    `insert into jobs (sequence, job, status, timing, recipients, policies, next, changed, created_at, words, updated, origin, origin_kind)
     values (?, ?, 'active', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (job) do update set
       status = case when status = 'paused' then status else 'active' end, withdrawn = 0, timing = excluded.timing,
       recipients = excluded.recipients, policies = excluded.policies, next = excluded.next,
       changed = excluded.changed, words = excluded.words, updated = excluded.updated,
       origin = coalesce(excluded.origin, origin), origin_kind = coalesce(excluded.origin_kind, origin_kind)
     where updated < excluded.updated and (status <> 'cancelled' or withdrawn = 1)`
  )
  return ({ data, sequence, time }: RecordedOf<"schedule.created" | "schedule.changed">) => {
    const { job, next, origin = null, originKind = null, policies, recipients, timing, words } = data
    put.run(
      sequence,
      job,
      JSON.stringify(timing),
      JSON.stringify(recipients),
      JSON.stringify(policies),
      next,
      sequence,
      time,
      words,
      sequence,
      origin,
      originKind
    )
  }
}

/** `asked`: whether whoever changes the job has to know of it. */
const settingStatus = (status: JobStatus, asked: boolean) => (prepare: Prepare) => {
  const set = prepare(
    `update jobs set status = '${status}', ${status === "paused" ? "" : "next = ?, "}${asked ? "changed = ?, " : ""}updated = ?
     where job = ? and updated < ?`
  )
  return (job: JobId, next: number | null, sequence: number) =>
    set.run(...(status === "paused" ? [] : [next]), ...(asked ? [sequence] : []), sequence, job, sequence)
}

const movingOn = (prepare: Prepare) => {
  const move = prepare("update jobs set next = ?, updated = ? where job = ? and updated < ?")
  return ({
    data: { job, next },
    sequence
  }: RecordedOf<
    "schedule.skipped" | "schedule.missed" | "schedule.replanned" | "schedule.quarantine-decided"
  >) => move.run(next, sequence, job, sequence)
}

export const jobs = readModel({
  name: "jobs",
  version: 3,
  tables: [
    {
      name: "jobs",
      key: "sequence",
      ddl: `
        create table jobs (
          sequence integer primary key, -- of the event that made it
          job text not null unique,
          status text not null,
          timing text not null, -- JSON, like recipients and policies
          recipients text not null,
          policies text not null,
          next integer, -- milliseconds since the epoch, like created_at; null after the last
          changed integer not null, -- the sequence of the last change that somebody asked for
          created_at integer not null,
          words text not null, -- sealed JobWords, under the account's own key
          updated integer not null,
          origin text, -- the other system that it was taken from
          origin_kind text, -- what it is there
          withdrawn integer not null default 0 -- 1 where it was called off because it is not there any more
        ) strict;
        create index jobs_by_status on jobs (status, sequence);
        create index jobs_by_next on jobs (next) where next is not null;
      `
    }
  ],
  fold: {
    "schedule.created": putting,
    "schedule.changed": putting,
    "schedule.paused": (prepare) => {
      const pause = settingStatus("paused", true)(prepare)
      return ({ data: { job }, sequence }) => pause(job, null, sequence)
    },
    "schedule.resumed": (prepare) => {
      const resume = settingStatus("active", true)(prepare)
      return ({ data: { job, next }, sequence }) => resume(job, next, sequence)
    },
    "schedule.cancelled": (prepare) => {
      const cancel = prepare(
        `update jobs set status = 'cancelled', next = null, withdrawn = ?, changed = ?, updated = ?
         where job = ? and updated < ?`
      )
      return ({ data: { job, origin }, sequence }) =>
        cancel.run(origin === undefined ? 0 : 1, sequence, sequence, job, sequence)
    },
    "schedule.completed": (prepare) => {
      const complete = settingStatus("completed", false)(prepare)
      return ({ data: { job }, sequence }) => complete(job, null, sequence)
    },
    "schedule.skipped": movingOn,
    "schedule.missed": movingOn,
    "schedule.replanned": movingOn,
    "schedule.quarantine-decided": movingOn,
    "schedule.fired": (prepare) => {
      const move = prepare("update jobs set next = ?, updated = ? where job = ? and updated < ?")
      return ({ data: { job, next, why }, sequence }) => {
        if (why === "due") move.run(next, sequence, job, sequence)
      }
    }
  }
})

interface Shared {
  readonly cursor: number
  readonly job: JobId
  readonly status: JobStatus
  readonly next: number | null
  /** What whoever changes it has to know: the sequence of the last change that somebody asked for. */
  readonly changed: number
  readonly createdAt: number
  /** The other system that it was taken from, and what it is there. */
  readonly origin: Origin | null
  readonly originKind: OriginKind | null
}

export interface JobRow extends Shared {
  readonly timing: Timing
  readonly recipients: ReadonlyArray<Recipient>
  readonly policies: JobPolicies
  readonly title: string | null
  readonly messages: JobWords["messages"] | null
}

interface Stored extends Shared {
  readonly timing: string
  readonly recipients: string
  readonly policies: string
  readonly words: string
}

export interface JobFilter extends Page {
  readonly status?: JobStatus | undefined
  readonly origin?: Origin | undefined
}

const select = `select sequence as cursor, job, status, timing, recipients, policies, next, changed,
  created_at as createdAt, words, origin, origin_kind as originKind from jobs`

export const jobQueries = (db: Sqlite, keyring: Pick<KeyringService, "open">) => {
  const page = newestFirst<Stored, "status" | "origin">(db, {
    select,
    cursor: "sequence",
    filters: { status: "status = ?", origin: "origin = ?" }
  })
  const byId = db.prepare<[JobId], Stored>(`${select} where job = ?`)
  const upcoming = db.prepare<[number, number], Stored>(
    `${select} where next >= ? and status = 'active' order by next limit ?`
  )
  const opened = ({ policies, recipients, timing, words, ...row }: Stored): JobRow => {
    const said = keyring.open<JobWords>(words)
    return {
      ...row,
      timing: JSON.parse(timing) as Timing,
      recipients: JSON.parse(recipients) as ReadonlyArray<Recipient>,
      policies: JSON.parse(policies) as JobPolicies,
      title: said?.title ?? null,
      messages: said?.messages ?? null
    }
  }
  return {
    /** Jobs, those made last first. */
    list: ({ origin, status, ...place }: JobFilter): ReadonlyArray<JobRow> =>
      page(place, { status, origin }).map(opened),
    get: (job: JobId): JobRow | undefined => {
      const row = byId.get(job)
      return row === undefined ? undefined : opened(row)
    },
    /** Those that fire from a moment on, the next first. */
    upcoming: (from: number, most: number): ReadonlyArray<JobRow> => upcoming.all(from, most).map(opened)
  }
}
