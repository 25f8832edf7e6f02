/** What came of comparing the read models with a second fold of the log. */
import { Schema } from "effect"
import { DriftedTable } from "../contracts/projection.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { readModel } from "./read-model.ts"

export const checks = readModel({
  name: "checks",
  version: 1,
  tables: [
    {
      name: "checks",
      key: "sequence",
      ddl: `
        create table checks (
          sequence integer primary key, -- of the event that tells of it
          up_to integer not null, -- the event at which they were compared
          at integer not null, -- milliseconds since the epoch
          seconds real not null,
          drifted text not null, -- JSON of DriftedTable
          by text -- who asked; null for the nightly one
        ) strict;
      `
    }
  ],
  fold: {
    "projection.checked": (prepare) => {
      const put = prepare<[number, number, number, number, string, string | null]>(
        "insert into checks (sequence, up_to, at, seconds, drifted, by) values (?, ?, ?, ?, ?, ?) on conflict do nothing"
      )
      return ({ data: { at, by, drifted, seconds, upTo }, sequence }) =>
        put.run(sequence, upTo, at, seconds, JSON.stringify(drifted), by ?? null)
    }
  }
})

export interface CheckRow {
  readonly sequence: number
  readonly upTo: number
  readonly at: number
  readonly seconds: number
  readonly drifted: ReadonlyArray<DriftedTable>
  readonly by: string | null
}

const driftedIn = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Array(DriftedTable)))

/** The last one, undefined where there was none. */
export const checksQuery = (db: Sqlite) => {
  const last = db.prepare<[], Omit<CheckRow, "drifted"> & { readonly drifted: string }>(
    "select sequence, up_to as upTo, at, seconds, drifted, by from checks order by sequence desc limit 1"
  )
  return (): CheckRow | undefined => {
    const row = last.get()
    return row === undefined ? undefined : { ...row, drifted: driftedIn(row.drifted) }
  }
}
