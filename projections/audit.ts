/**
 * Who did what: a row for each fact that names its author, whichever it is. An event that declares `by` is in it by
 * itself, so that nothing that somebody does can be left out.
 */
import { type AnyRecorded, type EventName, events } from "../contracts/catalogue.ts"
import type { ChatId } from "../contracts/ids.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { newestFirst, type Page } from "./paging.ts"
import { type Folds, type Prepare, readModel } from "./read-model.ts"

/** Fields that say what a deed was done to, the most telling first; a chat has a column of its own. */
const subjectFields = [
  "override",
  "job",
  "contact",
  "outbox",
  "report",
  "key",
  "user",
  "pass",
  "webhook",
  "subject",
  "link",
  "place",
  "person",
  "actor"
] as const

const textIn = (data: object, field: string): string | null => {
  const value: unknown = Reflect.get(data, field)
  return typeof value === "string" ? value : null
}

const subjectIn = (data: object): string | null => {
  for (const field of subjectFields) {
    const value = textIn(data, field)
    if (value !== null) return value
  }
  return null
}

type Put = [
  sequence: number,
  at: number,
  by: string,
  action: string,
  chat: string | null,
  subject: string | null
]

const putting = (prepare: Prepare) =>
  prepare<Put>(
    "insert into audit (sequence, at, by, action, chat, subject) values (?, ?, ?, ?, ?, ?) on conflict do nothing"
  )

/** Some events have an author only where somebody asked for what they tell; none is an author of ours. */
const byAuthor = (prepare: Prepare) => {
  const put = putting(prepare)
  return ({ data, sequence, time, type }: AnyRecorded) => {
    const by = textIn(data, "by")
    if (by !== null) put.run(sequence, time, by, type, textIn(data, "chat"), subjectIn(data))
  }
}

const authored = events.filter((type) => "by" in type.data).map((type) => type.type)

// Every one of these is folded by the same function, which looks for no more than what all events have.
const authoredFolds = Object.fromEntries(authored.map((name) => [name, byAuthor])) as Folds

/** The events that name an author. */
export const auditedEvents: ReadonlySet<EventName> = new Set(authored)

export const audit = readModel({
  name: "audit",
  version: 1,
  tables: [
    {
      name: "audit",
      key: "sequence",
      ddl: `
        create table audit (
          sequence integer primary key, -- of the fact
          at integer not null, -- milliseconds since the epoch
          by text not null, -- a role, and the id of a key, a user or a member where there is one
          action text not null, -- the name of the event
          chat text,
          subject text -- the id of what it was done to, where it has one
        ) strict;
        create index audit_by_author on audit (by, sequence);
        create index audit_by_action on audit (action, sequence);
        create index audit_by_chat on audit (chat, sequence) where chat is not null;
        create index audit_by_subject on audit (subject, sequence) where subject is not null;
        create index audit_by_time on audit (at, sequence);
      `
    }
  ],
  fold: {
    ...authoredFolds,
    "account.signed-in": (prepare) => {
      const put = putting(prepare)
      return ({ data: { user }, sequence, time, type }) =>
        put.run(sequence, time, `user:${user}`, type, null, user)
    }
  }
})

export interface AuditRow {
  readonly cursor: number
  readonly sequence: number
  readonly at: number
  readonly by: string
  readonly action: string
  readonly chat: ChatId | null
  readonly subject: string | null
}

export interface AuditFilter extends Page {
  /** Exactly as facts have it, such as `owner:0194…`. */
  readonly by?: string | undefined
  /** The name of an event. */
  readonly action?: string | undefined
  readonly chat?: string | undefined
  readonly subject?: string | undefined
  /** Milliseconds since the epoch: not before, and before. */
  readonly since?: number | undefined
  readonly until?: number | undefined
}

export const auditQuery = (db: Sqlite) => {
  const page = newestFirst<AuditRow, "by" | "action" | "chat" | "subject" | "since" | "until">(db, {
    select: "select sequence as cursor, sequence, at, by, action, chat, subject from audit",
    cursor: "sequence",
    filters: {
      by: "by = ?",
      action: "action = ?",
      chat: "chat = ?",
      subject: "subject = ?",
      since: "at >= ?",
      until: "at < ?"
    }
  })
  return ({ action, by, chat, since, subject, until, ...place }: AuditFilter): ReadonlyArray<AuditRow> =>
    page(place, { by, action, chat, subject, since: since?.toString(), until: until?.toString() })
}
