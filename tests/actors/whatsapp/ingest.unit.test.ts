import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import type { Said, Who } from "../../../contracts/message.ts"
import { pass, until } from "../../infra/actor/world.ts"
import { makeChat } from "./world.ts"

const started = Effect.fnUntraced(function* (faults?: Parameters<typeof makeChat>[0]) {
  const chat = yield* makeChat(faults)
  const actor = yield* chat.start()
  yield* actor.ready
  return { ...chat, actor, said: (sealed: string) => chat.keyring.open<Said>(sealed) }
})

describe("an incoming message", () => {
  it.effect("is in the log with its links when it is acknowledged, and its words are sealed", () =>
    Effect.gen(function* () {
      const chat = yield* started()
      const answer = yield* chat.ingest([{ id: "m1", text: "look http://paypa1.example/x and example.com" }])
      expect(answer).toMatchObject({ taken: 1, known: 0, links: 2 })
      const [received] = chat.named("message.received")
      expect(received).toMatchObject({
        sequence: answer.sequence,
        data: { chat: answer.chat, gateway: "sandbox", arrival: "live", sentAt: 1_000 }
      })
      expect(JSON.stringify(received)).not.toMatch(/paypa1|look|Ada|m1"/)
      expect(chat.said(received!.data.said)).toMatchObject({
        text: "look http://paypa1.example/x and example.com",
        whatsAppId: "m1",
        links: [{ url: "http://paypa1.example/x" }, { url: "http://example.com/" }]
      })
      expect(chat.keyring.open<Who>(received!.data.who)).toEqual({ name: "Ada" })
    }).pipe(Effect.scoped)
  )

  it.effect("is taken once, also in one request, and however much time lies between", () =>
    Effect.gen(function* () {
      const chat = yield* started()
      expect(yield* chat.ingest([{ id: "m1" }, { id: "m1" }])).toMatchObject({ taken: 1, known: 1 })
      yield* pass(3_600_000)
      expect(yield* chat.ingest([{ id: "m1", text: "something else" }])).toMatchObject({
        taken: 0,
        known: 1,
        sequence: 0
      })
      expect(chat.named("message.received")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("is taken once though its answer was lost and two clients send it at once", () =>
    Effect.gen(function* () {
      const faults = [{ lost: "answer" as const }]
      const chat = yield* started({ append: () => faults.shift() ?? {} })
      const lost = yield* Effect.flip(chat.ingest([{ id: "m1" }]))
      expect(lost).toMatchObject({ reason: "unavailable" })
      const both = yield* Effect.all([
        Effect.forkChild(chat.ingest([{ id: "m1" }])),
        Effect.forkChild(chat.ingest([{ id: "m1" }]))
      ])
      yield* until("both are answered", () => both.every((fiber) => fiber.pollUnsafe() !== undefined))
      yield* Effect.forEach(both, Fiber.join)
      expect(chat.named("message.received")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("hides nobody else's under the same id: senders choose their ids", () =>
    Effect.gen(function* () {
      const chat = yield* started()
      const messages = [
        { id: "m1", author: "Ada", text: "hello" },
        { id: "m1", author: "Mallory", text: "http://paypa1.example/" }
      ]
      expect(yield* chat.ingest(messages)).toMatchObject({ taken: 2, known: 0, links: 1 })
      expect(yield* chat.ingest([{ id: "m1", author: "Ada" }], "Club")).toMatchObject({ taken: 1 })
      expect(new Set(chat.named("message.received").map(({ data }) => data.message)).size).toBe(3)
    }).pipe(Effect.scoped)
  )

  it.effect("names its chat the first time, and only then", () =>
    Effect.gen(function* () {
      const chat = yield* started()
      yield* chat.ingest([{ id: "m1" }])
      yield* chat.ingest([{ id: "m2" }])
      expect(chat.named("message.renamed").map(({ data }) => chat.keyring.open(data.name))).toEqual([
        "Family"
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("of many in one request is in the log in the order of the request", () =>
    Effect.gen(function* () {
      const chat = yield* started()
      const messages = Array.from({ length: 50 }, (_, index) => ({ id: `m${index}`, text: `${index}` }))
      expect(yield* chat.ingest(messages)).toMatchObject({ taken: 50, sequence: 51 })
      const texts = chat.named("message.received").map(({ data }) => chat.said(data.said)?.text)
      expect(texts).toEqual(messages.map(({ text }) => text))
    }).pipe(Effect.scoped)
  )
})

describe("an edit", () => {
  it.effect("of a message that is known is taken, with its links, once", () =>
    Effect.gen(function* () {
      const chat = yield* started()
      yield* chat.ingest([{ id: "m1" }])
      const edit = { id: "m1", text: "now http://paypa1.example/", sentAt: 2_000, change: "edit" as const }
      expect(yield* chat.ingest([edit])).toMatchObject({ taken: 1, links: 1 })
      yield* pass(3_600_000)
      expect(yield* chat.ingest([edit])).toMatchObject({ taken: 0, known: 1 })
      expect(chat.named("message.edited")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("that arrives after a later one changes nothing", () =>
    Effect.gen(function* () {
      const chat = yield* started()
      yield* chat.ingest([{ id: "m1" }])
      yield* chat.ingest([{ id: "m1", text: "third", sentAt: 3_000, change: "edit" }])
      expect(yield* chat.ingest([{ id: "m1", text: "second", sentAt: 2_000, change: "edit" }])).toMatchObject(
        { taken: 0 }
      )
    }).pipe(Effect.scoped)
  )

  it.effect("in the same instant as another, with other words, is taken as well", () =>
    Effect.gen(function* () {
      const chat = yield* started()
      yield* chat.ingest([{ id: "m1" }])
      const edit = (text: string) => ({ id: "m1", text, sentAt: 2_000, change: "edit" as const })
      yield* chat.ingest([edit("one")])
      expect(yield* chat.ingest([edit("two http://paypa1.example/")])).toMatchObject({ taken: 1, links: 1 })
      expect(yield* chat.ingest([edit("two http://paypa1.example/")])).toMatchObject({ taken: 0 })
    }).pipe(Effect.scoped)
  )

  it.effect("of a message that was deleted changes nothing", () =>
    Effect.gen(function* () {
      const chat = yield* started()
      const edit = { id: "m1", text: "http://paypa1.example/", sentAt: 5_000, change: "edit" as const }
      yield* chat.ingest([{ id: "m1" }, { id: "m1", sentAt: 2_000, change: "delete" }])
      expect(yield* chat.ingest([edit])).toMatchObject({ taken: 0, known: 1, links: 0 })
      expect(chat.named("message.edited")).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("of a message that was never seen is taken, with its links, and so is the message after it", () =>
    Effect.gen(function* () {
      const chat = yield* started()
      const edit = { id: "m1", text: "http://paypa1.example/", sentAt: 5_000, change: "edit" as const }
      expect(yield* chat.ingest([edit, edit])).toMatchObject({ taken: 1, known: 1, links: 1 })
      const post = { id: "m1", text: "http://paypa2.example/" }
      expect(yield* chat.ingest([post])).toMatchObject({ taken: 1, links: 1 })
      expect(yield* chat.ingest([post, edit])).toMatchObject({ taken: 0, known: 2 })
      const [edited] = chat.named("message.edited")
      expect(chat.named("message.received").map(({ data }) => data.message)).toEqual([edited!.data.message])
    }).pipe(Effect.scoped)
  )

  it.effect("by another sender edits nothing of this one", () =>
    Effect.gen(function* () {
      const chat = yield* started()
      yield* chat.ingest([{ id: "m1", author: "Ada" }])
      yield* chat.ingest([{ id: "m1", author: "Mallory", text: "ha", change: "edit" }])
      const [received] = chat.named("message.received")
      const [edited] = chat.named("message.edited")
      expect(edited!.data.message).not.toBe(received!.data.message)
      expect(edited!.data.sender).not.toBe(received!.data.sender)
    }).pipe(Effect.scoped)
  )
})

describe("a deletion", () => {
  it.effect("is taken once, and not of what was never seen", () =>
    Effect.gen(function* () {
      const chat = yield* started()
      const deletion = { id: "m1", sentAt: 2_000, change: "delete" as const }
      expect(yield* chat.ingest([deletion])).toMatchObject({ taken: 0 })
      yield* chat.ingest([{ id: "m1" }])
      expect(yield* chat.ingest([deletion, deletion])).toMatchObject({ taken: 1, known: 1 })
      expect(yield* chat.ingest([{ id: "m1" }])).toMatchObject({ taken: 0, known: 1 })
      expect(chat.named("message.revoked")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("and an edit in one request with their post are taken in that order", () =>
    Effect.gen(function* () {
      const chat = yield* started()
      const answer = yield* chat.ingest([
        { id: "m1" },
        { id: "m1", text: "two", sentAt: 2_000, change: "edit" },
        { id: "m1", sentAt: 3_000, change: "delete" },
        { id: "m1", text: "four", sentAt: 4_000, change: "edit" }
      ])
      expect(answer).toMatchObject({ taken: 3, known: 1 })
      expect(chat.events().map(({ type }) => type)).toEqual([
        "message.renamed",
        "message.received",
        "message.edited",
        "message.revoked"
      ])
    }).pipe(Effect.scoped)
  )
})
