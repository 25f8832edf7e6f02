/** Webhooks over real sockets: to a receiver on loopback that is down, slow, wrong or gone, and across restarts. */
import { readFileSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { expect, it, layer } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Schema, Scope } from "effect"
import { type RetryLimits } from "../../../actors/admin/webhooks/retry.ts"
import { Webhook, WebhookDelivery, webhooksMax } from "../../../contracts/http/webhooks.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { announceRun } from "../../../actors/operator/run-file.ts"
import { startOf } from "../../../infra/process/identity.ts"
import { wadjet } from "../operator/captured.ts"
import { listen, type Told } from "./listen.ts"
import {
  eventIn,
  type Heard,
  insideName,
  type Mood,
  openReceiver,
  type Receiver,
  retrying,
  takenOf
} from "./webhook-receiver.ts"
import { call, eventually, type Ground, ground, temporaryFolder, type Whole, whole } from "./whole.ts"

const Added = Schema.Struct({ ...Webhook.fields, secret: Schema.String })
const Webhooks = Schema.Struct({ items: Schema.Array(Webhook) })
const Deliveries = Schema.Struct({ items: Schema.Array(WebhookDelivery) })

const manual = new URL("../../../docs/how-to/webhooks.md", import.meta.url)

/** The recipe of the manual, as it stands there. */
const recipe = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const [, code = ""] = /^```js\n([\s\S]*?)^```$/m.exec(readFileSync(manual, "utf8")) ?? []
  const file = join(folder, "recipe.mjs")
  yield* Effect.promise(() => writeFile(file, code))
  const { isGenuine } = yield* Effect.promise(
    () =>
      import(/* @vite-ignore */ pathToFileURL(file).href) as Promise<{
        isGenuine: (headers: Heard["headers"], body: string, secret: string) => boolean
      }>
  )
  return isGenuine
})

const start = (on: Ground, receiver: Receiver, limits: RetryLimits = retrying) =>
  whole(on, undefined, undefined, { outbound: receiver.client, retrying: limits })

const sender = ({ firstKey, url }: Pick<Whole, "firstKey" | "url">, key = firstKey?.text) => ({
  send: (method: string, path: string, body?: object) =>
    call(url + path, key, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
})

/** Each as it came first, in the order in which they were taken. */
const inOrder = (heard: ReadonlyArray<Heard>) => [
  ...new Map(heard.map((one) => [eventIn(one).sequence, one])).values()
]

const troubles: ReadonlyArray<Mood> = [
  ...([204, 500, "redirect", 200, "drop", 204, 204] as const),
  ...(["endless", 429, 204, 204, "hang", 204, 204, 204] as const)
]

it.live("tells every event in order, signed, through whatever befalls the receiver, and a restart", () =>
  Effect.gen(function* () {
    const isGenuine = yield* recipe
    const on = yield* ground
    const receiver = yield* openReceiver
    const { heard, state, urlOf } = receiver
    const first = yield* Scope.make()
    const before = yield* Scope.provide(start(on, receiver), first)
    const key = before.firstKey!.text
    const viewer = yield* before.keyOf("viewer")
    // Down at first, then one trouble after the other.
    state.mood = (_, count) => (count < 3 ? "drop" : troubles[count % troubles.length]!)
    const { secret } = yield* Effect.promise(async () => {
      const { send } = sender(before)
      const added = (await send("POST", "/v1/webhooks", { url: urlOf("/in"), from: 1 })).as(Added)
      await send("POST", "/v1/sandbox/messages", { text: "see http://paypa1.com/login", author: "Bea" })
      await eventually(
        async () => takenOf(receiver).length,
        (count) => count > 5
      )
      return added
    })
    state.mood = () => "hang"
    const hanging = heard.length
    yield* Effect.promise(() =>
      eventually(
        async () => heard.length,
        (count) => count > hanging
      )
    )
    yield* Scope.close(first, Exit.void)

    state.mood = (_, count) => troubles[count % troubles.length]!
    const after = yield* start(on, receiver)
    yield* Effect.promise(() =>
      sender(after, key).send("POST", "/v1/sandbox/messages", { text: "hello again", author: "Bea" })
    )
    const told: Array<Told["event"]> = []
    const isLast = ({ context, type }: Told["event"]) => context === "message" && type === "message.received"
    yield* Effect.promise(async () => {
      const done = () => told.filter(isLast).length === 2
      await listen(
        `${after.url}/v1/events?from=0`,
        viewer,
        { lastId: undefined },
        ({ event }) => {
          told.push(event)
        },
        done
      )
      await eventually(
        async () => inOrder(takenOf(receiver)).length,
        (count) => count >= told.length
      )
    })
    const taken = takenOf(receiver)
    const sequences = taken.map((one) => eventIn(one).sequence)
    // What was taken twice comes again at once, and nothing comes before its turn.
    expect(sequences.every((sequence, index) => index === 0 || sequence - sequences[index - 1]! <= 1)).toBe(
      true
    )
    expect(sequences.toSorted((one, other) => one - other)).toEqual(sequences)
    expect(inOrder(taken).slice(0, told.length).map(eventIn)).toEqual(told)
    for (const { body, headers, path } of heard) {
      expect(path).toBe("/in")
      expect(isGenuine(headers, body, secret)).toBe(true)
      expect(isGenuine(headers, `${body} `, secret)).toBe(false)
      expect(isGenuine({ ...headers, "webhook-timestamp": "1767225600" }, body, secret)).toBe(false)
      expect(headers["webhook-id"]).toBe((JSON.parse(body) as { id: string }).id)
    }
    expect(heard.length).toBeGreaterThan(taken.length)
    expect(receiver.counted.inside).toBe(0)
  })
)

interface Running {
  readonly on: Ground
  readonly receiver: Receiver
  readonly whole: Whole
}
class Shared extends Context.Service<Shared, Running>()("test/Shared") {}
const shared = Layer.effect(
  Shared,
  Effect.gen(function* () {
    const on = yield* ground
    const receiver = yield* openReceiver
    // A receiver that takes its time has not failed.
    const limits = { ...retrying, answerMillis: 30_000, failingMillisMax: 60 }
    return { on, receiver, whole: yield* start(on, receiver, limits) }
  })
)

/** Adds one whose requests are told apart by their path. */
const adding = async (
  { receiver: { heard, urlOf }, whole: running }: Running,
  path: string,
  options: object = {}
) => {
  const { send } = sender(running)
  const added = (await send("POST", "/v1/webhooks", { url: urlOf(path), ...options })).as(Added)
  const at = `/v1/webhooks/${added.webhook}`
  const now = async () =>
    (await send("GET", "/v1/webhooks")).as(Webhooks).items.find((one) => one.webhook === added.webhook)!
  const came = () => heard.filter((one) => one.path === path)
  const deliveries = async () => (await send("GET", `${at}/deliveries`)).as(Deliveries).items
  const remove = () => send("DELETE", at)
  return { ...added, at, came, deliveries, now, remove, send }
}

/** What the log was told about a webhook, the oldest first. */
const factsAbout = async ({ firstKey, url }: Whole, webhook: string, count: number) => {
  const told: Array<Told["event"]> = []
  const about = () => told.filter(({ data }) => data["webhook"] === webhook)
  await listen(
    `${url}/v1/events?from=0&context=account`,
    firstKey!.text,
    { lastId: undefined },
    ({ event }) => void told.push(event),
    () => about().length >= count
  )
  return about()
}

layer(shared, { timeout: "60 seconds", excludeTestServices: true })("a webhook", (test) => {
  test.effect("tells nothing of who was forgotten while its receiver was down", () =>
    Effect.gen(function* () {
      const running = yield* Shared
      const { receiver } = running
      yield* Effect.promise(async () => {
        const words = "a word that is to be forgotten"
        const isMessage = (one: Heard) => one.body.includes('"message.received"')
        // Up for all but what was said.
        receiver.state.mood = (one) => (isMessage(one) ? "redirect" : 204)
        const hook = await adding(running, "/words", { events: ["message.received"], words: true })
        const posted = await hook.send("POST", "/v1/sandbox/messages", { text: words, author: "Zoe" })
        const { chat } = JSON.parse(posted.text) as { chat: string }
        await eventually(
          async () => hook.came().filter(isMessage).length,
          (count) => count > 0
        )
        expect(hook.came()[0]!.body).toContain(words)
        await hook.send("PATCH", hook.at, { on: false })
        const messages = await hook.send("GET", `/v1/chats/${chat}/messages`)
        const [{ sender: subject }] = (JSON.parse(messages.text) as { items: [{ sender: string }] }).items
        expect((await hook.send("POST", "/v1/erasures", { subject })).status).toBe(200)
        receiver.state.mood = () => 204
        await hook.send("PATCH", hook.at, { on: true })
        await eventually(
          async () => hook.came().filter(({ taken }) => taken).length,
          (count) => count > 0
        )
        const taken = hook.came().filter(({ taken }) => taken)
        expect(eventIn(taken[0]!).data).toMatchObject({ said: null, who: null })
        for (const { body } of taken) expect(body).not.toMatch(/forgotten|Zoe/)
        await hook.remove()
      })
    })
  )

  test.effect("is switched off once it fails for long, says so in the log, and goes on where it was", () =>
    Effect.gen(function* () {
      const running = yield* Shared
      const { receiver } = running
      yield* Effect.promise(async () => {
        receiver.state.mood = () => 503
        const hook = await adding(running, "/failing", { from: 1 })
        const off = await eventually(hook.now, ({ on }) => !on)
        expect(off).toMatchObject({ reason: "failing", sequence: 0 })
        expect(
          (await factsAbout(running.whole, hook.webhook, 2)).map(({ data, type }) => [
            type,
            data["on"],
            data["by"]
          ])
        ).toMatchObject([
          ["account.webhook-added", undefined, expect.stringMatching(/^owner:/)],
          ["account.webhook-switched", false, "system"]
        ])
        const before = hook.came().length
        receiver.state.mood = () => 204
        await hook.send("PATCH", hook.at, { on: true })
        await eventually(hook.now, ({ sequence }) => sequence > 3)
        expect(hook.came().length).toBeGreaterThan(before)
        expect(
          inOrder(hook.came().filter(({ taken }) => taken))
            .map((one) => eventIn(one).sequence)
            .slice(0, 3)
        ).toEqual([1, 2, 3])
        receiver.state.mood = () => 410
        await hook.send("POST", `${hook.at}/replay`, { from: 1 })
        expect(await eventually(hook.now, ({ on }) => !on)).toMatchObject({ reason: "gone", sequence: 0 })
        await hook.remove()
      })
    })
  )

  test.effect("is told again from an event on, is tried out, and shows its latest attempts", () =>
    Effect.gen(function* () {
      const running = yield* Shared
      const { receiver } = running
      const last = yield* Effect.provideContext(
        EventLog.use((log) => log.last),
        running.whole.context
      )
      yield* Effect.promise(async () => {
        receiver.state.mood = () => 204
        const hook = await adding(running, "/again", { contexts: ["account"], from: 1 })
        const sequences = () => hook.came().map((one) => eventIn(one).sequence)
        await eventually(
          async () => sequences(),
          (all) => all.length > 3
        )
        const [one, two] = sequences()
        const seen = hook.came().length
        expect((await hook.send("POST", `${hook.at}/replay`, { from: two! })).status).toBe(200)
        await eventually(async () => sequences().slice(seen).includes(two!), Boolean)
        expect(sequences().slice(seen)).not.toContain(one)
        expect((await hook.send("POST", `${hook.at}/replay`, { from: last + 10_000 })).status).toBe(400)
        const tried = (await hook.send("POST", `${hook.at}/test`)).as(WebhookDelivery)
        expect(tried).toMatchObject({ type: "webhook.test", delivered: true, status: 204, sequence: null })
        const isTest = (event: Heard) => event.headers["webhook-id"] === tried.id
        expect(hook.came().filter(isTest).length).toBe(1)
        const deliveries = await hook.deliveries()
        expect(deliveries.filter(({ id }) => id === tried.id)).toEqual([tried])
        expect(deliveries.filter(({ sequence }) => sequence === two).length).toBeGreaterThan(1)
        const { text } = await call(`${running.whole.url}/metrics`, running.whole.firstKey!.text)
        expect(text).toMatch(
          new RegExp(`^wadjet_webhook_delivered_total\\{webhook="${hook.webhook}"\\} \\d+$`, "m")
        )
        expect((await hook.remove()).status).toBe(200)
        expect((await hook.remove()).status).toBe(404)
        const facts = await factsAbout(running.whole, hook.webhook, 3)
        expect(facts.map(({ type }) => type)).toEqual(
          ["added", "replayed", "removed"].map((what) => `account.webhook-${what}`)
        )
        expect(JSON.stringify(facts)).not.toMatch(/https|again|whsec/)
      })
    })
  )

  test.effect("signs with the former secret as well for as long as was asked, and then no more", () =>
    Effect.gen(function* () {
      const running = yield* Shared
      const { receiver } = running
      const isGenuine = yield* recipe
      yield* Effect.promise(async () => {
        receiver.state.mood = () => 204
        const hook = await adding(running, "/secret", { contexts: ["feed"] })
        const replaced = async (body: object) =>
          (await hook.send("POST", `${hook.at}/secret`, body)).as(Added)
        const signatures = async (...secrets: ReadonlyArray<string>) => {
          await hook.send("POST", `${hook.at}/test`)
          const { body, headers } = hook.came().at(-1)!
          return secrets.map((secret) => isGenuine(headers, body, secret))
        }
        const first = hook.secret
        const second = await replaced({ overlapHours: 2 })
        expect(second.secret).toMatch(/^whsec_/)
        expect(second.formerSecretUntil! - Date.now()).toBeGreaterThan(3_600_000)
        expect(await signatures(first, second.secret)).toEqual([true, true])
        const third = await replaced({})
        expect(await signatures(first, second.secret, third.secret)).toEqual([false, true, true])
        const fourth = await replaced({ overlapHours: 0 })
        expect(fourth.formerSecretUntil).toBeNull()
        expect(await signatures(second.secret, third.secret, fourth.secret)).toEqual([false, false, true])
        expect((await hook.send("POST", `${hook.at}/secret`, { overlapHours: 200 })).status).toBe(400)
        const facts = await factsAbout(running.whole, hook.webhook, 4)
        const told = facts.filter(({ type }) => type === "account.webhook-secret-replaced")
        expect(told.map(({ data }) => Number(data["until"]) > Number(data["at"]))).toEqual([
          true,
          true,
          false
        ])
        expect(JSON.stringify(facts)).not.toContain("whsec")
        const bytes = readFileSync(join(running.on.dataFolder, "accounts.db-wal"))
        for (const { secret } of [hook, second, third, fourth])
          expect(bytes.includes(Buffer.from(secret.replace("whsec_", ""), "base64"))).toBe(false)
        await hook.remove()
      })
    })
  )

  test.effect("is told one event again by hand, under the same id, if it is one that it is told", () =>
    Effect.gen(function* () {
      const running = yield* Shared
      const { receiver } = running
      yield* Effect.promise(async () => {
        receiver.state.mood = () => 204
        const hook = await adding(running, "/by-hand", { contexts: ["account"], from: 1 })
        const sequences = () => hook.came().map((one) => eventIn(one).sequence)
        await eventually(
          async () => sequences(),
          (all) => all.length > 3
        )
        const retry = (sequence: number) => hook.send("POST", `${hook.at}/retry`, { sequence })
        const [one] = sequences()
        const again = (await retry(one!)).as(WebhookDelivery)
        expect(again).toMatchObject({ delivered: true, status: 204, sequence: one })
        const same = hook.came().filter((it) => eventIn(it).sequence === one)
        expect(new Set(same.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([again.id]))
        expect(same.length).toBe(2)
        expect((await retry(1_000_000)).text).toContain("no event")
        await hook.send("PATCH", hook.at, { contexts: ["feed"] })
        expect((await retry(one!)).text).toContain("is not told of")
        await hook.remove()
      })
    })
  )

  test.effect("is sent to no private address, by whatever name, and is not added for what cannot be", () =>
    Effect.gen(function* () {
      const running = yield* Shared
      const { receiver } = running
      yield* Effect.promise(async () => {
        const { send } = sender(running.whole)
        const refused = [
          { url: "http://hooks.example.org/" },
          { url: "https://10.1.2.3/" },
          { url: "https://[::ffff:127.0.0.1]/" },
          { url: "https://localhost/" },
          { url: "https://metadata.google.internal/" },
          { url: "https://hooks.example.org:25/" },
          { url: "https://user:secret@hooks.example.org/" },
          { url: receiver.urlOf("/x"), contexts: ["nothing"] },
          { url: receiver.urlOf("/x"), events: ["verdict.none"] },
          { url: receiver.urlOf("/x"), from: 100_000 }
        ]
        for (const body of refused)
          expect([body, (await send("POST", "/v1/webhooks", body)).status]).toEqual([body, 400])
        const hook = await adding(running, "/y", { url: receiver.urlOf("/y", insideName) })
        const tried = (await hook.send("POST", `${hook.at}/test`)).as(WebhookDelivery)
        expect(tried).toMatchObject({
          delivered: false,
          status: null,
          fault: expect.stringMatching(/^refused: /)
        })
        expect(receiver.counted.inside).toBe(0)
        await hook.remove()
      })
    })
  )

  test.effect("is added, looked at, given another secret and removed from the command line", () =>
    Effect.gen(function* () {
      const { on, receiver, whole: running } = yield* Shared
      const { nats } = on
      yield* announceRun(on.dataFolder, {
        pid: process.pid,
        started: startOf(process.pid),
        version: "0.0.0",
        natsUrl: nats.url,
        server: "external",
        serverVersion: "",
        httpUrl: null
      })
      const settings = {
        WADJET_DATA: on.dataFolder,
        WADJET_NATS_URL: nats.url,
        WADJET_NATS_USER: nats.user,
        WADJET_NATS_PASSWORD: nats.pass
      }
      yield* Effect.promise(async () => {
        const webhooks = (...args: ReadonlyArray<string>) => wadjet(["webhooks", ...args], settings)
        const json = async (...args: ReadonlyArray<string>) => {
          const { err, exit, out } = await webhooks(...args, "--json")
          expect([args, exit, err]).toEqual([args, "ok", ""])
          return JSON.parse(out) as Record<string, unknown>
        }
        // The product sends nothing to a test's own server: what can be asked without sending is asked here.
        const url = "https://hooks.example.org/from-the-command-line"
        const added = await json("add", url, "--event", "feed.refreshed", "--label", "mine", "--from", "1")
        const id = String(added["webhook"])
        expect(added).toMatchObject({ url, events: ["feed.refreshed"], label: "mine", on: true })
        const { send } = sender(running)
        expect((await send("GET", "/v1/webhooks")).text).toContain(id)
        const list = await webhooks("list")
        expect(list.out).toContain(`${id}  on  mine`)
        expect(list.out).toContain("is told feed.refreshed")
        const replaced = await webhooks("secret", id, "--overlap-hours", "1")
        expect(replaced.out).toMatch(/^whsec_\S+\n$/)
        expect(replaced.err).toContain("signed with the former one as well")
        expect(list.out + (await webhooks("list")).out).not.toContain("whsec")
        expect((await json("secret", id, "--overlap-hours", "0"))["formerSecretUntil"]).toBeNull()
        expect(await json("off", id)).toMatchObject({ on: false, reason: "asked" })
        expect((await webhooks("on", id)).out).toContain(`${id}  on  mine`)
        expect(await json("replay", id, "--from", "1")).toMatchObject({ sequence: 0 })
        expect((await webhooks("deliveries", id)).out).toContain("was told nothing yet")
        const wrong: ReadonlyArray<readonly [ReadonlyArray<string>, string, string]> = [
          [["add", "https://10.0.0.1/"], "usage", "Nothing is sent there"],
          [["add", "http://hooks.example.org/"], "usage", "Expected an https URL"],
          [["add", url, "--event", "feed.nothing"], "usage", "--event"],
          [["add", url, "--from", "100000"], "usage", "which ends at"],
          [["secret", id, "--overlap-hours", "200"], "usage", "from 0 to 168"],
          [["retry", id, "1"], "failed", "is not told of"],
          [["retry", id, "100000"], "failed", "There is no event 100000"],
          [["deliveries", "mine"], "failed", "`wadjet webhooks list`"]
        ]
        for (const [args, exit, said] of wrong) {
          const answer = await webhooks(...args)
          expect([args, answer.exit, answer.err]).toEqual([args, exit, expect.stringContaining(said)])
        }
        await json("remove", id)
        expect((await webhooks("remove", id)).exit).toBe("failed")
        // What another process did is told with whatever this one does.
        await (await adding({ on, receiver, whole: running }, "/told", { contexts: ["feed"] })).remove()
        const facts = await factsAbout(running, id, 7)
        expect(new Set(facts.map(({ data }) => data["by"]))).toEqual(new Set(["operator"]))
        expect(receiver.counted.inside).toBe(0)
      })
    }).pipe(Effect.scoped)
  )

  test.effect("keeps its URL and its secret from whoever reads the files, and is one of a few", () =>
    Effect.gen(function* () {
      const running = yield* Shared
      const { on, receiver } = running
      yield* Effect.promise(async () => {
        receiver.state.mood = () => 204
        const path = "/a-path-that-is-a-secret"
        const hook = await adding(running, path)
        await hook.send("POST", `${hook.at}/test`)
        const files = ["accounts.db", "accounts.db-wal", "webhooks.db", "webhooks.db-wal"]
        const bytes = Buffer.concat(files.map((name) => readFileSync(join(on.dataFolder, name))))
        const secret = Buffer.from(hook.secret.replace("whsec_", ""), "base64")
        expect(bytes.includes(hook.webhook)).toBe(true)
        expect([bytes.includes(path), bytes.includes(secret), bytes.includes(hook.secret)]).toEqual([
          false,
          false,
          false
        ])
        expect((await hook.send("GET", "/v1/webhooks")).text).not.toContain(hook.secret)
        const more = []
        for (let count = 1; count < webhooksMax; count++)
          more.push(await adding(running, `/${count}`, { contexts: ["feed"] }))
        const tooMany = await hook.send("POST", "/v1/webhooks", { url: receiver.urlOf("/z") })
        expect([tooMany.status, tooMany.text]).toEqual([409, expect.stringContaining("too-many")])
        for (const one of [hook, ...more]) await one.remove()
      })
    })
  )
})
