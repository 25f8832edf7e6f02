import { expect, it } from "@effect/vitest"
import { connect, type NatsConnection } from "@nats-io/transport-node"
import { Effect, Layer, Redacted } from "effect"
import { runActors, services } from "../../../actors/operator/system.ts"
import { plainPacing } from "../../../actors/whatsapp/pacing/limits.ts"
import { commandSubject } from "../../../contracts/subjects.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { scheduleUser } from "../../../infra/nats-server/config.ts"
import { start, temporaryFolder } from "../../infra/started-server.ts"

const user = "family-calendar"
const pass = "as long as it has to be"
const job = "01941f29-7c00-7000-8000-0000000000a1"

const asked = {
  title: "Reminder",
  messages: [{ text: "The doctor, at nine", delaySeconds: 0 }],
  timing: { zone: "Europe/Berlin", start: "2099-01-05T08:00:00" },
  recipients: [{ number: "+491700000000" }],
  policies: { missed: "unless-late", lateMinutes: 15, overlap: "skip", spreadSeconds: 0 }
}

/** As a program in any language does it: a request, and its answer as text. */
const request = async (connection: NatsConnection, subject: string, payload: object): Promise<unknown> =>
  JSON.parse(
    (await connection.request(subject, JSON.stringify({ id: "one", payload }), { timeout: 10_000 })).string()
  )

const refusal = (doing: Promise<unknown>) =>
  doing.then(
    () => "allowed",
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  )

/** What becomes of listening: the server says by itself that it may not. */
const heardOf = (connection: NatsConnection, subject: string) =>
  refusal(
    new Promise((resolve, reject) => {
      const subscription = connection.subscribe(subject, {
        callback: (error) => (error === null ? resolve(undefined) : reject(error))
      })
      void subscription.closed.then((error) => (error instanceof Error ? reject(error) : resolve(undefined)))
    })
  )

it.live(
  "another system asks for jobs with a user of its own, is answered with the sequence or the refusal, and may do nothing else",
  () =>
    Effect.gen(function* () {
      const dataFolder = yield* temporaryFolder
      const server = yield* start(dataFolder, { users: [scheduleUser(user, pass)] })
      const address = { url: server.url, user: server.user, password: Redacted.make(server.pass) }
      const context = yield* Layer.build(
        services({ address, dataFolder, server: "embedded", serverVersion: "", died: Effect.never })
      )
      yield* runActors({
        dataFolder,
        pacing: plainPacing({ overallPerMinute: 60, chatPerMinute: 60, burst: 10 }),
        only: new Set(["schedule"])
      }).pipe(Effect.provideContext(context))
      const { account } = yield* Effect.provideContext(Keyring, context)
      const log = yield* Effect.provideContext(EventLog, context)
      const connection = yield* Effect.acquireRelease(
        Effect.promise(() => connect({ servers: server.url, user, pass, inboxPrefix: `_INBOX_${user}` })),
        (it) => Effect.promise(() => it.close())
      )
      const create = commandSubject(account, "schedule", "create")
      yield* Effect.promise(async () => {
        const made = await request(connection, create, { job, asked, by: "calendar" })
        expect(made).toMatchObject({ ok: { sequence: 1, next: Date.parse("2099-01-05T07:00:00Z") } })
        expect(await request(connection, create, { job, asked, by: "calendar" })).toEqual(made)
        const wrong = { ...asked, timing: { zone: "Europe/Berlin", start: "2099-02-30T08:00:00" } }
        expect(await request(connection, create, { job, asked: wrong, by: "calendar" })).toMatchObject({
          ok: { sequence: 1 }
        })
        const other = { job: job.replace(/1$/, "2"), asked: wrong, by: "calendar" }
        expect(await request(connection, create, other)).toMatchObject({
          refused: { reason: "invalid", message: expect.stringContaining("2099-02-30") as string }
        })
        const fire = commandSubject(account, "schedule", "fire")
        const fired = await request(connection, fire, { job, by: "calendar" })
        expect(fired).toMatchObject({
          ok: {
            messages: 1,
            named: [{ part: 0, whatsApp: expect.stringMatching(/^3EB0[0-9A-F]{16}$/u) as string }]
          }
        })
        expect(await request(connection, fire, { job, by: "calendar" })).toMatchObject({
          ok: { named: (fired as { ok: { named: unknown } }).ok.named }
        })
        expect(await request(connection, create, { job: "no id", asked, by: "calendar" })).toMatchObject({
          refused: { reason: "invalid" }
        })
      })
      const kept = yield* log.last
      yield* Effect.promise(async () => {
        for (const subject of [
          commandSubject(account, "session", "unlink"),
          commandSubject(account, "outbox", "send"),
          commandSubject(account, "schedule", "decide"),
          commandSubject(account, "schedule", "quarantined"),
          commandSubject(account, "erasure", "request"),
          `evt.${account}.schedule.${job}.cancelled`,
          "$JS.API.STREAM.DELETE.WADJET_EVENTS",
          "$JS.API.STREAM.LIST"
        ])
          expect(await refusal(request(connection, subject, {}))).toMatch(/permission/i)
        for (const subject of ["evt.>", "cmd.>", "live.>", "_INBOX.>", ">"])
          expect(await heardOf(connection, subject)).toMatch(/permission/i)
      })
      expect(yield* log.last).toBe(kept)
    }).pipe(Effect.scoped),
  60_000
)
