/** What comes in around an erasure: nothing is taken twice, and nothing can be tried afterwards. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { SendMessage } from "../../../contracts/commands.ts"
import { linkId } from "../../../contracts/link/link-id.ts"
import type { Said } from "../../../contracts/message.ts"
import { makeChat } from "./world.ts"

const started = Effect.fnUntraced(function* () {
  const chat = yield* makeChat()
  const actor = yield* chat.start()
  yield* actor.ready
  /** Somebody who has nothing to do with it is forgotten. */
  const forgetAnother = Effect.gen(function* () {
    const subject = yield* chat.keyring.person(["another"])
    yield* chat.keyring.forget(subject, yield* chat.keyring.prepareLinkKey(subject))
  })
  return { ...chat, actor, forgetAnother }
})

describe("after an erasure", () => {
  it.effect("a message is known again, and an edit that was taken before", () =>
    Effect.gen(function* () {
      const chat = yield* started()
      const edit = { id: "m1", text: "look example.org", sentAt: 2_000, change: "edit" as const }
      yield* chat.ingest([{ id: "m1", text: "look example.com" }, edit])
      yield* chat.forgetAnother
      expect(yield* chat.ingest([{ id: "m1", text: "look example.com" }, edit])).toMatchObject({
        taken: 0,
        known: 2
      })
      expect(chat.named("message.edited")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("the links of a new message have other ids", () =>
    Effect.gen(function* () {
      const chat = yield* started()
      yield* chat.ingest([{ id: "m1", text: "look example.com" }])
      yield* chat.forgetAnother
      yield* chat.ingest([{ id: "m2", text: "look example.com" }])
      const [before, after] = chat.named("message.received").map(({ data }) => data.links[0]!)
      const { current } = chat.keyring.linkKeys([])
      expect(after).toEqual({
        link: linkId(current, "http://example.com/"),
        host: linkId(current, "example.com"),
        domains: [linkId(current, "example.com")]
      })
      expect(before!.link).not.toBe(after!.link)
    }).pipe(Effect.scoped)
  )

  it.effect("an edit leaves the links that stay under the ids that they had, and its own are new", () =>
    Effect.gen(function* () {
      const chat = yield* started()
      yield* chat.ingest([
        { id: "m1", text: "look example.com" },
        { id: "m1", text: "look example.com, example.org", sentAt: 2_000, change: "edit" }
      ])
      yield* chat.forgetAnother
      yield* chat.ingest([
        { id: "m1", text: "see example.com, example.net", sentAt: 3_000, change: "edit" },
        { id: "m1", text: "see example.com, example.net!", sentAt: 4_000, change: "edit" }
      ])
      const [received] = chat.named("message.received")
      const [first, second, third] = chat.named("message.edited")
      expect(first!.data.links[0]).toEqual(received!.data.links[0])
      expect(second!.data.links[0]).toEqual(received!.data.links[0])
      expect(second!.data.links[1]!.link).toBe(
        linkId(chat.keyring.linkKeys([]).current, "http://example.net/")
      )
      expect(third!.data.links).toEqual(second!.data.links)
      const said = chat.keyring.open<Said>(third!.data.said)!
      expect(said.links.map(({ link }) => link)).toEqual(third!.data.links.map(({ link }) => link))
    }).pipe(Effect.scoped)
  )
})

describe("in the log", () => {
  it.effect(
    "neither the id that a sender chose nor a text can be tried without the keys of chat and sender",
    () =>
      Effect.gen(function* () {
        const chat = yield* started()
        yield* chat.ingest([
          { id: "m1", text: "good morning" },
          { id: "m1", text: "good night", sentAt: 2_000, change: "edit" }
        ])
        const [received] = chat.named("message.received")
        const [edited] = chat.named("message.edited")
        const { chat: inChat, sender } = received!.data
        const hidden = yield* chat.keyring.hash([inChat, sender], "good night")
        yield* chat.keyring.forget(sender)
        // Taken again, it is nobody's whom the log has ever heard of.
        yield* chat.ingest([
          { id: "m1", text: "good morning" },
          { id: "m1", text: "good night", sentAt: 2_000, change: "edit" }
        ])
        const again = chat.named("message.received")[1]!
        expect(again.data.sender).not.toBe(sender)
        expect(again.data.message).not.toBe(received!.data.message)
        expect(chat.named("message.edited")[1]!.id).not.toBe(edited!.id)
        expect(yield* chat.keyring.hash([inChat, sender], "good night")).not.toBe(hidden)
      }).pipe(Effect.scoped)
  )

  it.effect("what a request to send was called cannot be tried once the chat is forgotten", () =>
    Effect.gen(function* () {
      const chat = yield* started()
      const { chat: id } = yield* chat.ingest([{ id: "m1" }])
      const payload = {
        chat: id,
        request: "birthday of +447700900123",
        text: "hi",
        priority: "bulk",
        by: "operator"
      } as const
      const { outbox } = yield* chat.ask(SendMessage, payload)
      expect((yield* chat.ask(SendMessage, payload)).outbox).toBe(outbox)
      yield* chat.keyring.forget(id)
      const after = yield* chat.ask(SendMessage, payload)
      expect(after.outbox).not.toBe(outbox)
    }).pipe(Effect.scoped)
  )
})
