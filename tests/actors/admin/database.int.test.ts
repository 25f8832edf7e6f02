/** The database files through the API: how they are, looking after them, and asking the read models in SQL. */
import { expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Answer, DatabaseState, OperationDone } from "../../../contracts/database.ts"
import { AuditEntry } from "../../../contracts/http/audit.ts"
import { pageOf } from "../../../contracts/http/lists.ts"
import { call, eventually, ground, whole } from "./whole.ts"

const Problem = Schema.Struct({ type: Schema.String, detail: Schema.String })
const Placed = Schema.Struct({ sequence: Schema.Int })
const Databases = Schema.Struct({ databases: Schema.Array(DatabaseState) })
const Deeds = Schema.Struct({
  columns: Schema.Array(Schema.String),
  rows: Schema.Array(Schema.Array(Schema.Unknown))
})
const endless = "with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n"
const words = "quitsecretwords"

it.live(
  "database files say how they are, are looked after, and answer what operators ask in SQL",
  () =>
    Effect.gen(function* () {
      const { firstKey, url } = yield* Effect.flatMap(ground, whole)
      const key = firstKey!.text
      const get = (path: string) => call(url + path, key)
      const post = (path: string, body?: object, signal?: AbortSignal) =>
        call(url + path, key, {
          method: "POST",
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          ...(signal === undefined ? {} : { signal })
        })
      yield* Effect.promise(async () => {
        const text = `${words} http://paypa1-login.com/`
        const { sequence } = (await post("/v1/sandbox/messages", { text })).as(Placed)
        await get(`/v1/overview?after=${sequence}`)

        const { databases } = (await get("/v1/database")).as(Databases)
        expect(databases.filter(({ damaged }) => damaged !== null)).toEqual([])
        const names = databases.map(({ name }) => name)
        expect(names).toEqual(
          expect.arrayContaining(["accounts", "keyring", "sandbox", "actors.verdict", "read-model.blue"])
        )
        const models = databases.find(({ name }) => name === "read-model.blue")!
        expect(models.standsFor).toBeGreaterThanOrEqual(sequence)
        expect(models.tables).toContainEqual({ name: "messages", rows: 1 })

        for (const operation of ["check", "analyze", "vacuum", "checkpoint"]) {
          const done = (await post(`/v1/database/read-model.blue/${operation}`)).as(OperationDone)
          expect([done.operation, done.problems]).toEqual([operation, []])
        }
        expect((await post("/v1/database/nothing/check")).status).toBe(404)
        expect((await post("/v1/database/keyring/drop")).status).toBe(400)
        expect((await post("/v1/database/keyring/analyze")).status).toBe(409)

        const all = (await post("/v1/query", { sql: "select * from messages" })).as(Answer)
        expect(all.rows.length).toBe(1)
        expect(JSON.stringify(all)).not.toContain(words)
        const sql = "select name from sqlite_schema where type = ? order by name"
        const some = (await post("/v1/query", { sql, params: ["table"], limit: 3 })).as(Answer)
        expect([some.rows.length, some.truncated]).toEqual([3, "rows"])
        const table = await post("/v1/query.csv", { sql, params: ["table"], limit: 3 })
        expect(table.headers.get("content-type")).toContain("text/csv")
        expect(table.headers.get("wadjet-truncated")).toBe("rows")
        expect(table.text).toBe(["name", ...some.rows.map(String), ""].join("\r\n"))
        const plan = (await post("/v1/query", { sql: "select * from messages", explain: true })).as(Answer)
        expect(JSON.stringify(plan.rows)).toContain("SCAN")
        const refused = await post("/v1/query", { sql: "delete from messages" })
        expect([refused.status, refused.as(Problem).detail]).toEqual([
          400,
          expect.stringContaining("begins with select")
        ])

        const left = new AbortController()
        const waiting = [1, 2].map(() =>
          post("/v1/query", { sql: endless }, left.signal).catch(() => undefined)
        )
        await eventually(
          () => post("/v1/query", { sql: "select 1" }),
          ({ status }) => status === 429
        )
        left.abort()
        await Promise.all(waiting)
        // Whoever left was not waited for to the limit: their processes are gone.
        await eventually(
          () => post("/v1/query", { sql: "select 1" }),
          ({ status }) => status === 200
        )

        const asked = async () =>
          (await get("/v1/audit?action=account.asked&limit=200")).as(pageOf(AuditEntry)).items
        const entries = await eventually(asked, (items) =>
          items.some(({ subject }) => subject === "read-model.blue")
        )
        expect(entries.every(({ by }) => by.startsWith("owner:"))).toBe(true)
        const deeds = (await post("/v1/query", { sql: "select * from audit" })).as(Deeds)
        expect(JSON.stringify(deeds)).not.toContain("recursive")
      })
    }),
  120_000
)
