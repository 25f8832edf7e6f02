/**
 * How far each webhook was told, and what came of the latest attempts: `webhooks.db`. It changes with each event that
 * is told, and may be lost: then webhooks are told again from where `accounts.db` knows that they were.
 */
import type { WebhookId } from "../../../contracts/ids.ts"
import { migrate, type Migration } from "../../../infra/sqlite/migrate.ts"
import type { Sqlite } from "../../../infra/sqlite/open.ts"
import type { ToldUpTo } from "../accounts/webhooks.ts"
import type { Attempt } from "./attempt.ts"

/** The name of the file in the data folder. */
export const progressFile = "webhooks.db"

/** Attempts that are kept of each webhook. */
export const deliveriesKept = 200

const tables = `
  create table progress (
    webhook text primary key,
    revision integer not null, -- grows when it is told to begin elsewhere
    generation text not null, -- of the log
    sequence integer not null, -- of the last event that it was told
    failures integer not null default 0, -- since the last success
    failing_since integer, -- milliseconds since the epoch, like the rest
    next_at integer
  ) strict;
  create table delivery (
    number integer primary key,
    webhook text not null,
    at integer not null,
    sequence integer, -- of the event; null for a test
    id text not null,
    type text not null,
    delivered integer not null,
    status integer,
    fault text,
    millis integer not null
  ) strict;
  create index delivery_by_webhook on delivery (webhook, number);
`

const waiting = "alter table progress add column waiting integer" // the sequence of the event that failed

export const progressMigrations: ReadonlyArray<Migration> = [
  { name: "how far, and what came of it", up: tables, down: "drop table delivery; drop table progress" },
  { name: "which event waits", up: waiting, down: "alter table progress drop column waiting" }
]

export interface Progress extends ToldUpTo {
  readonly revision: number
  readonly failures: number
  readonly failingSince: number | null
  readonly nextAt: number | null
  /** The event that could not be told, and is tried again before the others. */
  readonly waiting: number | null
}

/** What an attempt was about. */
export interface About {
  readonly webhook: WebhookId
  /** Null for a test. */
  readonly sequence: number | null
  readonly id: string
  readonly type: string
}

export interface Delivery {
  readonly at: number
  readonly sequence: number | null
  readonly id: string
  readonly type: string
  readonly delivered: boolean
  readonly status: number | null
  readonly fault: string | null
  readonly millis: number
}

type DeliveryRow = Omit<Delivery, "delivered"> & { readonly delivered: number }

const statements = (db: Sqlite) => ({
  find: db.prepare<[WebhookId], Progress>(
    `select revision, generation, sequence, failures, failing_since as failingSince, next_at as nextAt, waiting
     from progress where webhook = ?`
  ),
  begin: db.prepare<[WebhookId, string, number]>(
    `insert into progress (webhook, revision, generation, sequence) values (?, 1, ?, ?)
     on conflict do update set revision = revision + 1, generation = excluded.generation,
       sequence = excluded.sequence, failures = 0, failing_since = null, next_at = null, waiting = null`
  ),
  told: db.prepare<[number, WebhookId, number]>(
    `update progress set sequence = ?, failures = 0, failing_since = null, next_at = null, waiting = null
     where webhook = ? and revision = ?`
  ),
  failed: db.prepare<[number, number, number | null, WebhookId, number]>(
    `update progress set failures = failures + 1, failing_since = coalesce(failing_since, ?), next_at = ?, waiting = ?
     where webhook = ? and revision = ?`
  ),
  patient: db.prepare<[WebhookId]>(
    "update progress set revision = revision + 1, failures = 0, failing_since = null, next_at = null where webhook = ?"
  ),
  takeOver: db.prepare<[WebhookId]>("update progress set revision = revision + 1 where webhook = ?"),
  forget: db.prepare<[WebhookId]>("delete from progress where webhook = ?"),
  forgetDeliveries: db.prepare<[WebhookId]>("delete from delivery where webhook = ?"),
  note: db.prepare<
    [WebhookId, number, number | null, string, string, number, number | null, string | null, number]
  >(
    `insert into delivery (webhook, at, sequence, id, type, delivered, status, fault, millis)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`
  ),
  trim: db.prepare<[WebhookId, WebhookId, number]>(
    `delete from delivery where webhook = ? and number <=
       (select number from delivery where webhook = ? order by number desc limit 1 offset ?)`
  ),
  deliveries: db.prepare<[WebhookId], DeliveryRow>(
    `select at, sequence, id, type, delivered, status, fault, millis
     from delivery where webhook = ? order by number desc`
  )
})

/** The progress in a database, which may be open in other processes at the same time. */
export const progressOn = (db: Sqlite, now: number) => {
  migrate(db, progressMigrations, now)
  const sql = statements(db)

  const note = ({ id, sequence, type, webhook }: About, attempt: Attempt) => {
    const { at, delivered, fault, millis, status } = attempt
    sql.note.run(webhook, at, sequence, id, type, delivered ? 1 : 0, status, fault, millis)
    sql.trim.run(webhook, webhook, deliveriesKept)
  }

  return {
    find: (webhook: WebhookId): Progress | undefined => sql.find.get(webhook),
    /** From here on it goes on behind a place. */
    begin: (webhook: WebhookId, { generation, sequence }: ToldUpTo): void =>
      void sql.begin.run(webhook, generation, sequence),
    /** Whoever told it before is not heard any more, should it go on: it was paused, and has lost the lease. */
    takeOver: (webhook: WebhookId): void => void sql.takeOver.run(webhook),
    /** Its failures so far are forgiven. */
    forgive: (webhook: WebhookId): void => void sql.patient.run(webhook),
    /** It was told an event. `false`, and nothing is moved, where it was to begin elsewhere meanwhile. */
    told: db.transaction((about: About, attempt: Attempt, sequence: number, revision: number): boolean => {
      note(about, attempt)
      return sql.told.run(sequence, about.webhook, revision).changes > 0
    }),
    /** It could not be told. `false`, and nothing is moved, where it was to begin elsewhere meanwhile. */
    failed: db.transaction((about: About, attempt: Attempt, nextAt: number, revision: number): boolean => {
      note(about, attempt)
      return sql.failed.run(attempt.at, nextAt, about.sequence, about.webhook, revision).changes > 0
    }),
    /** Somebody had it told an event: where that is the one that waits, it goes on behind it at once. */
    toldByHand: db.transaction((about: About, attempt: Attempt): void => {
      const at = sql.find.get(about.webhook)
      note(about, attempt)
      if (!attempt.delivered || at === undefined || at.waiting === null || at.waiting !== about.sequence)
        return
      sql.told.run(about.sequence, about.webhook, at.revision)
      sql.takeOver.run(about.webhook)
    }),
    note: db.transaction(note),
    /** The newest first. */
    deliveries: (webhook: WebhookId): ReadonlyArray<Delivery> =>
      sql.deliveries.all(webhook).map((row) => ({ ...row, delivered: row.delivered === 1 })),
    forget: db.transaction((webhook: WebhookId) => {
      sql.forget.run(webhook)
      sql.forgetDeliveries.run(webhook)
    })
  }
}

export type ProgressStore = ReturnType<typeof progressOn>
