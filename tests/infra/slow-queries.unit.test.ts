import Database from "better-sqlite3"
import { describe, expect, it } from "@effect/vitest"
import { type SlowQuery, watchSlowQueries } from "../../infra/sqlite/slow-queries.ts"

const watching = (fromMillis: number) => {
  const db = new Database(":memory:")
  db.exec("create table t (a text) strict; insert into t values ('x'), ('y')")
  const told: Array<SlowQuery> = []
  watchSlowQueries(db, { fromMillis, tell: (query) => told.push(query) })
  return { db, told }
}

describe("queries that take long", () => {
  it("are told of by their text, never by their values", () => {
    const { db, told } = watching(0)
    const one = db.prepare<[string], { a: string }>("select a\n  from t where a = ?")
    expect(one.get("x")).toEqual({ a: "x" })
    expect(db.prepare("select a from t order by a").pluck().all()).toEqual(["x", "y"])
    expect(told.map(({ sql }) => sql)).toEqual(["select a from t where a = ?", "select a from t order by a"])
    expect(JSON.stringify(told)).not.toContain('"x"')
  })

  it("are told of from where the operator says", () => {
    const { db, told } = watching(60_000)
    expect(db.prepare("select count(*) from t").pluck().get()).toBe(2)
    expect(told).toEqual([])
  })
})
