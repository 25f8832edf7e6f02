/** What the API does, on the whole system. */
import { expect, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { call, eventually, ground, type Whole, whole } from "./whole.ts"

class Running extends Context.Service<Running, Whole>()("test/Running") {}
const running = Layer.effect(Running, Effect.flatMap(ground, whole))

const asked = Effect.map(Running, ({ firstKey, url }) => {
  const key = firstKey!.text
  const send = (method: string) => (path: string, body?: unknown) =>
    call(url + path, key, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  return {
    get: send("GET"),
    post: send("POST"),
    remove: send("DELETE"),
    as: (other: string) => (path: string) => call(url + path, other)
  }
})

/** Posts, and waits until Wadjet has said what it has to say. */
const warned = async ({ get, post }: Effect.Success<typeof asked>, text: string) => {
  const posted = await post("/v1/sandbox/messages", { text })
  const timeline = await eventually(
    () => get(`/v1/sandbox/messages?after=${posted.body.sequence}`),
    ({ body }) =>
      body.items.some(
        (item: { quotes: string; status: string }) => item.quotes !== null && item.status === "sent"
      )
  )
  return { posted: posted.body, items: timeline.body.items as ReadonlyArray<Record<string, unknown>> }
}

layer(running, { timeout: "60 seconds", excludeTestServices: true })("a request", (test) => {
  test.effect("posts in the sandbox, and shows the message and Wadjet's reply to it as a timeline", () =>
    Effect.gen(function* () {
      const api = yield* asked
      const { items } = yield* Effect.promise(() => warned(api, "Is this real? http://paypa1-login.com/"))
      expect(items[0]).toMatchObject({
        from: "member",
        author: "You",
        links: [{ level: "malicious", status: "decided" }]
      })
      expect(items[1]).toMatchObject({ from: "wadjet", quotes: items[0]!["id"] })
      expect(items[1]!["text"]).toContain("paypa1-login[.]com")
    })
  )

  test.effect("explains a verdict by its evidence, in words for who may read them", () =>
    Effect.gen(function* () {
      const api = yield* asked
      const viewer = yield* (yield* Running).keyOf("viewer")
      yield* Effect.promise(async () => {
        const { body } = await api.get("/v1/verdicts?level=malicious&limit=1")
        const { link } = body.items[0]
        const why = await api.get(`/v1/verdicts/${link}/explain`)
        expect(why.body.scans[0]).toMatchObject({
          level: "malicious",
          url: "http://paypa1-login.com/",
          ruleSet: expect.any(String)
        })
        expect(why.body.scans[0].reasons[0].detail).toContain("paypal")
        const less = await api.as(viewer)(`/v1/verdicts/${link}/explain`)
        expect(less.body.scans[0]).toMatchObject({ level: "malicious", url: null })
        expect(JSON.stringify(less.body)).not.toContain("paypal")
        const unknown = await api.get(`/v1/verdicts/${"0".repeat(40)}/explain`)
        expect([unknown.status, unknown.body.type]).toEqual([404, "urn:wadjet:problem:not-found"])
      })
    })
  )

  test.effect("shows no word of anybody to a viewer, on any list", () =>
    Effect.gen(function* () {
      const api = yield* asked
      const viewer = api.as(yield* (yield* Running).keyOf("viewer"))
      yield* Effect.promise(async () => {
        const { body } = await api.get("/v1/chats")
        const { chat } = body.items[0]
        for (const path of [
          "/v1/chats",
          `/v1/chats/${chat}/messages`,
          "/v1/verdicts",
          "/v1/outbox",
          "/v1/overrides",
          "/v1/sandbox/messages"
        ]) {
          const answer = await viewer(path)
          expect([path, answer.status]).toEqual([path, 200])
          expect(answer.body.items.length > 0 || path === "/v1/overrides").toBe(true)
          expect(JSON.stringify(answer.body)).not.toMatch(/paypa1|Sandbox|You/)
        }
      })
    })
  )

  test.effect("goes through a list page by page, and meets every row once", () =>
    Effect.gen(function* () {
      const { get, post } = yield* asked
      yield* Effect.promise(async () => {
        let after = 0
        for (let index = 0; index < 5; index++)
          after = (await post("/v1/sandbox/messages", { text: `message ${index}`, author: "Ada" })).body
            .sequence
        const { chat } = (await get(`/v1/chats?after=${after}`)).body.items[0]
        const seen: Array<number> = []
        for (let path = `/v1/chats/${chat}/messages?limit=2`; ;) {
          const { items, next } = (await get(path)).body
          expect(items.length).toBeLessThanOrEqual(2)
          seen.push(...items.map((item: { cursor: number }) => item.cursor))
          if (next === null) break
          path = `/v1/chats/${chat}/messages?limit=2&cursor=${next}`
        }
        expect(seen).toEqual(seen.toSorted((a, b) => b - a))
        expect(new Set(seen).size).toBe(seen.length)
        expect(seen.length).toBeGreaterThanOrEqual(6)
      })
    })
  )

  test.effect("mutes a chat and lets it speak again, in the name of the key", () =>
    Effect.gen(function* () {
      const { get, post } = yield* asked
      yield* Effect.promise(async () => {
        const { chat } = (await get("/v1/chats")).body.items[0]
        const until = Date.now() + 3_600_000
        const muted = await post(`/v1/chats/${chat}/mute`, { until })
        expect(muted.status).toBe(200)
        expect((await get(`/v1/chats?after=${muted.body.sequence}`)).body.items[0].mutedUntil).toBe(until)
        expect((await post(`/v1/chats/${chat}/unmute`)).status).toBe(200)
        const again = await post(`/v1/chats/${chat}/unmute`)
        expect([again.status, again.body.reason]).toEqual([409, "already-done"])
        const past = await post(`/v1/chats/${chat}/mute`, { until: 1 })
        expect(past.status).toBe(400)
        expect((await post("/v1/chats/c0nobody0/mute", { until })).status).toBe(404)
      })
    })
  )

  test.effect("allows a domain, which corrects the warning about it, and takes that back", () =>
    Effect.gen(function* () {
      const api = yield* asked
      const { get, post, remove } = api
      yield* Effect.promise(async () => {
        const set = await post("/v1/overrides", {
          match: "domain",
          pattern: "paypa1-login.com",
          effect: "allow",
          reason: "ours"
        })
        expect(set.status).toBe(200)
        const edited = await eventually(
          () => get("/v1/sandbox/messages"),
          ({ body }) =>
            body.items.some(
              (item: { edited: boolean; from: string }) => item.from === "wadjet" && item.edited
            )
        )
        expect(JSON.stringify(edited.body.items)).toContain("no longer held to be dangerous")
        const { items } = (await get(`/v1/overrides?status=active&after=${set.body.sequence}`)).body
        expect(items[0]).toMatchObject({
          override: set.body.override,
          pattern: "paypa1-login.com",
          setBy: expect.stringMatching(/^owner:/)
        })
        expect((await remove(`/v1/overrides/${set.body.override}`)).status).toBe(200)
        expect((await remove(`/v1/overrides/${set.body.override}`)).status).toBe(404)
        const wrong = await post("/v1/overrides", {
          match: "domain",
          pattern: "not a domain",
          effect: "deny"
        })
        expect([wrong.status, wrong.body.type]).toEqual([400, "urn:wadjet:problem:invalid-request"])
      })
    })
  )

  test.effect("sends a message once, and cancels one that has not left", () =>
    Effect.gen(function* () {
      const { get, post, remove } = yield* asked
      yield* Effect.promise(async () => {
        const { chat } = (await get("/v1/chats")).body.items[0]
        const later = {
          chat,
          request: "r1",
          text: "Good evening",
          priority: "bulk",
          notBefore: Date.now() + 3_600_000
        }
        const sent = await post("/v1/messages", later)
        expect(sent.body.sequence).toBeGreaterThan(0)
        expect(await post("/v1/messages", later)).toMatchObject({
          status: 200,
          body: { outbox: sent.body.outbox, sequence: 0 }
        })
        const cancelled = await remove(`/v1/outbox/${sent.body.outbox}`)
        expect(cancelled.status).toBe(200)
        const { items } = (await get(`/v1/outbox?status=cancelled&after=${cancelled.body.sequence}`)).body
        expect(items.map((item: { outbox: string }) => item.outbox)).toContain(sent.body.outbox)
        const again = await remove(`/v1/outbox/${sent.body.outbox}`)
        expect([again.status, again.body.reason]).toEqual([409, "already-done"])
      })
    })
  )

  test.effect("says so when the read models do not come as far as it wants to see", () =>
    Effect.gen(function* () {
      const { get } = yield* asked
      const { body, headers, status } = yield* Effect.promise(() => get("/v1/chats?after=1000000"))
      expect([status, body.type, body.sequence]).toEqual([503, "urn:wadjet:problem:behind", 1_000_000])
      expect(headers.get("retry-after")).toBe("5")
    })
  )

  test.effect("forgets a chat: nothing that was said there can be read any more", () =>
    Effect.gen(function* () {
      const api = yield* asked
      const { get, post } = api
      yield* Effect.promise(async () => {
        await warned(api, "http://paypa1-login.com/last")
        const { chat } = (await get("/v1/sandbox/messages")).body
        const erased = await post("/v1/erasures", { subject: chat })
        expect(erased.status).toBe(200)
        expect(erased.body.keysDestroyed).toBeGreaterThan(0)
        const { items } = (await get(`/v1/chats/${chat}/messages?after=${erased.body.sequence}`)).body
        expect(items.length).toBeGreaterThan(0)
        expect(items.every((item: { text: unknown }) => item.text === null)).toBe(true)
        expect(JSON.stringify((await get("/v1/verdicts")).body)).not.toContain("paypa1")
        const again = await post("/v1/erasures", { subject: chat })
        expect([again.status, again.body.type]).toEqual([410, "urn:wadjet:problem:forgotten"])
        const afresh = await post("/v1/sandbox/messages", { text: "hello" })
        expect(afresh.body.chat).not.toBe(chat)
        const timeline = await get(`/v1/sandbox/messages?after=${afresh.body.sequence}`)
        expect(timeline.body).toMatchObject({ chat: afresh.body.chat, items: [{ text: "hello" }] })
      })
    })
  )
})
