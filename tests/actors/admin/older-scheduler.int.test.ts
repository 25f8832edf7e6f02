/** `POST /scheduler/refresh` on the whole system, from each kind of source. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Context, Effect, Redacted, Schema } from "effect"
import { refreshOf } from "../../../actors/operator/older-scheduler/refresh.ts"
import type { OlderSource } from "../../../actors/operator/older-scheduler/source.ts"
import { Job } from "../../../contracts/http/jobs.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { startLoopbackS3 } from "../../loopback-s3/server.ts"
import { call, ground, temporaryFolder, type Whole, whole } from "./whole.ts"

const secret = "a secret of the settings"

const Refreshed = Schema.Struct({
  success: Schema.Literal(true),
  data: Schema.Struct({
    contacts: Schema.Struct({ added: Schema.Int, completed: Schema.Int, unchanged: Schema.Int }),
    jobs: Schema.Struct({
      created: Schema.Int,
      changed: Schema.Int,
      cancelled: Schema.Int,
      unchanged: Schema.Int
    }),
    leftOut: Schema.Array(Schema.Struct({ where: Schema.String, reason: Schema.String }))
  })
})
const Jobs = Schema.Struct({ items: Schema.Array(Job) })

const post = ({ url }: Whole, given = secret) =>
  Effect.promise(() =>
    call(`${url}/scheduler/refresh`, undefined, { method: "POST", headers: { "x-api-secret": given } })
  )

const refreshed = (it: Whole) => Effect.map(post(it), (answer) => answer.as(Refreshed).data)

const jobsOf = Effect.fnUntraced(function* ({ context, firstKey, url }: Whole) {
  const { last } = Context.get(context, EventLog)
  const path = `/v1/jobs?after=${yield* last}`
  return yield* Effect.promise(async () => (await call(url + path, firstKey!.text)).as(Jobs).items)
})

const nothing = { created: 0, changed: 0, cancelled: 0 }

const message = (id: number, text: string, at = "2099-01-01T00:00:00Z") => ({
  id,
  to_phone: `4917012345${id}`,
  contact_name: "Ada",
  message: text,
  scheduled_at: at,
  status: "pending"
})

const started = (source: OlderSource) =>
  Effect.flatMap(ground, (it) => whole(it, refreshOf({ source, zone: "UTC", secret: Redacted.make(secret) })))

it.live(
  "a changed source becomes jobs and contacts once, whoever has its secret asks for it",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const path = join(folder, "scheduler.db")
      const db = new Database(path)
      yield* Effect.addFinalizer(() => Effect.sync(() => db.close()))
      // What is written last stays in the file beside it, as with the older scheduler.
      db.pragma("journal_mode = WAL")
      db.exec(
        `create table contacts (phone text unique, name text, aliases text, tags text, is_favorite integer);
         create table scheduled_messages (id integer primary key, to_phone text, contact_name text, message text,
           scheduled_at text, status text, error_message text, sent_at text);
         create table jobs (id integer primary key, title text, status text, scheduled_start_at text,
           current_recipient_index integer, current_part_index integer, recipients_sent integer,
           recipients_failed integer, config text, message_parts text, recipients text)`
      )
      const add = db.prepare(
        "insert into scheduled_messages (id, to_phone, contact_name, message, scheduled_at, status) values (:id, :to_phone, :contact_name, :message, :scheduled_at, :status)"
      )
      db.exec(`insert into contacts values ('491701234567', 'Ada', '[]', '["family"]', 1)`)
      for (const row of [message(67, "one"), message(68, "two"), message(69, "late", "2020-01-01T00:00:00Z")])
        add.run(row)
      db.exec(
        `insert into jobs values (1, 'Wedding', 'pending', '2099-06-01T10:00:00Z', 0, 0, 0, 0,
           '{"recipientGapSeconds": 30}', '[{"text": "Come"}]', '["491701234567", "491701234568"]')`
      )
      const it = yield* started({ kind: "path", path })
      const wrong = yield* post(it, "another secret, as long as it")
      expect([wrong.status, JSON.parse(wrong.text)]).toEqual([
        401,
        {
          success: false,
          error: "Expected the secret of the settings in X-API-Secret.",
          code: "UNAUTHORIZED"
        }
      ])
      const first = yield* refreshed(it)
      expect(first.contacts).toMatchObject({ added: 1, completed: 0, unchanged: 0 })
      expect(first.jobs).toEqual({ ...nothing, created: 3, unchanged: 0 })
      expect(first.leftOut.map(({ reason, where }) => `${where}: ${reason}`)).toEqual([
        "message/69: expected a time that is still to come, found none: all of its occurrences have passed, or were left out"
      ])
      const again = yield* refreshed(it)
      expect([again.contacts.unchanged, again.jobs]).toEqual([1, { ...nothing, unchanged: 3 }])

      db.exec(`update scheduled_messages set message = 'uno' where id = 67;
               delete from scheduled_messages where id = 68;
               update jobs set status = 'completed'`)
      expect((yield* refreshed(it)).jobs).toEqual({ created: 0, changed: 1, cancelled: 2, unchanged: 0 })
      expect((yield* refreshed(it)).jobs).toEqual({ ...nothing, unchanged: 1 })
      const jobs = yield* jobsOf(it)
      expect(jobs.map(({ messages, origin, status }) => [messages?.[0]?.text, status, origin])).toEqual([
        ["Come", "cancelled", "older-scheduler"],
        ["two", "cancelled", "older-scheduler"],
        ["uno", "active", "older-scheduler"]
      ])
    }).pipe(Effect.scoped),
  60_000
)

it.live(
  "a row that was wrong for a while is sent after all, and nothing is called off for a table that is missing",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const path = join(folder, "scheduler.json")
      const write = (tables: object) => writeFileSync(path, JSON.stringify(tables))
      const contacts = [{ phone: "491701234567", name: "Ada" }]
      const job = {
        id: 1,
        title: "Wedding",
        scheduled_start_at: "2099-06-01T10:00:00Z",
        message_parts: ["Come"],
        recipients: ["491701234567"]
      }
      const all = { contacts, scheduled_messages: [message(67, "one")], jobs: [job] }
      write(all)
      const it = yield* started({ kind: "path", path })
      expect((yield* refreshed(it)).jobs).toEqual({ ...nothing, created: 2, unchanged: 0 })
      write({ ...all, scheduled_messages: [message(67, "one", "31 February")] })
      expect((yield* refreshed(it)).jobs).toEqual({ ...nothing, cancelled: 1, unchanged: 1 })
      write(all)
      expect((yield* refreshed(it)).jobs).toEqual({ ...nothing, changed: 1, unchanged: 1 })
      write({ contacts, scheduled_messages: all.scheduled_messages })
      const missing = yield* refreshed(it)
      expect([missing.jobs, missing.leftOut]).toEqual([
        { ...nothing, unchanged: 1 },
        [{ where: "jobs", reason: expect.stringContaining("1 taken before is not called off") as string }]
      ])
      write({ contacts })
      expect((yield* refreshed(it)).jobs).toEqual({ ...nothing, unchanged: 0 })
      write({ ...all, jobs: [] })
      expect((yield* refreshed(it)).jobs).toEqual({ ...nothing, cancelled: 1, unchanged: 1 })
      const wedding = (yield* jobsOf(it)).find(({ title }) => title === "Wedding")
      expect(wedding?.status).toBe("cancelled")
      write(all)
      expect((yield* refreshed(it)).jobs).toEqual({ ...nothing, changed: 1, unchanged: 1 })
      expect((yield* jobsOf(it)).map(({ status }) => status)).toEqual(["active", "active"])
    }).pipe(Effect.scoped),
  60_000
)

it.live(
  "a folder and a bucket of JSON objects are read alike, and nothing is called off for what cannot be read",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      mkdirSync(join(folder, "scheduled"))
      const write = (id: number, text: string) => writeFileSync(join(folder, "scheduled", `${id}.json`), text)
      write(67, JSON.stringify(message(67, "one")))
      write(68, JSON.stringify(message(68, "two")))
      const it = yield* started({ kind: "path", path: folder })
      expect((yield* refreshed(it)).jobs).toEqual({ ...nothing, created: 2, unchanged: 0 })
      write(68, "half of an obj")
      const half = yield* refreshed(it)
      expect([half.jobs, half.leftOut.map(({ where }) => where)]).toEqual([
        { ...nothing, unchanged: 1 },
        ["scheduled/68.json, 1"]
      ])
      rmSync(join(folder, "scheduled", "68.json"))
      expect((yield* refreshed(it)).jobs).toEqual({ ...nothing, cancelled: 1, unchanged: 1 })
      // Mended there, it is back here.
      write(68, JSON.stringify(message(68, "two")))
      expect((yield* refreshed(it)).jobs).toEqual({ ...nothing, changed: 1, unchanged: 1 })
      rmSync(join(folder, "scheduled", "68.json"))
      expect((yield* refreshed(it)).jobs).toEqual({ ...nothing, cancelled: 1, unchanged: 1 })
      rmSync(join(folder, "scheduled", "67.json"))
      const empty = yield* post(it)
      expect([empty.status, empty.text.includes("nothing is changed")]).toEqual([503, true])

      const s3 = yield* startLoopbackS3()
      s3.objects.set("scheduled/67.json", Buffer.from(JSON.stringify([message(67, "one")])))
      const address = {
        name: "older-scheduler",
        shown: "",
        everyMillis: 0,
        kind: "s3",
        ...s3.address,
        prefix: ""
      } as const
      const other = yield* started({ kind: "s3", address })
      expect((yield* refreshed(other)).jobs).toEqual({ ...nothing, created: 1, unchanged: 0 })
      expect((yield* refreshed(other)).jobs).toEqual({ ...nothing, unchanged: 1 })
    }).pipe(Effect.scoped),
  60_000
)
