/** Requests that are asked again because their answers were lost, as the API's own description has them. */
import { expect, layer } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { Items, Posted, Problem } from "./shapes.ts"
import { call, ground, type Whole, whole } from "./whole.ts"

class Running extends Context.Service<Running, Whole>()("test/Running") {}
const running = Layer.effect(Running, Effect.flatMap(ground, whole))

const Operation = Schema.Struct({
  operationId: Schema.String,
  parameters: Schema.optionalKey(Schema.Array(Schema.Struct({ name: Schema.String, in: Schema.String })))
})
const OpenApi = Schema.Struct({
  paths: Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Unknown))
})
const Made = Schema.Struct({ job: Schema.String })
const Webhook = Schema.Struct({ webhook: Schema.String })

type Send = (path: string, body?: unknown, name?: string) => ReturnType<typeof call>

interface Asked {
  readonly path: string
  readonly body?: unknown
  /** Another body under the same name; left out where there is only one. */
  readonly other?: unknown
  /** Lists what is made. */
  readonly list?: string
}

const timing = { zone: "UTC", start: "2099-01-01T09:00:00", rule: "FREQ=DAILY" }

const job = async (send: Send) => ({
  title: "Greeting",
  messages: [{ text: "Good morning" }],
  timing,
  recipients: [{ chat: (await send("/v1/sandbox/messages", { text: "hello" })).as(Posted).chat }]
})

const jobPath = async (send: Send) => `/v1/jobs/${(await send("/v1/jobs", await job(send))).as(Made).job}`

const webhook = { url: "https://hooks.example.com/in" }

/** Each request that may have a name, and what it asks for here. */
const named: Readonly<Record<string, (send: Send) => Promise<Asked>>> = {
  "accounts.invite": async () => ({
    path: "/v1/passes",
    body: { role: "viewer" },
    other: { role: "owner" }
  }),
  "contacts.create": async () => ({
    path: "/v1/contacts",
    body: { name: "Ada", number: "+491700000000" },
    other: { name: "Ada", number: "+491700000001" },
    list: "/v1/contacts"
  }),
  "jobs.create": async (send) => {
    const body = await job(send)
    return { path: "/v1/jobs", body, other: { ...body, title: "Farewell" }, list: "/v1/jobs" }
  },
  "jobs.duplicate": async (send) => ({
    path: `${await jobPath(send)}/duplicate`,
    body: {},
    other: { title: "Farewell" },
    list: "/v1/jobs"
  }),
  "jobs.fire": async (send) => ({ path: `${await jobPath(send)}/fire`, list: "/v1/occurrences" }),
  "jobs.skip": async (send) => ({
    path: `${await jobPath(send)}/skip`,
    body: {},
    other: { planned: 7 },
    list: "/v1/occurrences"
  }),
  "keys.create": async () => ({
    path: "/v1/keys",
    body: { role: "viewer" },
    other: { role: "owner" },
    list: "/v1/keys"
  }),
  "overrides.set": async () => ({
    path: "/v1/overrides",
    body: { match: "host", pattern: "bad.example", effect: "deny" },
    other: { match: "host", pattern: "bad.example", effect: "allow" },
    list: "/v1/overrides"
  }),
  "sandbox.post": async () => ({
    path: "/v1/sandbox/messages",
    body: { text: "once" },
    other: { text: "twice" },
    list: "/v1/sandbox/messages"
  }),
  "webhooks.add": async () => ({
    path: "/v1/webhooks",
    body: webhook,
    other: { ...webhook, label: "other" },
    list: "/v1/webhooks"
  }),
  "webhooks.replaceSecret": async (send) => ({
    path: `/v1/webhooks/${(await send("/v1/webhooks", webhook)).as(Webhook).webhook}/secret`,
    body: {},
    other: { overlapHours: 0 },
    list: "/v1/webhooks"
  })
}

/** Requests that make nothing twice without a name, and why. */
const unnamed: Readonly<Record<string, string>> = {
  "accounts.reset": "a newer link takes the place of the one before",
  "accounts.signOutAll": "who is out is out",
  "account.signOut": "who is out is out",
  "account.beginCodes": "a newer secret takes the place of the one before, until a code of it was given",
  "account.confirmCodes": "a code is taken once",
  "account.endCodes": "where none is asked for, none is",
  "backups.keep": "done again, it finds what was done",
  "backups.prune": "what is gone is gone",
  "chats.mute": "says until when",
  "chats.unmute": "refused where it is not muted",
  "contacts.import": "whoever has the number of one already is completed",
  "contacts.importFile": "whoever has the number of one already is completed",
  "contacts.merge": "the other one is gone",
  "database.operate": "changes nothing that is known",
  "entrance.lookAtPass": "changes nothing",
  "entrance.signIn": "each browser is signed in by itself",
  "entrance.usePass": "the link is spent",
  "erasures.request": "whoever is forgotten is forgotten",
  "jobs.backfill": "nothing that fired fires again",
  "jobs.cancel": "what is called off is called off",
  "jobs.pause": "refused where it is paused",
  "jobs.preview": "changes nothing",
  "jobs.resume": "refused where it is not paused",
  "moderation.settle": "what is settled is settled",
  "outbox.send": "has a name of its own, `request`",
  "overrides.import": "what is there is unchanged",
  "parked.drop": "decided once",
  "parked.retry": "decided once",
  "projections.back": "refused while it is under way",
  "projections.check": "refused while it is under way",
  "projections.rebuild": "refused while it is under way",
  "quarantine.decide": "decided once",
  "quarantine.end": "over once",
  "query.run": "changes nothing",
  "query.table": "changes nothing",
  "session.link": "one number is linked at a time",
  "session.reconnect": "connects what is not connected",
  "session.unlink": "what is unlinked is unlinked",
  "webhooks.replay": "says from where",
  "webhooks.retry": "has the id of the event, by which its receiver knows it",
  "webhooks.test": "makes nothing"
}

/** An answer without how far a webhook is told by now. */
const answerOf = (text: string): unknown => {
  const answer = JSON.parse(text) as Readonly<Record<string, unknown>>
  return "webhook" in answer ? { webhook: answer["webhook"], secret: answer["secret"] } : answer
}

const withRunning = <A>(run: (it: Whole, send: Send) => Promise<A>) =>
  Effect.flatMap(Running, (it) =>
    Effect.promise(() =>
      run(it, (path, body, name) =>
        call(it.url + path, it.firstKey!.text, {
          method: "POST",
          headers: name === undefined ? {} : { "idempotency-key": name },
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
      )
    )
  )

/** Requests of this version of the API that change something by `POST`, and whether the description gives them a name. */
const postsOf = async ({ firstKey, url }: Whole) => {
  const { paths } = (await call(`${url}/v1/openapi.json`, firstKey!.text)).as(OpenApi)
  return Object.entries(paths)
    .filter(([path]) => path.startsWith("/v1/"))
    .flatMap(([, { post }]) => (post === undefined ? [] : [Schema.decodeUnknownSync(Operation)(post)]))
    .map(({ operationId, parameters = [] }) => ({
      operationId,
      isNamed: parameters.some((it) => it.in === "header" && it.name === "idempotency-key")
    }))
}

layer(running, { timeout: "60 seconds", excludeTestServices: true })("a request", (test) => {
  test.effect("has an Idempotency-Key wherever asking twice would make something twice", () =>
    withRunning(async (it) => {
      const posts = await postsOf(it)
      const ids = (isNamed: boolean) =>
        posts.filter((post) => post.isNamed === isNamed).map(({ operationId }) => operationId)
      expect(ids(true).toSorted()).toEqual(Object.keys(named).toSorted())
      expect(ids(false).toSorted()).toEqual(Object.keys(unnamed).toSorted())
    })
  )

  for (const [operation, prepare] of Object.entries(named))
    test.effect(`of ${operation} makes one thing under one name, and has one answer`, () =>
      withRunning(async ({ firstKey, url }, send) => {
        const { body, list, other, path } = await prepare(send)
        const count = async (after: number | undefined) => {
          if (list === undefined) return 0
          const waiting = after === undefined ? "" : `?after=${after}`
          return (await call(`${url}${list}${waiting}`, firstKey!.text)).as(Items).items.length
        }
        const first = await send(path, body, operation)
        expect([first.status, first.text]).toEqual([200, expect.any(String)])
        const { sequence } = first.as(Schema.Struct({ sequence: Schema.optionalKey(Schema.Int) }))
        const after = first.text.includes('"generation"') && list !== "/v1/webhooks" ? sequence : undefined
        const made = await count(after)
        const second = await send(path, body, operation)
        expect([second.status, answerOf(second.text)]).toEqual([200, answerOf(first.text)])
        expect(await count(after)).toBe(made)
        if (other === undefined) return
        const changed = await send(path, other, operation)
        expect([changed.status, changed.as(Problem).field]).toEqual([400, "headers.idempotency-key"])
        expect(await count(after)).toBe(made)
      })
    )

  test.effect("has names of its own: those of another key, and of another operation, are others", () =>
    withRunning(async ({ keyOf, url }, send) => {
      const mine = await send("/v1/passes", { role: "viewer" }, "name")
      const owner = await Effect.runPromise(keyOf("owner"))
      const theirs = await call(`${url}/v1/passes`, owner, {
        method: "POST",
        headers: { "idempotency-key": "name" },
        body: JSON.stringify({ role: "viewer" })
      })
      expect([mine.status, theirs.status, theirs.text === mine.text]).toEqual([200, 200, false])
      expect((await send("/v1/keys", { role: "viewer" }, "name")).status).toBe(200)
      expect((await send("/v1/passes", { role: "viewer" }, "")).status).toBe(400)
    })
  )

  test.effect("that adds a webhook is told so where that was removed since, and adds none", () =>
    withRunning(async ({ firstKey, url }, send) => {
      const added = (await send("/v1/webhooks", webhook, "removed")).as(Webhook)
      await call(`${url}/v1/webhooks/${added.webhook}`, firstKey!.text, { method: "DELETE" })
      const again = await send("/v1/webhooks", webhook, "removed")
      expect([again.status, again.as(Problem).reason]).toEqual([409, "already-done"])
    })
  )
})
