/** Whoever changes something through the API is named by a fact of the log: each request that there is, performed. */
import { expect, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { commands } from "../../../contracts/commands.ts"
import { AuditEntry } from "../../../contracts/http/audit.ts"
import { pageOf } from "../../../contracts/http/lists.ts"
import { endpoints } from "../../../contracts/http/open-api.ts"
import { OutboxId, whatsAppIdOf } from "../../../contracts/ids.ts"
import { ActorParked } from "../../../contracts/actor.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { eventually, call, ground, type Whole, whole } from "./whole.ts"

class Running extends Context.Service<Running, Whole>()("test/Running") {}
const running = Layer.effect(Running, Effect.flatMap(ground, whole))

type Send = (method: string, path: string, body?: object) => Promise<Record<string, unknown>>

const job = {
  title: "Greeting",
  messages: [{ text: "Good morning" }],
  timing: { zone: "Europe/Berlin", start: "2099-01-01T01:00:00", rule: "FREQ=DAILY" },
  recipients: [{ number: "+491700000000" }]
}
const contact = (number: string) => ({ name: "Bea", number })
const override = { match: "domain", pattern: "example.com", effect: "allow" }

interface Made {
  readonly send: Send
  /** A chat in which somebody said something, and that somebody. */
  readonly chat: string
  readonly person: string
  /** Has an input of an actor parked under a number. */
  readonly park: (sequence: number) => Promise<unknown>
}

const makeJob = async ({ send }: Made) => String((await send("POST", "/v1/jobs", job))["job"])
const makeContact = async ({ send }: Made, number: string) =>
  String((await send("POST", "/v1/contacts", contact(number)))["contact"])
const makeWebhook = async ({ send }: Made) =>
  `/v1/webhooks/${String((await send("POST", "/v1/webhooks", { url: "https://hooks.example.com/" }))["webhook"])}`
const onJob = (what: string, body?: object) => async (made: Made) =>
  made.send("POST", `/v1/jobs/${await makeJob(made)}/${what}`, body)

/** What a member reports as wrong: a warning, which has to be there first. */
const report = async ({ chat, send }: Made) => {
  await send("POST", "/v1/sandbox/messages", { author: "Bea", text: "http://paypa1-login.com/reported" })
  const timeline = async () =>
    (await send("GET", "/v1/sandbox/messages"))["items"] as ReadonlyArray<{
      id: string
      quotes: string | null
      status: string | null
    }>
  const isWarning = ({ quotes, status }: { quotes: string | null; status: string | null }) =>
    quotes !== null && status === "sent"
  const warning = (await eventually(timeline, (all) => all.some(isWarning))).find(isWarning)!
  const answers = whatsAppIdOf(OutboxId.make(warning.id))
  await send("POST", "/v1/sandbox/messages", { author: "Bea", text: "!wadjet report", answers })
  const reports = async () => (await send("GET", "/v1/reports"))["items"] as ReadonlyArray<{ report: string }>
  const found = await eventually(reports, (all) => all.length > 0)
  return `/v1/chats/${chat}/reports/${found[0]!.report}`
}

/** How each request is made that somebody is to be named for. */
const deeds: Readonly<Record<string, (made: Made) => Promise<unknown>>> = {
  "accounts.invite": ({ send }) => send("POST", "/v1/passes", { role: "viewer" }),
  "keys.create": ({ send }) => send("POST", "/v1/keys", { role: "viewer", label: "a" }),
  "keys.revoke": async ({ send }) => {
    const { key } = await send("POST", "/v1/keys", { role: "viewer", label: "b" })
    return send("DELETE", `/v1/keys/${String(key)}`)
  },
  "chats.mute": ({ chat, send }) => send("POST", `/v1/chats/${chat}/mute`, { until: Date.now() + 60_000 }),
  "chats.unmute": ({ chat, send }) => send("POST", `/v1/chats/${chat}/unmute`),
  "chats.changeSettings": ({ chat, send }) =>
    send("PATCH", `/v1/chats/${chat}/settings`, { change: { suspicious: "react" } }),
  "chats.changeAllSettings": ({ send }) => send("PATCH", "/v1/settings", { change: { suspicious: "react" } }),
  "outbox.send": ({ chat, send }) =>
    send("POST", "/v1/messages", { chat, request: "r1", text: "Hello", priority: "bulk" }),
  "outbox.cancel": async ({ chat, send }) => {
    const later = { request: "r2", text: "Later", priority: "bulk", notBefore: Date.now() + 3_600_000 }
    const { outbox } = await send("POST", "/v1/messages", { chat, ...later })
    return send("DELETE", `/v1/outbox/${String(outbox)}`)
  },
  "jobs.create": makeJob,
  "jobs.change": async (made) =>
    made.send("PUT", `/v1/jobs/${await makeJob(made)}`, { ...job, title: "Other" }),
  "jobs.pause": onJob("pause"),
  "jobs.resume": async (made) => {
    const id = await makeJob(made)
    await made.send("POST", `/v1/jobs/${id}/pause`)
    return made.send("POST", `/v1/jobs/${id}/resume`)
  },
  "jobs.cancel": onJob("cancel"),
  "jobs.fire": onJob("fire"),
  "jobs.skip": onJob("skip", {}),
  "jobs.backfill": async (made) => {
    const past = { ...job, timing: { ...job.timing, start: "2026-01-01T01:00:00" } }
    const { job: id } = await made.send("POST", "/v1/jobs", past)
    const from = Date.parse("2026-01-02T00:00:00Z")
    return made.send("POST", `/v1/jobs/${String(id)}/backfill`, { from, until: from + 86_400_000 })
  },
  "jobs.duplicate": onJob("duplicate", {}),
  "contacts.create": (made) => makeContact(made, "+491700000001"),
  "contacts.save": async (made) =>
    made.send("PUT", `/v1/contacts/${await makeContact(made, "+491700000002")}`, {
      ...contact("+491700000002"),
      name: "Bo"
    }),
  "contacts.import": ({ send }) =>
    send("POST", "/v1/contacts/import", { contacts: [contact("+491700000003")] }),
  "contacts.importFile": ({ send }) =>
    send("POST", "/v1/contacts/import-file", { text: "name,number\nCy,+491700000004\n" }),
  "contacts.merge": async (made) => {
    const [one, other] = [await makeContact(made, "+491700000005"), await makeContact(made, "+491700000006")]
    return made.send("POST", `/v1/contacts/${one}/merge`, { other })
  },
  "contacts.optOut": async (made) =>
    made.send("PUT", `/v1/contacts/${await makeContact(made, "+491700000007")}/opt-out`, { out: true }),
  "contacts.remove": async (made) =>
    made.send("DELETE", `/v1/contacts/${await makeContact(made, "+491700000008")}`),
  "parked.retry": async ({ park, send }) => {
    await park(17)
    return send("POST", "/v1/parked/scan/17/retry")
  },
  "parked.drop": async ({ park, send }) => {
    await park(18)
    return send("POST", "/v1/parked/scan/18/drop")
  },
  "overrides.set": ({ send }) => send("POST", "/v1/overrides", override),
  "overrides.import": ({ send }) =>
    send("POST", "/v1/overrides/import", { format: "hosts", text: "0.0.0.0 bad.example\n" }),
  "overrides.remove": async ({ send }) => {
    const { override: id } = await send("POST", "/v1/overrides", { ...override, pattern: "example.org" })
    return send("DELETE", `/v1/overrides/${String(id)}`)
  },
  "moderation.settle": async (made) => made.send("POST", await report(made), { outcome: "right" }),
  "moderation.requireConsent": ({ send }) => send("PUT", "/v1/consent", { required: true }),
  "moderation.consent": ({ chat, send }) => send("PUT", `/v1/chats/${chat}/consent`, { given: true }),
  "moderation.optOut": ({ chat, person, send }) =>
    send("PUT", `/v1/chats/${chat}/opt-outs/${person}`, { out: true }),
  "session.unlink": ({ send }) => send("POST", "/v1/session/unlink"),
  "session.reconnect": ({ send }) => send("POST", "/v1/session/reconnect"),
  "backups.keep": ({ send }) => send("POST", "/v1/backups/disk/verify"),
  "backups.prune": ({ send }) => send("POST", "/v1/backups/disk/prune", { dryRun: false }),
  "projections.check": ({ send }) => send("POST", "/v1/projections/check"),
  "projections.rebuild": ({ send }) => send("POST", "/v1/projections/rebuild"),
  "projections.back": async ({ send }) => {
    const idle = async () => (await send("GET", "/v1/projections"))["building"]
    await eventually(idle, (building) => building === null)
    return send("POST", "/v1/projections/back")
  },
  "database.operate": ({ send }) => send("POST", "/v1/database/keyring/checkpoint"),
  "query.run": ({ send }) => send("POST", "/v1/query", { sql: "select 1" }),
  "query.table": ({ send }) => send("POST", "/v1/query.csv", { sql: "select 1 where 0" }),
  "webhooks.add": makeWebhook,
  "webhooks.change": async (made) => made.send("PATCH", await makeWebhook(made), { label: "other" }),
  "webhooks.replay": async (made) => made.send("POST", `${await makeWebhook(made)}/replay`, { from: 1 }),
  "webhooks.retry": async (made) => made.send("POST", `${await makeWebhook(made)}/retry`, { sequence: 1 }),
  "webhooks.replaceSecret": async (made) => made.send("POST", `${await makeWebhook(made)}/secret`, {}),
  "webhooks.test": async (made) => made.send("POST", `${await makeWebhook(made)}/test`),
  "webhooks.remove": async (made) => made.send("DELETE", await makeWebhook(made)),
  "erasures.request": ({ person, send }) => send("POST", "/v1/erasures", { subject: person })
}

/** Requests that nobody is named for by what they are, and why. */
const others: Readonly<Record<string, string>> = {
  "entrance.signIn": "nobody is signed in yet: who does is a fact without an author",
  "entrance.lookAtPass": "nobody is signed in yet, and nothing is changed",
  "entrance.usePass": "nobody is signed in yet: somebody with the link",
  "jobs.preview": "changes nothing",
  "sandbox.post": "a member of a chat said something",
  "session.link": "needs WhatsApp; its fact names who began it",
  "quarantine.decide": "needs a restored log; its facts name who decided",
  "quarantine.end": "needs a restored log; its fact names who ended it"
}
/** The own account, which only somebody has who is signed in; and other people's, of whom there are none here. */
const byOtherTests = /^(?:account\.|accounts\.(?:change|reset|signOutAll)$|older)/u

/** Commands that are no deed of a person. */
const nobodysCommands = [
  "override.rekey",
  "message.ingest",
  "session.forget",
  "session.status",
  "group.requests",
  "schedule.preview",
  "backup.status",
  "backup.keep",
  "backup.prune",
  "outbox.quarantined",
  "schedule.quarantined",
  "schedule.of-chat",
  "projections.status"
]

layer(running, { timeout: "120 seconds", excludeTestServices: true })("the audit", (test) => {
  test.effect(
    "names who made each request that changes something",
    () =>
      Effect.gen(function* () {
        const { context, firstKey, url } = yield* Running
        const key = firstKey!.text
        const log = Context.get(context, EventLog)
        const send: Send = async (method, path, body) => {
          const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
          return JSON.parse((await call(url + path, key, init)).text) as Record<string, unknown>
        }
        const audited = async () =>
          (await call(`${url}/v1/audit?limit=200`, key)).as(pageOf(AuditEntry)).items
        const park = (sequence: number) =>
          Effect.runPromise(
            Effect.flatMap(log.lastOf("actor", "main"), (expected) =>
              log.append(
                [
                  {
                    fact: ActorParked({
                      actor: "scan",
                      sequence,
                      event: "message.received",
                      boundary: "c0example0",
                      reason: "for a test",
                      attempts: 1
                    }),
                    id: `parked-${sequence}`,
                    expected
                  }
                ],
                { actor: "scan" }
              )
            )
          )
        yield* Effect.promise(async () => {
          const { chat } = await send("POST", "/v1/sandbox/messages", { text: "hello", author: "Bea" })
          const messages = async () =>
            (await send("GET", `/v1/chats/${String(chat)}/messages`))["items"] as
              | ReadonlyArray<{ sender: string }>
              | undefined
          const said = await eventually(messages, (items) => (items?.length ?? 0) > 0)
          const made: Made = { send, park, chat: String(chat), person: said![0]!.sender }
          const { key: own } = await send("GET", "/v1/account")
          // The first key and the link to set up an account with are told of after the start, by the operator.
          await eventually(audited, (items) => items.length >= 2)
          const unnamed: Array<unknown> = []
          for (const [name, perform] of Object.entries(deeds)) {
            const before = (await audited())[0]?.sequence ?? 0
            const answer = await perform(made)
            const after = await eventually(audited, (items) => (items[0]?.sequence ?? 0) > before).catch(
              (): ReadonlyArray<typeof AuditEntry.Type> => []
            )
            if (after[0]?.by !== `owner:${String(own)}`) unnamed.push([name, answer, after[0]?.by])
          }
          expect(unnamed).toEqual([])
        })
      }),
    200_000
  )

  test.effect("can be asked by author, action, thing and time", () =>
    Effect.gen(function* () {
      const { firstKey, url } = yield* Running
      yield* Effect.promise(async () => {
        const list = async (query: string) =>
          (await call(`${url}/v1/audit?${query}`, firstKey!.text)).as(pageOf(AuditEntry)).items
        const [newest] = await list("limit=1")
        const { at, by, sequence } = newest!
        const sets = await list("action=policy.override-set")
        expect(sets.every(({ action }) => action === "policy.override-set")).toBe(true)
        expect(sets.length).toBe(3)
        expect(await list(`subject=${sets[0]!.subject!}&action=policy.override-set`)).toEqual([sets[0]])
        expect((await list(`by=${by}&limit=1`))[0]!.sequence).toBe(sequence)
        expect(await list("by=viewer:nobody")).toEqual([])
        expect((await list(`since=${at}`)).length).toBeGreaterThan(0)
        expect(await list(`since=${at + 1}`)).toEqual([])
        expect((await list(`until=${at}`)).some((entry) => entry.sequence === sequence)).toBe(false)
        const all = await list("limit=200")
        expect((await list("limit=200&sort=oldest")).toReversed()).toEqual(all)
      })
    })
  )
})

layer(Layer.empty)("what the audit rests on", (test) => {
  test.effect("every request of the API is performed here, or said why it is not", () =>
    Effect.sync(() => {
      const writing = endpoints
        .filter(({ endpoint }) => endpoint.method !== "GET")
        .map(({ endpoint, group }) => `${group}.${endpoint.identifier}`)
      const known = (name: string) => name in deeds || name in others || byOtherTests.test(name)
      expect(writing.filter((name) => !known(name))).toEqual([])
      expect(
        [...Object.keys(deeds), ...Object.keys(others)].filter((name) => !writing.includes(name))
      ).toEqual([])
    })
  )

  test.effect("every command says who asks, but those that are no deed of a person", () =>
    Effect.sync(() => {
      const silent = commands.filter(({ payload }) => !("by" in payload.fields)).map(({ command }) => command)
      expect(silent.toSorted()).toEqual(nobodysCommands.toSorted())
    })
  )
})
