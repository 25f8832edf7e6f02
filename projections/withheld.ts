/** What was said and may not be read: counted, and nothing else of it is known. */
import type { UnreadReason } from "../contracts/consent.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { readModel } from "./read-model.ts"

export const withheld = readModel({
  name: "withheld",
  version: 1,
  tables: [
    {
      name: "withheld",
      key: "sequence",
      ddl: `
        create table withheld (
          sequence integer primary key, -- of the event that counts it
          chat text not null,
          reason text not null,
          at integer not null -- milliseconds since the epoch
        ) strict;
        create index withheld_by_reason on withheld (reason);
      `
    }
  ],
  fold: {
    "message.unconsented": (prepare) => {
      const put = prepare<[number, string, string, number]>(
        "insert into withheld (sequence, chat, reason, at) values (?, ?, ?, ?) on conflict do nothing"
      )
      return ({ data: { at, chat, reason }, sequence }) => put.run(sequence, chat, reason, at)
    }
  }
})

/** How many there were, by reason; reasons that never occurred are absent. */
export type Withheld = { readonly [R in UnreadReason]?: number }

export const withheldQuery = (db: Sqlite) => {
  const all = db.prepare<[], { reason: UnreadReason; count: number }>(
    "select reason, count(*) as count from withheld group by reason"
  )
  return (): Withheld => Object.fromEntries(all.all().map(({ count, reason }) => [reason, count]))
}
