import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import Database from "better-sqlite3"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { operate } from "../../infra/sqlite/aside/operate.ts"
import type { AsideMessage, Operation, Value } from "../../infra/sqlite/aside/protocol.ts"
import { runQuery } from "../../infra/sqlite/aside/read-only-query.ts"
import { Refusal } from "../../infra/sqlite/aside/refusal.ts"
import { runAside } from "../../infra/sqlite/aside/run-aside.ts"
import { statisticsOf } from "../../infra/sqlite/aside/statistics.ts"
import { csvLine } from "../../infra/sqlite/csv.ts"
import { localDatabases } from "../../infra/sqlite/local-databases.ts"
import { operateOnDatabase, queryReadModels, type QueryOptions } from "../../infra/sqlite/look-after.ts"

let folder = ""
const blue = () => join(folder, "read-model", "blue.db")

const numbers = (from: number, to: number) =>
  `with recursive n (i) as (select ${from} union all select i + 1 from n where i < ${to})`

/** Children of this process that work on database files. */
const running = () =>
  readdirSync("/proc").filter((pid) => {
    try {
      const [, parent] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ")
      return (
        parent === String(process.pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("aside/child")
      )
    } catch {
      return false
    }
  })

/** Endless, and nothing that SQLite would stop by itself. */
const endless = "with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n"
const hungry =
  "with recursive n (i) as (select 1 union all select i + 1 from n) select length(b) from (select randomblob(100000) as b from n) order by b"

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wadjet-databases-"))
  mkdirSync(join(folder, "read-model"))
  mkdirSync(join(folder, "actors"))
  const db = new Database(blue())
  db.pragma("journal_mode=WAL")
  db.exec(`
    create table checkpoint (sequence integer not null) strict;
    insert into checkpoint values (17);
    create table links (id integer primary key, host text, url text) strict;
    create index links_host on links (host);
    ${numbers(1, 3_000)} insert into links select i, 'host-' || (i % 7), 'sealed:' || hex(randomblob(200)) from n;
  `)
  db.close()
  new Database(join(folder, "actors", "scan.db")).exec("create table state (key text) strict").close()
  new Database(join(folder, "keyring.db")).exec("create table k (form text primary key) strict").close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Does an operation here, without a process of its own. */
const operateHere = (name: string, operation: Operation) => {
  const said: Array<AsideMessage> = []
  operate(operation, localDatabases(folder).find((it) => it.name === name)!.path, (it) => void said.push(it))
  const last = said.at(-1)
  if (last?.say !== "operated") throw new Error(`expected what was done, found ${JSON.stringify(last)}`)
  return { ...last.done, left: said.flatMap((it) => (it.say === "freed" ? [it.left] : [])) }
}

/** Queries here, without a process of its own. */
const ask = (sql: string, more: Partial<Omit<QueryOptions, "secondsMax">> = {}) => {
  const said: Array<AsideMessage> = []
  const whole = { path: blue(), sql, params: [], explain: false, rowsMax: 100, bytesMax: 1_000_000, ...more }
  runQuery({ task: "query", ...whole }, (it) => void said.push(it))
  const last = said.at(-1)
  if (last?.say !== "queried") throw new Error(`expected an answer, found ${JSON.stringify(last)}`)
  return {
    ...last.done,
    columns: said.flatMap((it) => (it.say === "columns" ? it.columns : [])),
    found: said.flatMap((it) => (it.say === "rows" ? it.rows : []))
  }
}

/** Queries as the product does. */
const askAside = (sql: string, secondsMax = 60) => {
  const found: Array<ReadonlyArray<Value>> = []
  const query = {
    path: blue(),
    sql,
    params: [],
    explain: false,
    rowsMax: 10,
    bytesMax: 1_000_000,
    secondsMax
  }
  return Effect.map(
    queryReadModels(query, { columns: () => undefined, rows: (some) => void found.push(...some) }),
    (done) => ({ ...done, found })
  )
}

const operateAside = (name: string, operation: Operation) =>
  operateOnDatabase({ dataFolder: folder, name, operation, secondsMax: 60 })

describe("databases of a data folder", () => {
  it("are all there are, by names without paths", () => {
    expect(localDatabases(folder).map(({ name }) => name)).toEqual([
      "keyring",
      "actors.scan",
      "read-model.blue"
    ])
  })

  it("say how they are, and which of them is damaged", () => {
    const damaged = join(folder, "actors", "broken.db")
    writeFileSync(damaged, "this is no database, though it is as long as the header of one".repeat(9))
    const found = statisticsOf(localDatabases(folder))
    rmSync(damaged)
    expect(found.find(({ name }) => name === "actors.broken")?.damaged).toContain("not a database")
    const models = found.find(({ name }) => name === "read-model.blue")!
    expect(models).toMatchObject({ damaged: null, standsFor: 17, incremental: false, version: 0 })
    expect(models.tables).toEqual([
      { name: "checkpoint", rows: 1 },
      { name: "links", rows: 3_000 }
    ])
    expect(models.bytes).toBe(models.pages * models.pageBytes)
  })

  it.effect("are read whole, and a damaged one is named with what is wrong", () =>
    Effect.gen(function* () {
      expect((yield* operateAside("read-model.blue", "check")).problems).toEqual([])
      const path = join(folder, "actors", "torn.db")
      const db = new Database(path)
      db.exec(`create table t (a text) strict; create index t_a on t (a); ${numbers(1, 2_000)}
        insert into t select hex(randomblob(20)) from n`)
      db.close()
      const file = openSync(path, "r+")
      writeSync(file, Buffer.alloc(2_000, 7), 0, 2_000, 4_096 * 5 + 200)
      closeSync(file)
      expect(operateHere("actors.torn", "check").problems).not.toEqual([])
      writeFileSync(path, "no database at all".repeat(30))
      const failure = yield* Effect.flip(operateAside("actors.torn", "check"))
      rmSync(path)
      expect(failure.reason).toBe("damaged")
      expect(failure.message).toContain(path)
    })
  )

  it("give back free pages while others read and write, in steps from the second time on", () => {
    const other = new Database(blue())
    other.exec("delete from links where id > 1000")
    const first = operateHere("read-model.blue", "vacuum")
    expect(first.bytesAfter).toBeLessThan(first.bytesBefore / 2)
    other.exec(`${numbers(1_001, 12_000)} insert into links select i, 'host', hex(randomblob(200)) from n`)
    other.exec("delete from links where id > 1000")
    const second = operateHere("read-model.blue", "vacuum")
    expect(second.left.length).toBeGreaterThan(1)
    expect(second.left.at(-1)).toBe(0)
    expect(second.bytesAfter).toBeLessThan(second.bytesBefore / 2)
    expect(other.prepare("select count(*) from links").pluck().get()).toBe(1_000)
    other.close()
    expect(operateHere("read-model.blue", "check").problems).toEqual([])
  })

  it.effect("learn of their indexes without keeping a value of them, and read models alone do", () =>
    Effect.gen(function* () {
      const shell = new Database(blue())
      shell.exec("analyze")
      expect(shell.prepare("select count(*) from sqlite_stat4").pluck().get()).toBeGreaterThan(0)
      shell.close()
      operateHere("read-model.blue", "analyze")
      const db = new Database(blue(), { readonly: true })
      expect(db.prepare("select count(*) from sqlite_stat1").pluck().get()).toBeGreaterThan(0)
      expect(db.prepare("select count(*) from sqlite_stat4").pluck().get()).toBe(0)
      db.close()
      for (const name of ["keyring", "actors.scan"])
        expect((yield* Effect.flip(operateAside(name, "analyze"))).reason).toBe("refused")
      expect((yield* Effect.flip(operateAside("../keyring", "check"))).reason).toBe("refused")
    })
  )

  it("are written from their log into their file, as far as nobody is in the way", () => {
    const writer = new Database(blue())
    const reader = new Database(blue(), { readonly: true })
    reader.exec("begin")
    reader.prepare("select count(*) from links").get()
    writer.exec("update links set host = 'y' where id < 500")
    expect(statSync(`${blue()}-wal`).size).toBeGreaterThan(0)
    expect(operateHere("read-model.blue", "checkpoint").hindered).toBe(true)
    reader.close()
    expect(operateHere("read-model.blue", "checkpoint")).toMatchObject({ hindered: false, walBytesAfter: 0 })
    writer.close()
  })
})

describe("a query of read models", () => {
  it("is answered with columns and rows, as JSON and tables have them", () => {
    const sql = "select 1 as a, null as b, x'00ff' as c, 9007199254740993 as d, ? as e, 1e999 as f"
    const found = ask(sql, { params: ["it's"] })
    expect(found).toMatchObject({ columns: ["a", "b", "c", "d", "e", "f"], truncated: null, standsFor: 17 })
    expect(found.found).toEqual([[1, null, "x'00ff'", "9007199254740993", "it's", "Infinity"]])
    expect(csvLine(["a,b", null, "", 'say "hi"', 1])).toBe('"a,b",,"","say ""hi""",1\r\n')
    expect(ask("-- which?\n/* all */ with l as (select 1) select * from l;").rows).toBe(1)
  })

  it("is explained instead of done", () => {
    const { found } = ask("select * from links where host = ?", { explain: true, params: ["x"] })
    expect(JSON.stringify(found)).toContain("links_host")
    expect(ask(endless, { explain: true }).rows).toBeGreaterThan(0)
  })

  it.each([
    "delete from links",
    "with x as (select 1) delete from links",
    "select 1; delete from links",
    "attach ':memory:' as k",
    "pragma user_version = 9",
    "pragma table_info(links)",
    "explain pragma journal_mode = delete",
    "select load_extension('x')",
    "select readfile('/etc/hostname')",
    "vacuum into '/tmp/copy.db'",
    "begin",
    "create temp table t (a)",
    "select * from nowhere",
    "select ?",
    ""
  ])("is not %j", (sql) => {
    const count = () => ask("select count(*) from links").found
    const before = count()
    expect(() => ask(sql)).toThrow(Refusal)
    expect(count()).toEqual(before)
  })

  it("ends at its limits of rows and bytes, and says so", () => {
    expect(ask("select id from links", { rowsMax: 10 })).toMatchObject({ rows: 10, truncated: "rows" })
    expect(ask("select id from links limit 10", { rowsMax: 10 })).toMatchObject({ rows: 10, truncated: null })
    expect(ask("select url from links", { bytesMax: 4_100 })).toMatchObject({ rows: 10, truncated: "bytes" })
    expect(ask("select * from links where id <= 1000", { rowsMax: 5_000 }).rows).toBe(1_000)
  })

  it.effect("is answered by a process of its own, which waits for whoever reads", () =>
    Effect.gen(function* () {
      expect(yield* askAside("select 1")).toMatchObject({ rows: 1, found: [[1]] })
    })
  )

  it.effect("is ended where it takes longer than it may", () =>
    Effect.gen(function* () {
      const { message, reason } = yield* Effect.flip(askAside(endless, 1))
      expect(reason).toBe("too-slow")
      expect(message).toContain("within 1 s")
    })
  )

  it.effect("is ended where it takes more memory than it may", () =>
    Effect.gen(function* () {
      expect((yield* Effect.flip(askAside(hungry))).reason).toBe("too-much-memory")
    })
  )

  it.live("is ended when nobody waits for it any more", () =>
    Effect.gen(function* () {
      const waited = yield* Effect.exit(askAside(endless).pipe(Effect.timeout("300 millis")))
      expect(waited._tag).toBe("Failure")
      expect(running()).toEqual([])
    })
  )

  it.effect("of a file that is not there fails in words", () =>
    Effect.gen(function* () {
      const limits = { secondsMax: 30, residentBytesMax: 2 ** 29 }
      const { message, reason } = yield* Effect.flip(
        runAside({ task: "check", path: join(folder, "none.db") }, limits)
      )
      expect([reason, message]).toEqual(["failed", "unable to open database file"])
    })
  )
})
