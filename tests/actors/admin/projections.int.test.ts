/** The read models through the API: compared, found wanting, made anew; and who asked for it. */
import Database from "better-sqlite3"
import { expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { AuditEntry } from "../../../contracts/http/audit.ts"
import { pageOf } from "../../../contracts/http/lists.ts"
import { Check } from "../../../contracts/http/projections.ts"
import { call, eventually, ground, type Whole, whole } from "./whole.ts"

const Status = Schema.Struct({
  building: Schema.NullOr(Schema.Unknown),
  failed: Schema.NullOr(Schema.String),
  checking: Schema.NullOr(Schema.Unknown),
  unchecked: Schema.NullOr(Schema.String),
  check: Schema.NullOr(Check)
})
const Placed = Schema.Struct({ sequence: Schema.Int })

const world = ({ firstKey, url }: Whole) => {
  const key = firstKey!.text
  const get = (path: string) => call(url + path, key)
  const post = (path: string, body?: object) =>
    call(url + path, key, { method: "POST", ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const status = async () => (await get("/v1/projections")).as(Status)
  return {
    get,
    post,
    /** A comparison that was asked for just now. */
    check: async () => {
      const before = (await status()).check?.sequence ?? 0
      expect((await post("/v1/projections/check")).status).toBe(200)
      const { check } = await eventually(status, (it) => (it.check?.sequence ?? 0) > before)
      return check!
    },
    rebuild: async () => {
      expect((await post("/v1/projections/rebuild")).status).toBe(200)
      return eventually(status, ({ building }) => building === null)
    }
  }
}

it.live(
  "read models that were changed by hand are found, told of, and made anew",
  () =>
    Effect.gen(function* () {
      const running = yield* Effect.flatMap(ground, whole)
      const { check, get, post, rebuild } = world(running)
      yield* Effect.promise(async () => {
        const { sequence } = (await post("/v1/sandbox/messages", { text: "http://paypa1-login.com/" })).as(
          Placed
        )
        await get(`/v1/overview?after=${sequence}`)
        const good = await check()
        expect(good.drifted).toEqual([])
        expect(good.by).toMatch(/^owner:/u)

        const db = new Database(running.projector.file(), { timeout: 5_000 })
        db.exec("update chats set messages = 7")
        db.close()
        const bad = await check()
        expect(bad.drifted).toMatchObject([{ model: "chats", table: "chats", how: "changed" }])
        expect((await get("/metrics")).text).toMatch(/^wadjet_read_model_drifted\{model="chats"\} 1$/mu)
        expect((await get("/v1/overview")).as(Schema.Struct({ drifted: Schema.Int }))).toEqual({ drifted: 1 })

        expect((await rebuild()).failed).toBeNull()
        expect((await check()).drifted).toEqual([])
        expect((await get("/metrics")).text).not.toMatch(/^wadjet_read_model_drifted\{/mu)
        const told = (await get("/v1/audit?action=projection.replaced")).as(pageOf(AuditEntry))
        expect(told.items).toMatchObject([{ by: good.by, action: "projection.replaced" }])
      })
    }).pipe(Effect.scoped),
  120_000
)
