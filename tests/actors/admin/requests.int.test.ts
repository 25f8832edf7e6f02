/** What the API does, on the whole system. */
import { expect, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import {
  Chats,
  Erased,
  Explained,
  Exported,
  Imported,
  Items,
  Messages,
  Outbox,
  Overrides,
  Placed,
  Posted,
  Problem,
  Sent,
  SetOverride,
  Timeline,
  Verdicts
} from "./shapes.ts"
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
  const { sequence } = (await post("/v1/sandbox/messages", { text })).as(Posted)
  const timeline = await eventually(
    async () => (await get(`/v1/sandbox/messages?after=${sequence}`)).as(Timeline),
    ({ items }) => items.some(({ quotes, status }) => quotes !== null && status === "sent")
  )
  return timeline.items
}

layer(running, { timeout: "60 seconds", excludeTestServices: true })("a request", (test) => {
  test.effect("posts in the sandbox, and shows the message and Wadjet's reply to it as a timeline", () =>
    Effect.gen(function* () {
      const api = yield* asked
      const items = yield* Effect.promise(() => warned(api, "Is this real? http://paypa1-login.com/"))
      expect(items[0]).toMatchObject({
        from: "member",
        author: "You",
        links: [{ level: "malicious", status: "decided" }]
      })
      expect(items[1]).toMatchObject({ from: "wadjet", quotes: items[0]!.id })
      expect(items[1]!.text).toContain("paypa1-login[.]com")
    })
  )

  test.effect("explains a verdict by its evidence, in words for who may read them", () =>
    Effect.gen(function* () {
      const api = yield* asked
      const viewer = yield* (yield* Running).keyOf("viewer")
      yield* Effect.promise(async () => {
        const { link } = (await api.get("/v1/verdicts?level=malicious&limit=1")).as(Verdicts).items[0]!
        const [why] = (await api.get(`/v1/verdicts/${link}/explain`)).as(Explained).scans
        expect(why).toMatchObject({
          level: "malicious",
          url: "http://paypa1-login.com/",
          ruleSet: expect.any(String)
        })
        expect(why!.reasons[0]!.detail).toContain("paypal")
        const less = await api.as(viewer)(`/v1/verdicts/${link}/explain`)
        expect(less.as(Explained).scans[0]).toMatchObject({ level: "malicious", url: null })
        expect(less.text).not.toContain("paypal")
        const unknown = await api.get(`/v1/verdicts/${"0".repeat(40)}/explain`)
        expect([unknown.status, unknown.as(Problem).type]).toEqual([404, "urn:wadjet:problem:not-found"])
      })
    })
  )

  test.effect("shows no word of anybody to a viewer, on any list", () =>
    Effect.gen(function* () {
      const api = yield* asked
      const viewer = api.as(yield* (yield* Running).keyOf("viewer"))
      yield* Effect.promise(async () => {
        const { chat } = (await api.get("/v1/chats")).as(Chats).items[0]!
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
          expect(answer.as(Items).items.length > 0 || path === "/v1/overrides").toBe(true)
          expect(answer.text).not.toMatch(/paypa1|Sandbox|You/)
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
          after = (await post("/v1/sandbox/messages", { text: `message ${index}`, author: "Ada" })).as(
            Posted
          ).sequence
        const { chat } = (await get(`/v1/chats?after=${after}`)).as(Chats).items[0]!
        const seen: Array<number> = []
        for (let path = `/v1/chats/${chat}/messages?limit=2`; ;) {
          const { items, next }: typeof Messages.Type = (await get(path)).as(Messages)
          expect(items.length).toBeLessThanOrEqual(2)
          seen.push(...items.map(({ cursor }) => cursor))
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
        const { chat } = (await get("/v1/chats")).as(Chats).items[0]!
        const until = Date.now() + 3_600_000
        const muted = await post(`/v1/chats/${chat}/mute`, { until })
        expect(muted.status).toBe(200)
        const { items } = (await get(`/v1/chats?after=${muted.as(Placed).sequence}`)).as(Chats)
        expect(items[0]!.mutedUntil).toBe(until)
        expect((await post(`/v1/chats/${chat}/unmute`)).status).toBe(200)
        const again = await post(`/v1/chats/${chat}/unmute`)
        expect([again.status, again.as(Problem).reason]).toEqual([409, "already-done"])
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
        const { override, sequence } = set.as(SetOverride)
        const edited = await eventually(
          () => get("/v1/sandbox/messages"),
          ({ as }) => as(Timeline).items.some(({ edited: isEdited, from }) => from === "wadjet" && isEdited)
        )
        expect(edited.text).toContain("no longer held to be dangerous")
        const { items } = (await get(`/v1/overrides?status=active&after=${sequence}`)).as(Overrides)
        expect(items[0]).toMatchObject({
          override,
          pattern: "paypa1-login.com",
          setBy: expect.stringMatching(/^owner:/)
        })
        expect((await remove(`/v1/overrides/${override}`)).status).toBe(200)
        expect((await remove(`/v1/overrides/${override}`)).status).toBe(404)
        const wrong = await post("/v1/overrides", {
          match: "domain",
          pattern: "not a domain",
          effect: "deny"
        })
        expect([wrong.status, wrong.as(Problem).type]).toEqual([400, "urn:wadjet:problem:invalid-request"])
      })
    })
  )

  test.effect("imports a list of overrides all or nothing, and exports what is in force", () =>
    Effect.gen(function* () {
      const api = yield* asked
      const viewer = yield* Running.use(({ keyOf }) => keyOf("viewer"))
      const { get, post, remove } = api
      yield* Effect.promise(async () => {
        const list = (text: string, format = "csv") => post("/v1/overrides/import", { format, text })
        const head = "match,pattern,effect,chat,expires,reason"
        const first = await list(
          `${head}\ndomain,sales.example,deny,,,spam\nurl,http://a.example/x,allow,,,\n`
        )
        const { sequence, ...counts } = first.as(Imported)
        expect([first.status, counts.set, counts.unchanged]).toEqual([200, 2, 0])
        const again = (await list(`${head}\ndomain,sales.example,deny,,,spam\n`)).as(Imported)
        expect([again.set, again.unchanged, again.sequence]).toEqual([0, 1, 0])
        const hosts = (await list("0.0.0.0 bad.example\n# nothing\n", "hosts")).as(Imported)
        expect(hosts.set).toBe(1)
        const printed = await get(`/v1/overrides/export?after=${hosts.sequence}`)
        const { text } = printed.as(Exported)
        expect(text.split("\r\n").slice(0, 3)).toEqual([
          head,
          "domain,sales.example,deny,,,spam",
          "url,http://a.example/x,allow,,,"
        ])
        expect((await get("/v1/overrides/export?format=hosts")).as(Exported).text).toContain("bad.example")
        // What is exported is what is imported.
        expect((await list(text)).as(Imported)).toMatchObject({ set: 0, unchanged: 3 })
        const wrong = await list(`${head}\ndomain,fine.example,deny,,,\nhost,not a host,deny,,,\n`)
        expect(wrong.status).toBe(400)
        expect(wrong.as(Problem).detail).toBe(
          'line 3: expected a host, such as example.com, found "not a host"'
        )
        expect((await list("match,pattern\n")).status).toBe(400)
        const over = await list(
          `${head}\ndomain,over.example,deny,,2026-01-01,\ndomain,sales.example,deny,,,spam\n`
        )
        expect(over.as(Imported)).toMatchObject({ set: 0, unchanged: 1, expired: 1 })
        const mistyped = await list(
          `${head}\ndomain,fine.example,deny,,,\ndomain,also.example,deny,cnobody000,,\n`
        )
        expect([mistyped.status, mistyped.as(Problem).detail]).toEqual([
          400,
          "line 3: there is no chat cnobody000"
        ])
        const nowhere = await post("/v1/overrides", {
          match: "domain",
          pattern: "sales.example",
          effect: "allow",
          chat: "cnobody000"
        })
        expect([nowhere.status, nowhere.as(Problem).detail]).toEqual([404, "There is no chat cnobody000."])
        const active = (await get("/v1/overrides?status=active&text=.example")).as(Overrides).items
        expect(active.map(({ pattern }) => pattern)).toEqual([
          "bad.example",
          "http://a.example/x",
          "sales.example"
        ])
        expect((await api.as(viewer)("/v1/overrides/export")).status).toBe(403)
        expect((await api.as(viewer)("/v1/overrides?text=sales")).status).toBe(403)
        for (const { override } of active)
          expect((await remove(`/v1/overrides/${override}`)).status).toBe(200)
        expect(sequence).toBeGreaterThan(0)
      })
    })
  )

  test.effect("sends a message once, and cancels one that has not left", () =>
    Effect.gen(function* () {
      const { get, post, remove } = yield* asked
      yield* Effect.promise(async () => {
        const { chat } = (await get("/v1/chats")).as(Chats).items[0]!
        const later = {
          chat,
          request: "r1",
          text: "Good evening",
          priority: "bulk",
          notBefore: Date.now() + 3_600_000
        }
        const { outbox, sequence } = (await post("/v1/messages", later)).as(Sent)
        expect(sequence).toBeGreaterThan(0)
        expect((await post("/v1/messages", later)).as(Sent)).toMatchObject({ outbox, sequence: 0 })
        const cancelled = await remove(`/v1/outbox/${outbox}`)
        expect(cancelled.status).toBe(200)
        const path = `/v1/outbox?status=cancelled&after=${cancelled.as(Placed).sequence}`
        expect((await get(path)).as(Outbox).items.map((entry) => entry.outbox)).toContain(outbox)
        const again = await remove(`/v1/outbox/${outbox}`)
        expect([again.status, again.as(Problem).reason]).toEqual([409, "already-done"])
      })
    })
  )

  test.effect("is told at once where it wants to see what the log does not have", () =>
    Effect.gen(function* () {
      const { get } = yield* asked
      const { as, status } = yield* Effect.promise(() => get("/v1/chats?after=1000000"))
      const { detail, field } = as(Problem)
      expect([status, field]).toEqual([400, "query.after"])
      expect(detail).toMatch(/ends at \d+, found 1000000/)
    })
  )

  test.effect("forgets a chat: nothing that was said there can be read any more", () =>
    Effect.gen(function* () {
      const api = yield* asked
      const { get, post } = api
      yield* Effect.promise(async () => {
        await warned(api, "http://paypa1-login.com/last")
        const { chat } = (await get("/v1/sandbox/messages")).as(Timeline)
        const erased = await post("/v1/erasures", { subject: chat })
        expect(erased.status).toBe(200)
        const { keysDestroyed, sequence } = erased.as(Erased)
        expect(keysDestroyed).toBeGreaterThan(0)
        const { items } = (await get(`/v1/chats/${chat}/messages?after=${sequence}`)).as(Messages)
        expect(items.length).toBeGreaterThan(0)
        expect(items.every(({ text }) => text === null)).toBe(true)
        expect((await get("/v1/verdicts")).text).not.toContain("paypa1")
        const again = await post("/v1/erasures", { subject: chat })
        expect([again.status, again.as(Problem).type]).toEqual([410, "urn:wadjet:problem:forgotten"])
        const afresh = (await post("/v1/sandbox/messages", { text: "hello" })).as(Posted)
        expect(afresh.chat).not.toBe(chat)
        const timeline = await get(`/v1/sandbox/messages?after=${afresh.sequence}`)
        expect(timeline.as(Timeline)).toMatchObject({ chat: afresh.chat, items: [{ text: "hello" }] })
      })
    })
  )
})
