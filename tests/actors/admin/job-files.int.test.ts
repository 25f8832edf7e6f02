/** Jobs that send files, by the API, on the whole system with its sandbox. */
import { createHash } from "node:crypto"
import { mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import Database from "better-sqlite3"
import { expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Occurrence, OccurrenceMessage } from "../../../contracts/http/jobs.ts"
import { OutboxEntry } from "../../../contracts/http/outbox.ts"
import { TimelineItem } from "../../../contracts/http/sandbox.ts"
import type { MediaReference } from "../../../contracts/outbox.ts"
import { FireJob } from "../../../contracts/schedule-commands.ts"
import { call, eventually, ground, whole } from "./whole.ts"
import { Posted } from "./shapes.ts"

const Made = Schema.Struct({ job: Schema.String, sequence: Schema.Int })
const Seen = Schema.Struct({ occurrence: Occurrence, messages: Schema.Array(OccurrenceMessage) })
const Entries = Schema.Struct({ items: Schema.Array(OutboxEntry) })
const Timeline = Schema.Struct({ items: Schema.Array(TimelineItem) })

const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from("a cake")])
const pdf = Buffer.from("%PDF-1.7 how to get there")

const put = (dataFolder: string, file: string, bytes: Uint8Array) => {
  mkdirSync(join(dataFolder, "media"), { recursive: true })
  writeFileSync(join(dataFolder, "media", file), bytes)
  return { file, sha256: createHash("sha256").update(bytes).digest("hex") }
}

interface TransmissionRow {
  readonly whatsapp: string
  readonly wire: string
}

const bookOf = (dataFolder: string) => {
  const db = new Database(join(dataFolder, "sandbox.db"), { readonly: true })
  const rows = db
    .prepare<[], TransmissionRow>("select whatsapp, wire from transmission order by number")
    .all()
  db.close()
  return rows
}

it.live(
  "a job sends a picture with its caption and a document, each under the id that firing it answered with, and refuses files that cannot be sent",
  () =>
    Effect.gen(function* () {
      const base = yield* ground
      const { firstKey, url } = yield* whole(base)
      const { dataFolder } = base
      const api = (method: string, path: string, body?: unknown) =>
        call(url + path, firstKey!.text, {
          method,
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
      const cake = { kind: "image", mime: "image/jpeg", ...put(dataFolder, "cake.jpg", jpeg) } as const
      const way = {
        kind: "document",
        mime: "application/pdf",
        name: "The way.pdf",
        ...put(dataFolder, "way.pdf", pdf)
      } as const
      put(dataFolder, "large.jpg", jpeg)
      truncateSync(join(dataFolder, "media", "large.jpg"), 17e6)
      yield* Effect.promise(async () => {
        const { chat } = (await api("POST", "/v1/sandbox/messages", { text: "hello" })).as(Posted)
        const make = (...files: ReadonlyArray<MediaReference>) =>
          api("POST", "/v1/jobs", {
            title: "Wedding",
            messages: files.map((media, index) => ({ text: index === 0 ? "Look" : "", media })),
            timing: { zone: "UTC", start: "2099-01-01T09:00:00" },
            recipients: [{ chat }]
          })
        const refused = async (media: MediaReference) => {
          const answer = await make(cake, media)
          return [answer.status, (JSON.parse(answer.text) as { detail: string }).detail]
        }
        const sentence = (text: string) => expect.stringContaining(text) as string
        expect(await refused({ ...cake, file: "none.jpg" })).toEqual([
          400,
          sentence("message 2: expected the file none.jpg")
        ])
        expect(await refused({ ...cake, file: "large.jpg" })).toEqual([
          400,
          sentence("at most 16000000 bytes")
        ])
        expect(await refused({ ...way, kind: "image", mime: "image/jpeg" })).toEqual([
          400,
          sentence("way.pdf to be image/jpeg")
        ])
        expect(await refused({ ...cake, sha256: "0".repeat(64) })).toEqual([400, sentence("it was changed")])
        const { job } = (await make(cake, way)).as(Made)
        const fired = (await api("POST", `/v1/jobs/${job}/fire`)).as(FireJob.answer)
        const ids = fired.named.map(({ whatsApp }) => whatsApp)
        const seenOf = ({ planned, sequence }: typeof FireJob.answer.Type) =>
          eventually(
            async () =>
              (await api("GET", `/v1/jobs/${job}/occurrences/${planned}?after=${sequence}`)).as(Seen),
            ({ occurrence }) => occurrence.status === "finished"
          )
        const seen = await seenOf(fired)
        expect(seen.messages.map(({ status, whatsApp }) => [whatsApp, status])).toEqual(
          ids.map((id) => [id, "sent"])
        )
        expect(bookOf(dataFolder)).toEqual(ids.map((whatsapp) => ({ whatsapp, wire: "media" })))
        const { items } = (await api("GET", "/v1/outbox")).as(Entries)
        expect(items.map(({ media, text, whatsApp }) => [whatsApp, text, media])).toEqual([
          [ids[1], "", way],
          [ids[0], "Look", cake]
        ])
        const said = (await api("GET", "/v1/sandbox/messages"))
          .as(Timeline)
          .items.filter(({ from }) => from === "wadjet")
        expect(said.map(({ media, text }) => [text, media?.file])).toEqual([
          ["Look", "cake.jpg"],
          ["", "way.pdf"]
        ])
        // What is gone by the time that it is to leave fails alone, and says why.
        rmSync(join(dataFolder, "media", "cake.jpg"))
        const again = (await api("POST", `/v1/jobs/${job}/fire`)).as(FireJob.answer)
        const partly = await seenOf(again)
        expect(partly.messages.map(({ reason, status }) => [status, reason])).toEqual([
          ["failed", sentence("expected the file cake.jpg in the folder media, found none")],
          ["sent", null]
        ])
        const copied = await api("POST", `/v1/jobs/${job}/duplicate`, {})
        expect([copied.status, copied.text]).toEqual([400, sentence("expected the file cake.jpg")])
        const now = await api("POST", "/v1/messages", {
          chat,
          request: "now",
          text: "",
          media: cake,
          priority: "bulk"
        })
        expect([now.status, now.text]).toEqual([400, sentence("expected the file cake.jpg")])
      })
    }).pipe(Effect.scoped),
  120_000
)
