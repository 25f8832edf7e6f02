/** Messages that came and could not be read: each is counted until its text arrives after all. */
import type { UnreadableReason } from "../contracts/message.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { readModel } from "./read-model.ts"

export const unreadable = readModel({
  name: "unreadable",
  version: 1,
  tables: [
    {
      name: "unreadable",
      key: "message",
      ddl: `
        create table unreadable (
          message text primary key,
          chat text not null,
          sender text not null,
          reason text not null,
          fields text not null, -- JSON: names or numbers of what was not read
          at integer not null, -- milliseconds since the epoch
          read_at integer, -- the sequence of its text; null while there is none
          updated integer not null
        ) strict, without rowid;
        create index unreadable_waiting on unreadable (reason) where read_at is null;
      `
    }
  ],
  fold: {
    "message.unreadable": (prepare) => {
      const put = prepare(
        `insert into unreadable (message, chat, sender, reason, fields, at, updated) values (?, ?, ?, ?, ?, ?, ?)
         on conflict do update set reason = excluded.reason, fields = excluded.fields, updated = excluded.updated
         where updated < excluded.updated`
      )
      return ({ data, sequence }) => {
        const { at, chat, fields, message, reason, sender } = data
        put.run(message, chat, sender, reason, JSON.stringify(fields), at, sequence)
      }
    },
    "message.received": (prepare) => {
      const read = prepare<[number, number, string, number]>(
        "update unreadable set read_at = ?, updated = ? where message = ? and updated < ?"
      )
      return ({ data, sequence }) => void read.run(sequence, sequence, data.message, sequence)
    }
  }
})

/** How many messages could not be read yet, by reason; reasons that never occurred are absent. */
export type Unread = { readonly [R in UnreadableReason]?: number }

export const unreadQuery = (db: Sqlite) => {
  const all = db.prepare<[], { reason: UnreadableReason; count: number }>(
    "select reason, count(*) as count from unreadable where read_at is null group by reason"
  )
  return (): Unread => Object.fromEntries(all.all().map(({ count, reason }) => [reason, count]))
}
