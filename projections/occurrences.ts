/** What became of the occurrences of jobs, and of each message of theirs. */
import { type ChatId, type ContactId, type JobId, outboxId, type OutboxId } from "../contracts/ids.ts"
import type { ReceiptLevel } from "../contracts/outbox.ts"
import { type FiredWhy, occurrenceCause } from "../contracts/schedule.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { newestFirst, type Page } from "./paging.ts"
import { readModel } from "./read-model.ts"

export type OccurrenceStatus = "sending" | "finished" | "skipped" | "missed"

export const occurrences = readModel({
  name: "occurrences",
  version: 2,
  tables: [
    {
      name: "occurrences",
      key: "sequence",
      ddl: `
        create table occurrences (
          sequence integer primary key, -- of the event that settled what becomes of it
          job text not null,
          planned integer not null, -- milliseconds since the epoch, like last_planned and at
          last_planned integer not null, -- of several that were missed together
          count integer not null,
          status text not null,
          why text, -- why it fired, or was skipped
          at integer not null,
          recipients integer not null,
          opted_out integer not null,
          left_out integer not null default 0, -- of more recipients than it can hold
          messages integer not null,
          sent integer not null, -- these three once it is finished
          failed integer not null,
          cancelled integer not null,
          updated integer not null
        ) strict;
        -- Several that were missed together stand for more than their first.
        create unique index occurrences_by_moment on occurrences (job, planned) where count = 1;
        create index occurrences_by_job on occurrences (job, sequence);
      `
    },
    {
      name: "occurrence_messages",
      key: "outbox",
      ddl: `
        create table occurrence_messages (
          outbox text primary key, -- of the message, which is in the table outbox once it is queued
          occurrence integer not null, -- the sequence of its firing
          number integer not null, -- counted through recipients and then parts
          chat text not null,
          contact text,
          part integer not null,
          opted_out integer not null default 0 -- 1 where it was not queued, because its recipient opted out meanwhile
        ) strict, without rowid;
        create index occurrence_messages_by_occurrence on occurrence_messages (occurrence, number);
      `
    }
  ],
  fold: {
    "schedule.fired": (prepare) => {
      const put = prepare(
        `insert into occurrences (sequence, job, planned, last_planned, count, status, why, at, recipients, opted_out,
           left_out, messages, sent, failed, cancelled, updated)
         values (?, ?, ?, ?, 1, 'sending', ?, ?, ?, ?, ?, ?, 0, 0, 0, ?)
         on conflict (job, planned) where count = 1 do update set
           sequence = excluded.sequence, status = excluded.status, why = excluded.why, at = excluded.at,
           recipients = excluded.recipients, opted_out = excluded.opted_out, left_out = excluded.left_out, messages = excluded.messages,
           updated = excluded.updated
         where status in ('missed', 'skipped')
         on conflict do nothing`
      )
      const add = prepare(
        `insert into occurrence_messages (outbox, occurrence, number, chat, contact, part) values (?, ?, ?, ?, ?, ?)
         on conflict do nothing`
      )
      return ({ data, sequence }) => {
        const { at, job, leftOut = 0, optedOut, parts, planned, recipients, why } = data
        const total = recipients.length * parts
        put.run(
          sequence,
          job,
          planned,
          planned,
          why,
          at,
          recipients.length,
          optedOut,
          leftOut,
          total,
          sequence
        )
        const cause = occurrenceCause(job, planned)
        for (const [index, { chat, contact, part: only }] of recipients.entries())
          for (let number = 0; number < parts; number++) {
            const part = only ?? number
            add.run(
              outboxId(cause, chat, part),
              sequence,
              index * parts + number,
              chat,
              contact ?? null,
              part
            )
          }
      }
    },
    "schedule.handed-over": (prepare) => {
      const leave = prepare(
        `update occurrence_messages set opted_out = 1
         where number = ? and occurrence = (select sequence from occurrences where job = ? and planned = ? and count = 1)`
      )
      return ({ data: { job, optedOut = [], planned } }) => {
        for (const number of optedOut) leave.run(number, job, planned)
      }
    },
    "schedule.occurrence-finished": (prepare) => {
      const finish = prepare(
        `update occurrences set status = 'finished', sent = ?, failed = ?, cancelled = ?, updated = ?
         where job = ? and planned = ? and count = 1 and status = 'sending' and updated < ?`
      )
      return ({ data: { cancelled, failed, job, planned, sent }, sequence }) =>
        finish.run(sent, failed, cancelled, sequence, job, planned, sequence)
    },
    "schedule.skipped": (prepare) => {
      const put = prepare(
        `insert into occurrences (sequence, job, planned, last_planned, count, status, why, at, recipients, opted_out,
           messages, sent, failed, cancelled, updated)
         values (?, ?, ?, ?, 1, 'skipped', ?, ?, 0, 0, 0, 0, 0, 0, ?) on conflict do nothing`
      )
      return ({ data: { job, planned, reason }, sequence, time }) =>
        put.run(sequence, job, planned, planned, reason, time, sequence)
    },
    "schedule.missed": (prepare) => {
      const put = prepare(
        `insert into occurrences (sequence, job, planned, last_planned, count, status, why, at, recipients, opted_out,
           messages, sent, failed, cancelled, updated)
         values (?, ?, ?, ?, ?, 'missed', null, ?, 0, 0, 0, 0, 0, 0, ?) on conflict do nothing`
      )
      return ({ data: { count, job, last, planned }, sequence, time }) =>
        put.run(sequence, job, planned, last, count, time, sequence)
    }
  }
})

export interface OccurrenceRow {
  readonly cursor: number
  readonly job: JobId
  readonly planned: number
  /** The last of several that were missed together, and how many there were. */
  readonly lastPlanned: number
  readonly count: number
  /** How many of those were made up for: each of them is an occurrence of its own. */
  readonly madeUp: number
  readonly status: OccurrenceStatus
  readonly why: FiredWhy | "requested" | "overlap" | null
  readonly at: number
  readonly recipients: number
  readonly optedOut: number
  /** How many got none of it because there is no room for more recipients in one occurrence. */
  readonly leftOut: number
  readonly messages: number
  readonly sent: number
  readonly failed: number
  readonly cancelled: number
}

/** One message of an occurrence, as far as it has come. */
export interface OccurrenceMessageRow {
  readonly outbox: OutboxId
  readonly chat: ChatId
  readonly contact: ContactId | null
  readonly part: number
  /** `waiting` before it is queued. */
  readonly status: "waiting" | "queued" | "claimed" | "sent" | "failed" | "cancelled"
  readonly reason: string | null
  readonly lastAt: number | null
  /** How far it came with whoever it is for, and when. */
  readonly level: ReceiptLevel | null
  readonly levelAt: number | null
}

export interface OccurrenceFilter extends Page {
  readonly job?: JobId | undefined
}

/** The most messages of an occurrence that are shown at once. */
export const occurrenceMessagesMax = 1_000

/** How far a message has come. */
const messageStatus = "case m.opted_out when 1 then 'cancelled' else coalesce(outbox.status, 'waiting') end"

/** While it is being sent its messages are counted; afterwards the fact that it ended says it. */
const counted = (status: string) =>
  `case when o.status = 'sending' then (select count(*) from occurrence_messages m left join outbox using (outbox)
     where m.occurrence = o.sequence and ${messageStatus} = '${status}') else o.${status} end as ${status}`

const madeUp = `case when o.count = 1 then 0 else (select count(*) from occurrences one
     where one.job = o.job and one.planned between o.planned and o.last_planned and one.count = 1
       and one.why = 'backfill') end as madeUp`

const select = `select o.sequence as cursor, o.job, o.planned, o.last_planned as lastPlanned, o.count, ${madeUp},
  o.status, o.why, o.at,
  o.recipients, o.opted_out as optedOut, o.left_out as leftOut, o.messages, ${["sent", "failed", "cancelled"].map(counted).join(", ")}
  from occurrences o`

export const occurrenceQueries = (db: Sqlite) => {
  const page = newestFirst<OccurrenceRow, "job">(db, {
    select,
    cursor: "o.sequence",
    filters: { job: "o.job = ?" }
  })
  // One of several that were missed together, and was made up for, is there beside them.
  const byMoment = db.prepare<[JobId, number], OccurrenceRow>(
    `${select} where o.job = ? and o.planned = ? order by o.count limit 1`
  )
  const messages = db.prepare<[number, number, number], OccurrenceMessageRow>(
    `select m.outbox, m.chat, m.contact, m.part, ${messageStatus} as status,
       case m.opted_out when 1 then 'opted-out' else outbox.reason end as reason,
       outbox.last_at as lastAt, outbox.level, outbox.level_at as levelAt
     from occurrence_messages m left join outbox using (outbox)
     where m.occurrence = ? and m.number >= ? order by m.number limit ?`
  )
  return {
    /** Occurrences, those settled last first. */
    list: ({ job, ...place }: OccurrenceFilter): ReadonlyArray<OccurrenceRow> => page(place, { job }),
    get: (job: JobId, planned: number): OccurrenceRow | undefined => byMoment.get(job, planned),
    /** The messages of an occurrence from one on, in the order in which they are queued. */
    messages: ({ cursor }: OccurrenceRow, from = 0): ReadonlyArray<OccurrenceMessageRow> =>
      messages.all(cursor, from, occurrenceMessagesMax)
  }
}
