/** The older systems' routes, asked as their clients ask: each with the shape that it had there. */
import { createHash } from "node:crypto"
import { expect, layer } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { call, eventually, ground, type Whole, whole } from "./whole.ts"
import { Posted } from "./shapes.ts"

class Running extends Context.Service<Running, Whole>()("test/Running") {}
const running = Layer.effect(Running, Effect.flatMap(ground, whole))

const anything = Schema.Any
const Scans = Schema.Array(
  Schema.Struct({ id: Schema.Int, url_hash: Schema.NullOr(Schema.String), last_seen_at: Schema.Int })
)

/** Asks, expects a status, and answers with the body; each answer has to say that the route is deprecated. */
const asking = Effect.map(Running, ({ firstKey, url }) => {
  const key = firstKey!.text
  return async (status: number, method: string, path: string, body?: unknown, with_ = key) => {
    const answer = await call(url + path, with_ === "" ? undefined : with_, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    expect([method, path, answer.status, answer.text.slice(0, 300)]).toEqual([
      method,
      path,
      status,
      answer.text.slice(0, 300)
    ])
    expect(answer.headers.get("deprecation")).toBe("@1767225600")
    return answer.as(anything)
  }
})

const text = expect.any(String) as string
const number = expect.any(Number) as number
const hashOf = (url: string) => createHash("sha256").update(url).digest("hex")
const dangerous = "http://paypa1-login.com/verify"

layer(running, { timeout: "60 seconds", excludeTestServices: true })("a client of the older", (test) => {
  test.effect("scanner finds its routes, with their shapes and errors", () =>
    Effect.gen(function* () {
      const ask = yield* asking
      const { firstKey, keyOf, url } = yield* Running
      const viewer = yield* keyOf("viewer")
      yield* Effect.promise(async () => {
        // The same message, however often it is posted: the actors may have only just started.
        const body = JSON.stringify({
          id: "first",
          text: `${dangerous}?utm_source=x&b=1 and https://example.com//a//b#top`
        })
        const posted = await eventually(
          () => call(`${url}/v1/sandbox/messages`, firstKey!.text, { method: "POST", body }),
          ({ status }) => status === 200
        )
        const { chat } = posted.as(Posted)
        const recent = await eventually(
          async () => (await call(`${url}/scans/recent`, firstKey!.text)).as(Scans),
          (rows) => rows.length === 2
        )
        const rows = await ask(200, "GET", "/scans/recent?limit=2")
        expect(rows[0]).toEqual({
          id: recent[0]!.id,
          url_hash: text,
          normalized_url: text,
          verdict: expect.stringMatching(/^(benign|suspicious|malicious)$/u) as string,
          last_seen_at: number
        })
        expect(recent.map(({ url_hash: hash }) => hash).toSorted()).toEqual(
          [hashOf(`${dangerous}?b=1`), hashOf("https://example.com/a/b")].toSorted()
        )
        const [newer, older] = recent
        const after = Buffer.from(JSON.stringify({ ts: older!.last_seen_at, id: older!.id })).toString(
          "base64url"
        )
        expect(await ask(200, "GET", `/scans/recent?after=${after}`)).toMatchObject([{ id: newer!.id }])
        expect(await ask(400, "GET", "/scans/recent?after=nonsense")).toMatchObject({
          error: "invalid_after_cursor"
        })
        expect(await ask(400, "GET", "/scans/recent?limit=101")).toMatchObject({ error: "invalid_request" })
        expect((await ask(200, "GET", "/scans/recent", undefined, viewer))[0]).toMatchObject({
          url_hash: null,
          normalized_url: null
        })
        // It counts verdicts, and the second may come after the second scan.
        const status = await eventually(
          () => ask(200, "GET", "/status"),
          (it) => (it as { readonly scans: number }).scans === 2
        )
        expect(status).toEqual({ scans: 2, malicious: 1, groups: 1 })
        // A bare token is accepted as it was.
        const bare = await fetch(`${url}/status`, { headers: { authorization: firstKey!.text } })
        expect(bare.status).toBe(200)
        expect(await ask(401, "GET", "/status", undefined, "")).toMatchObject({ error: "unauthorized" })
        expect(await ask(403, "POST", "/rescan", { url: dangerous }, viewer)).toMatchObject({
          error: "forbidden"
        })

        const muted = await ask(200, "POST", `/groups/${chat}/mute`)
        expect(muted).toEqual({ ok: true, muted_until: number })
        expect(muted.muted_until).toBeGreaterThan(Date.now() + 59 * 60_000)
        expect(await ask(200, "POST", `/groups/${chat}/unmute`)).toEqual({ ok: true })
        expect(await ask(404, "POST", "/groups/123@g.us/mute")).toMatchObject({ error: "not_found" })

        const allow = {
          url_hash: hashOf(`${dangerous}?b=1`),
          status: "allow",
          scope: "group",
          scope_id: chat,
          reason: "ours"
        }
        expect(await ask(201, "POST", "/overrides", allow)).toEqual({ ok: true })
        const deny = {
          pattern: "*.example.org",
          status: "deny",
          scope: "global",
          expires_at: "2099-01-01T00:00:00Z"
        }
        expect(await ask(201, "POST", "/overrides", deny)).toEqual({ ok: true })
        expect(await ask(400, "POST", "/overrides", { status: "allow", scope: "global" })).toMatchObject({
          error: "invalid_request"
        })
        expect(await ask(404, "POST", "/overrides", { ...allow, url_hash: "0".repeat(64) })).toMatchObject({
          error: "not_found"
        })
        const set = await eventually(
          () => ask(200, "GET", "/overrides"),
          (found: ReadonlyArray<unknown>) => found.length === 2
        )
        expect(set).toMatchObject([
          {
            pattern: "example.org",
            status: "deny",
            scope: "global",
            scope_id: null,
            expires_at: Date.UTC(2099, 0, 1)
          },
          {
            status: "allow",
            scope: "group",
            scope_id: chat,
            reason: "ours",
            created_by: text,
            created_at: number
          }
        ])
        const again = await ask(200, "POST", "/rescan", { url: "https://example.com//a//b" })
        expect(again).toEqual({ ok: true, urlHash: hashOf("https://example.com/a/b"), jobId: text })
        expect(await ask(400, "POST", "/rescan", { url: "mailto:a@b.c" })).toMatchObject({
          error: "invalid_url"
        })
        await eventually(
          async () => (await call(`${url}/scans/recent`, firstKey!.text)).as(Scans),
          ([first]) => first!.id > newer!.id && first!.url_hash === again.urlHash
        )
      })
    })
  )

  test.effect("scheduler finds its routes, in its envelope", () =>
    Effect.gen(function* () {
      const ask = yield* asking
      const { keyOf } = yield* Running
      const scheduler = yield* keyOf("scheduler")
      yield* Effect.promise(async () => {
        const ada = {
          phone: "+491700000001",
          name: "Ada",
          aliases: ["A"],
          tags: ["family"],
          is_favorite: true
        }
        expect(await ask(201, "POST", "/api/contacts", ada)).toEqual({ success: true, data: ada })
        expect(await ask(200, "GET", "/api/contacts")).toEqual({ success: true, data: [ada], total: 1 })
        expect(await ask(200, "GET", "/api/contacts/491700000001")).toEqual({ success: true, data: ada })
        const renamed = { ...ada, name: "Ada L." }
        expect(await ask(200, "PUT", "/api/contacts/+491700000001", { name: "Ada L." })).toEqual({
          success: true,
          data: renamed
        })
        expect(await ask(400, "POST", "/api/contacts", { phone: "x", name: "y" })).toEqual({
          success: false,
          error: text,
          code: "VALIDATION_ERROR"
        })
        expect(await ask(404, "GET", "/api/contacts/+49170999")).toMatchObject({
          success: false,
          code: "NOT_FOUND"
        })
        expect(await ask(401, "GET", "/api/contacts", undefined, "")).toMatchObject({ code: "UNAUTHORIZED" })
        expect(await ask(403, "GET", "/api/contacts", undefined, scheduler)).toMatchObject({
          code: "FORBIDDEN"
        })

        const wanted = { to_phone: "+491700000001", message: "Hi", scheduled_at: "2099-01-01T09:00:00.000Z" }
        const { data: single } = await ask(201, "POST", "/api/scheduled", wanted)
        expect(single).toEqual({
          id: text,
          contact_name: null,
          status: "pending",
          error_message: null,
          sent_at: null,
          ...wanted
        })
        const one = `/api/scheduled/${single.id}`
        expect(await ask(200, "GET", one)).toEqual({ success: true, data: single })
        expect(await ask(200, "PUT", one, { message: "Hello" })).toEqual({
          success: true,
          data: { ...single, message: "Hello" }
        })
        expect(await ask(200, "GET", "/api/scheduled?status=pending")).toMatchObject({ total: 1 })
        expect(await ask(200, "GET", "/api/scheduled?status=sent")).toEqual({
          success: true,
          data: [],
          total: 0
        })
        expect(await ask(400, "GET", "/api/scheduled?status=lost")).toMatchObject({
          code: "VALIDATION_ERROR"
        })
        expect(await ask(400, "POST", "/api/scheduled", { ...wanted, scheduled_at: "soon" })).toMatchObject({
          code: "VALIDATION_ERROR",
          error: expect.stringContaining("soon") as string
        })

        const { data: job } = await ask(201, "POST", "/api/jobs", {
          title: "Wedding",
          scheduled_start_at: "2099-06-01T09:00:00Z",
          message_parts: [{ text: "One", delayAfterSeconds: 5 }, { text: "Two" }],
          recipients: ["+491700000001", "+491700000002"],
          config: { maxRetries: 2, recipientGapSeconds: 30 }
        })
        expect(job).toEqual({
          id: text,
          title: "Wedding",
          status: "pending",
          scheduled_start_at: "2099-06-01T09:00:00.000Z",
          current_recipient_index: 0,
          current_part_index: 0,
          recipients_sent: 0,
          recipients_failed: 0,
          config: { maxRetries: 2, recipientGapSeconds: 30 },
          message_parts: [
            { text: "One", delayAfterSeconds: 5 },
            { text: "Two", delayAfterSeconds: 0 }
          ],
          recipients: ["+491700000001", "+491700000002"]
        })
        expect(await ask(200, "GET", `/api/jobs/${job.id}`)).toEqual({ success: true, data: job })
        expect(await ask(200, "GET", "/api/jobs")).toMatchObject({ success: true, total: 2 })
        expect(await ask(200, "DELETE", one)).toEqual({ success: true })
        expect(await ask(404, "GET", one)).toMatchObject({ code: "NOT_FOUND" })
        expect(await ask(200, "DELETE", `/api/jobs/${job.id}`)).toEqual({ success: true })
        expect((await ask(200, "GET", `/api/jobs/${job.id}`)).data.status).toBe("cancelled")
        expect(await ask(200, "DELETE", "/api/contacts/+491700000001")).toEqual({ success: true })

        const chats = await ask(200, "GET", "/api/chats")
        expect(chats.data).toHaveLength(chats.total)
        const [first] = chats.data
        if (first !== undefined)
          expect(await ask(200, "GET", `/api/chats/${first.id}`)).toEqual({ success: true, data: first })
        expect(await ask(404, "GET", "/api/chats/nobody")).toMatchObject({ code: "NOT_FOUND" })
        expect(await ask(200, "GET", "/api/stats")).toEqual({
          success: true,
          data: {
            contacts: 0,
            chats: chats.total,
            scheduled: { pending: 0, sent: 0, failed: 0 },
            jobs: { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 2 }
          }
        })
      })
    })
  )

  test.effect("finds each of its routes marked as deprecated in the description of the API", () =>
    Effect.gen(function* () {
      const { firstKey, url } = yield* Running
      yield* Effect.promise(async () => {
        const document = (await call(`${url}/v1/openapi.json`, firstKey!.text)).as(anything)
        const operations = Object.entries(
          document.paths as Record<string, Record<string, { deprecated?: boolean }>>
        )
        const marked = operations.flatMap(([path, item]) =>
          Object.entries(item).flatMap(([method, { deprecated }]) =>
            deprecated === true ? [`${method.toUpperCase()} ${path}`] : []
          )
        )
        const older = operations.flatMap(([path, item]) =>
          path.startsWith("/v1/") || ["/healthz", "/readyz", "/metrics"].includes(path)
            ? []
            : Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`)
        )
        expect(marked).toEqual(older)
        expect(marked).toHaveLength(24)
      })
    })
  )
})
