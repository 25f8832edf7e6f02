import Database from "better-sqlite3"
import fc from "fast-check"
import { expect, it } from "vitest"
import { everyRow, newestFirst } from "../../projections/paging.ts"

interface Row {
  readonly cursor: number
  readonly kind: string
}

const table = () => {
  const db = new Database(":memory:")
  db.exec("create table rows (cursor integer primary key, kind text not null) strict")
  const page = newestFirst<Row, "kind">(db, {
    select: "select cursor, kind from rows",
    cursor: "cursor",
    filters: { kind: "kind = ?" }
  })
  const put = db.prepare("insert into rows values (?, ?)")
  let next = 0
  return { page, add: (kind: string) => void put.run(next++, kind) }
}

const kind = fc.constantFrom("a", "b")

it("every row that was there is met once and in order, whatever is written from page to page", () => {
  fc.assert(
    fc.property(
      fc.array(kind, { maxLength: 30 }),
      fc.array(fc.array(kind, { maxLength: 3 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 7 }),
      fc.option(kind, { nil: undefined }),
      fc.boolean(),
      (before, meanwhile, limit, wanted, oldestFirst) => {
        const { add, page } = table()
        before.forEach(add)
        const expected = before
          .map((it, cursor) => ({ cursor, kind: it }))
          .filter((row) => wanted === undefined || row.kind === wanted)
        const met: Array<Row> = []
        for (let turn = 0; ; turn++) {
          const rows = page({ limit, before: met.at(-1)?.cursor, oldestFirst }, { kind: wanted })
          if (rows.length === 0) break
          met.push(...rows)
          meanwhile[turn]?.forEach(add)
        }
        const old = met.filter(({ cursor }) => cursor < before.length)
        expect(old).toEqual(oldestFirst ? expected : expected.toReversed())
        expect(new Set(met.map(({ cursor }) => cursor)).size).toBe(met.length)
      }
    ),
    { numRuns: 200 }
  )
})

it("a list that is longer than any page is gone through whole", () => {
  const { add, page } = table()
  for (let index = 0; index < 1_100; index++) add("a")
  const rows = everyRow((place) => page(place, {}))
  expect(rows.map(({ cursor }) => cursor)).toEqual(Array.from({ length: 1_100 }, (_, index) => 1_099 - index))
})
