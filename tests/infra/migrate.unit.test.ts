import Database from "better-sqlite3"
import { describe, expect, it } from "@effect/vitest"
import { historyOf, migrate, versionOf } from "../../infra/sqlite/migrate.ts"

const steps = [
  { name: "one", up: "create table one (n integer) strict", down: "drop table one" },
  { name: "two", up: "create table two (n integer) strict", down: "drop table two" }
]
const tables = (db: Database.Database) =>
  db.prepare<[], string>("select name from sqlite_schema where type = 'table' order by name").pluck().all()

describe("migrations", () => {
  it("take a database to the newest version, once, and back, and keep a history", () => {
    const db = new Database(":memory:")
    migrate(db, steps, 7)
    migrate(db, steps, 8)
    migrate(db, steps, 9, 1)
    expect(tables(db)).toEqual(["migration", "one"])
    expect(historyOf(db)).toEqual([
      { at: 7, version: 1, name: "one", direction: "up" },
      { at: 7, version: 2, name: "two", direction: "up" },
      { at: 9, version: 1, name: "two", direction: "down" }
    ])
  })

  it("leave a database as it was where a step fails", () => {
    const db = new Database(":memory:")
    const broken = { name: "broken", up: "create table half (n integer); nonsense", down: "" }
    expect(() => migrate(db, [steps[0]!, broken], 1)).toThrow("nonsense")
    expect([tables(db), versionOf(db)]).toEqual([["migration", "one"], 1])
  })

  it("do not touch what a newer version made", () => {
    const db = new Database(":memory:")
    migrate(db, steps, 1)
    expect(() => migrate(db, steps.slice(0, 1), 2)).toThrow(
      "expected a database of version 1 or older, found version 2"
    )
    expect(tables(db)).toContain("two")
  })
})
