/**
 * Records on disk: one table of values in the order of their arrival, written at its end, and one of marks.
 * The kind of a record is in the last three bits of its marks, so that all that is about one hash lies together.
 */
import type { Sqlite } from "../sqlite/open.ts"
import type { Kept, Mark, Marks, Records } from "./records.ts"

export const recordTables = `
  create table if not exists record (id integer primary key, value blob not null) strict;
  create table if not exists mark (mark integer not null, record integer not null, primary key (mark, record))
    strict, without rowid;
`

const kinds = 8

const placeOf = (kind: number, mark: Mark): number => mark * kinds + kind

export const makeRecordStore = (db: Sqlite) => {
  type Row = readonly [id: number, value: Buffer]
  const add = db.prepare<[Buffer]>("insert into record (value) values (?)")
  const change = db.prepare<[Buffer, number]>("update record set value = ? where id = ?")
  const remove = db.prepare<[number]>("delete from record where id = ?")
  const mark = db.prepare<[number, number]>("insert into mark values (?, ?) on conflict do nothing")
  const unmark = db.prepare<[number, number]>("delete from mark where mark = ? and record = ?")
  // A join would be planned anew for each mark that is asked for, as would an order that is asked for by name.
  const found = "select record, (select value from record where id = mark.record) from mark where"
  const at = db.prepare<[number], Row>(`${found} mark = ?`).raw()
  const between = db
    .prepare<[number, number, number], Row>(`${found} mark between ? and ? and mark & ${kinds - 1} = ?`)
    .raw()

  const markAll = (kind: number, id: number, marks: Iterable<Mark>) => {
    for (const each of marks) mark.run(placeOf(kind, each), id)
  }

  return {
    find: <V>(records: Records<V>, marks: Mark | Marks): ReadonlyArray<Kept<V>> => {
      const rows =
        typeof marks === "number"
          ? at.all(placeOf(records.kind, marks))
          : between
              .all(placeOf(records.kind, marks[0]), placeOf(records.kind, marks[1]), records.kind)
              .toSorted(([a], [b]) => a - b)
      return rows.map(([id, value]) => ({ id, value: records.unpack(value) }))
    },
    add: <V>(records: Records<V>, value: V, marks: Iterable<Mark>): number => {
      const id = Number(add.run(records.pack(value)).lastInsertRowid)
      markAll(records.kind, id, marks)
      return id
    },
    change: <V>(records: Records<V>, id: number, value: V, marks: Iterable<Mark> = []) => {
      change.run(records.pack(value), id)
      markAll(records.kind, id, marks)
    },
    mark: ({ kind }: Pick<Records<never>, "kind">, id: number, marks: Iterable<Mark>) =>
      markAll(kind, id, marks),
    unmark: ({ kind }: Pick<Records<never>, "kind">, id: number, marks: Iterable<Mark>) => {
      for (const each of marks) unmark.run(placeOf(kind, each), id)
    },
    remove: (id: number) => void remove.run(id)
  }
}
