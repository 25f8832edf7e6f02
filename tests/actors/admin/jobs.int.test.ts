/** Jobs and contacts by the API, on the whole system. */
import { expect, layer } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { Contact } from "../../../contracts/http/contacts.ts"
import { Job, Occurrence, OccurrenceMessage } from "../../../contracts/http/jobs.ts"
import { call, eventually, ground, type Whole, whole } from "./whole.ts"
import { Posted } from "./shapes.ts"

class Running extends Context.Service<Running, Whole>()("test/Running") {}
const running = Layer.effect(Running, Effect.flatMap(ground, whole))

const Made = Schema.Struct({ job: Schema.String, sequence: Schema.Int, next: Schema.NullOr(Schema.Int) })
const Fired = Schema.Struct({ planned: Schema.Int, messages: Schema.Int, sequence: Schema.Int })
const Cancelled = Schema.Struct({ left: Schema.Int, of: Schema.Int })
const Seen = Schema.Struct({ occurrence: Occurrence, messages: Schema.Array(OccurrenceMessage) })
const Shown = Schema.Struct({
  occurrences: Schema.Array(Schema.Struct({ at: Schema.Int, local: Schema.String }))
})
const Saved = Schema.Struct({ contact: Schema.String, sequence: Schema.Int })
const Found = Schema.Struct({ items: Schema.Array(Contact) })

const asked = Effect.map(Running, ({ firstKey, url }) => {
  const key = firstKey!.text
  return (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    call(url + path, key, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
})

type Api = Effect.Success<typeof asked>

const greeting = async (api: Api) => {
  const { chat } = (await api("POST", "/v1/sandbox/messages", { text: "hello" })).as(Posted)
  return {
    title: "Greeting",
    messages: [{ text: "Good morning" }, { text: "and good night" }],
    timing: { zone: "Europe/Berlin", start: "2099-01-01T09:00:00", rule: "FREQ=DAILY" },
    recipients: [{ chat }]
  }
}

layer(running, { timeout: "60 seconds", excludeTestServices: true })("a job", (test) => {
  test.effect("is made once under one Idempotency-Key, and changed by whoever knows how it is now", () =>
    Effect.gen(function* () {
      const api = yield* asked
      yield* Effect.promise(async () => {
        const wanted = await greeting(api)
        const make = async () =>
          (await api("POST", "/v1/jobs", wanted, { "idempotency-key": "wedding" })).as(Made)
        const made = await make()
        expect(await make()).toEqual(made)
        expect(new Date(made.next!).toISOString()).toBe("2099-01-01T08:00:00.000Z")
        const path = `/v1/jobs/${made.job}`
        const got = await api("GET", `${path}?after=${made.sequence}`)
        expect(got.as(Job)).toMatchObject({ status: "active", title: "Greeting", next: made.next })
        const tag = got.headers.get("etag")!
        expect(tag).toMatch(new RegExp(`^"${made.sequence}-[\\w-]{22}"$`, "u"))
        const other = { ...wanted, title: "Farewell" }
        const changed = await api("PUT", path, other, { "if-match": tag })
        expect(changed.status).toBe(200)
        expect((await api("PUT", path, wanted, { "if-match": tag })).status).toBe(412)
        const bad = { ...wanted, timing: { ...wanted.timing, rule: "FREQ=NEVER" } }
        expect((await api("PUT", path, bad)).status).toBe(400)
      })
    })
  )

  test.effect("is shown beforehand, fired now, followed message by message, and called off", () =>
    Effect.gen(function* () {
      const api = yield* asked
      yield* Effect.promise(async () => {
        const wanted = await greeting(api)
        const shown = (await api("POST", "/v1/preview", { timing: wanted.timing, count: 2 })).as(Shown)
        expect(shown.occurrences.map(({ local }) => local)).toEqual([
          "2099-01-01T09:00:00",
          "2099-01-02T09:00:00"
        ])
        const { job } = (await api("POST", "/v1/jobs", wanted)).as(Made)
        const fired = (await api("POST", `/v1/jobs/${job}/fire`)).as(Fired)
        expect(fired.messages).toBe(2)
        const path = `/v1/jobs/${job}/occurrences/${fired.planned}?after=${fired.sequence}`
        const seen = await eventually(
          async () => (await api("GET", path)).as(Seen),
          ({ occurrence }) => occurrence.status === "finished"
        )
        expect(seen.occurrence).toMatchObject({ messages: 2, sent: 2, failed: 0, cancelled: 0 })
        expect(seen.messages.map(({ part, status }) => [part, status])).toEqual([
          [0, "sent"],
          [1, "sent"]
        ])
        const cancelled = await api("POST", `/v1/jobs/${job}/cancel`)
        expect(cancelled.as(Cancelled)).toEqual({ left: 0, of: 0 })
        expect((await api("POST", `/v1/jobs/${job}/fire`)).status).toBe(409)
      })
    })
  )
})

layer(running, { timeout: "60 seconds", excludeTestServices: true })("what is to come", (test) => {
  test.effect("is a calendar that is sent anew only where it says something else, and a job has copies", () =>
    Effect.gen(function* () {
      const api = yield* asked
      const { keyOf, url } = yield* Running
      const viewer = yield* keyOf("viewer")
      yield* Effect.promise(async () => {
        const { job } = (await api("POST", "/v1/jobs", await greeting(api))).as(Made)
        const copying = async () =>
          (
            await api(
              "POST",
              `/v1/jobs/${job}/duplicate`,
              {
                title: "Copy; of it",
                timing: { zone: "UTC", start: "2026-12-01T00:00:00", rule: "FREQ=DAILY" }
              },
              { "idempotency-key": "copy" }
            )
          ).as(Made)
        const copy = await copying()
        expect(await copying()).toEqual(copy)
        expect((await api("GET", `/v1/jobs/${copy.job}?after=${copy.sequence}`)).as(Job)).toMatchObject({
          title: "Copy; of it",
          messages: [{ text: "Good morning" }, { text: "and good night" }]
        })
        const calendar = await api("GET", "/v1/calendar.ics")
        expect(calendar.headers.get("content-type")).toBe("text/calendar; charset=utf-8")
        expect(calendar.text).toContain(String.raw`SUMMARY:Copy\; of it`)
        const tag = calendar.headers.get("etag")!
        const same = await api("GET", "/v1/calendar.ics", undefined, { "if-none-match": `W/${tag}` })
        expect([same.status, same.text, same.headers.get("etag")]).toEqual([304, "", tag])
        const blind = await call(`${url}/v1/calendar.ics`, viewer)
        expect([blind.status, blind.text.includes("Copy")]).toEqual([200, false])
        expect((await call(`${url}/v1/calendar.ics`, undefined)).status).toBe(401)
        const paused = (await api("POST", `/v1/jobs/${copy.job}/pause`)).as(
          Schema.Struct({ sequence: Schema.Int })
        )
        await api("GET", `/v1/jobs/${copy.job}?after=${paused.sequence}`)
        const other = await api("GET", "/v1/calendar.ics", undefined, { "if-none-match": tag })
        expect([other.status, other.text.includes("Copy")]).toEqual([200, false])
      })
    })
  )
})

layer(running, { timeout: "60 seconds", excludeTestServices: true })("a contact", (test) => {
  test.effect("is made, found by what its card says, merged and removed, by who may read words", () =>
    Effect.gen(function* () {
      const api = yield* asked
      const scheduler = yield* (yield* Running).keyOf("scheduler")
      const { url } = yield* Running
      yield* Effect.promise(async () => {
        const ada = { name: "Ada", number: "+491700000000", tags: ["family"] }
        const one = (await api("POST", "/v1/contacts", ada)).as(Saved)
        expect((await api("POST", "/v1/contacts", { ...ada, name: "Imposter" })).status).toBe(409)
        const two = (await api("POST", "/v1/contacts", { name: "Countess", number: "+491700000001" })).as(
          Saved
        )
        await api("POST", `/v1/contacts/${one.contact}/merge`, { other: two.contact })
        const found = await eventually(
          async () => (await api("GET", `/v1/contacts?text=countess&after=${two.sequence}`)).as(Found).items,
          (items) => items.length === 1 && items[0]!.contact === one.contact
        )
        expect(found[0]!.card).toMatchObject({ name: "Ada", aliases: ["Countess"], tags: ["family"] })
        expect((await call(`${url}/v1/contacts`, scheduler)).status).toBe(403)
        expect((await api("DELETE", `/v1/contacts/${one.contact}`)).status).toBe(200)
        expect((await api("DELETE", `/v1/contacts/${one.contact}`)).status).toBe(404)
      })
    })
  )
})
