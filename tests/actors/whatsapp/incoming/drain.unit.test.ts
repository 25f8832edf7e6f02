import { describe, expect, it } from "@effect/vitest"
import { encodeBinaryNode, proto } from "@whiskeysockets/baileys"
import { Effect } from "effect"
import { admins } from "../../../../actors/whatsapp/model.ts"
import { OutboxId, whatsAppIdOf } from "../../../../contracts/ids.ts"
import type { Who } from "../../../../contracts/message.ts"
import { OutboxQueued } from "../../../../contracts/outbox.ts"
import { pass, until } from "../../../infra/actor/world.ts"
import { bytesOf, makeDrainWorld, messageRow } from "./drain-world.ts"
import { ada, bob, family, self } from "./envelopes.ts"

const [adaLid, adaPhone] = ada as [string, string]
const [bobLid, bobPhone] = bob as [string, string]
const { Type } = proto.Message.ProtocolMessage

const inFamily = (id: string, participant = adaLid, change: Record<string, string> = {}) => ({
  id,
  from: family,
  participant,
  notify: "Ada",
  ...change
})
const fromAda = (id: string, change: Record<string, string> = {}) => ({
  id,
  from: adaLid,
  sender_pn: adaPhone,
  notify: "Ada",
  ...change
})
const edit = (id: string, text: string) => ({
  protocolMessage: {
    type: Type.MESSAGE_EDIT,
    key: { id, fromMe: true },
    editedMessage: { conversation: text }
  }
})
const revoke = (id: string, key: proto.IMessageKey = { fromMe: true }) => ({
  protocolMessage: { type: Type.REVOKE, key: { ...key, id } }
})
const notice = (
  id: string,
  child: { tag: string; attrs: Record<string, string>; content?: [] },
  by = bobLid
) => {
  const attributes = { id, from: family, type: "w:gp2", participant: by, t: "1767225600" }
  const payload = encodeBinaryNode({ tag: "notification", attrs: attributes, content: [child] })
  return { kind: "notice" as const, attributes, payload }
}

/** So long after that the log itself does not recognise an event's id any more. */
const muchLater = pass(3_600_000)

describe("what the journal holds", () => {
  it.effect("is in the log, sealed, with its links, and then no longer in the journal", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      yield* world.start()
      yield* world.deliver(messageRow(fromAda("m1"), "look http://a.example/ and http://b.example/"))
      const [received] = world.named("message.received")
      expect(received!.data).toMatchObject({
        gateway: "whatsapp",
        arrival: "live",
        sentAt: 1_767_225_600_000
      })
      expect(received!.data.links).toHaveLength(2)
      expect(world.said(received!.data.said)).toMatchObject({
        whatsAppId: "m1",
        text: "look http://a.example/ and http://b.example/"
      })
      expect(world.keyring.open<Who>(received!.data.who)).toEqual({ name: "Ada" })
      expect(world.keyring.formsOf(received!.data.sender)).toEqual([adaLid, adaPhone])
      expect(world.named("message.renamed").map(({ data }) => world.keyring.open(data.name))).toEqual(["Ada"])
      expect(JSON.stringify(world.events())).not.toMatch(/4915|lid|m1"|example/)
    }).pipe(Effect.scoped)
  )

  it.effect("says what waited while we were away, and what another device of ours said", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      yield* world.start()
      yield* world.deliver(
        messageRow(fromAda("m1", { offline: "3" }), "late"),
        messageRow(
          { id: "m2", from: self.phone, recipient: adaLid },
          { deviceSentMessage: { message: { conversation: "mine" } } }
        )
      )
      expect(world.named("message.received").map(({ data }) => [data.arrival, data.own])).toEqual([
        ["replayed", undefined],
        ["live", true]
      ])
      const [theirs, ours] = world.named("message.received")
      expect(ours!.data.chat).toBe(theirs!.data.chat)
      expect(ours!.data.sender).not.toBe(theirs!.data.sender)
    }).pipe(Effect.scoped)
  )

  it.effect("in the same order in each chat, however many there are, in few commits", () =>
    Effect.gen(function* () {
      let appends = 0
      const append = () => {
        appends += 1
        return {}
      }
      const world = yield* makeDrainWorld({ faults: { append } })
      const rows = Array.from({ length: 1_000 }, (_, n) =>
        messageRow(inFamily(`m${n}`, n % 2 === 0 ? adaLid : bobLid), `${n}`)
      )
      rows.forEach(world.add)
      yield* world.start()
      yield* world.drained
      expect(world.texts()).toEqual(rows.map((_, n) => `${n}`))
      expect(appends).toBeLessThanOrEqual(10)
    }).pipe(Effect.scoped)
  )

  it.effect("of the past waits for what is said now", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      for (let n = 0; n < 300; n++) {
        const info = {
          key: { remoteJid: family, id: `h${n}`, participant: adaLid },
          messageTimestamp: 1_767_225_000,
          message: { conversation: `old ${n}` }
        }
        world.add({
          kind: "history",
          attributes: { id: `h${n}`, from: family },
          payload: proto.WebMessageInfo.encode(info).finish()
        })
      }
      world.add(messageRow(inFamily("m1"), "now"))
      yield* world.start({})
      yield* world.drained
      expect(world.texts()[0]).toBe("now")
      expect(world.texts()).toHaveLength(201)
      expect(
        new Set(
          world
            .named("message.received")
            .slice(1)
            .map(({ data }) => data.arrival)
        )
      ).toEqual(new Set(["imported"]))
    }).pipe(Effect.scoped)
  )

  it.effect(
    "of the past is taken as far back, and as much of a chat, as is wanted, over any number of starts",
    () =>
      Effect.gen(function* () {
        const world = yield* makeDrainWorld({ history: { days: 1, messagesPerChat: 3 } })
        const row = (id: string, ageHours: number) => {
          const messageTimestamp = 1_767_225_600 - ageHours * 3_600
          const info = {
            key: { remoteJid: family, id, participant: adaLid },
            messageTimestamp,
            message: { conversation: id }
          }
          return {
            kind: "history" as const,
            attributes: {},
            payload: proto.WebMessageInfo.encode(info).finish()
          }
        }
        const first = yield* world.start()
        yield* world.deliver(row("old", 25), row("a", 23), row("b", 2))
        yield* first.kill
        yield* world.start({ disk: first.disk })
        yield* world.deliver(row("b", 2), row("c", 1), row("d", 1))
        expect(world.texts()).toEqual(["a", "b", "c"])
      }).pipe(Effect.scoped)
  )
})

describe("a message", () => {
  it.effect("delivered again is taken once, and hides nobody else's under the same id", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      yield* world.start()
      const post = messageRow(inFamily("same"), "http://a.example/")
      yield* world.deliver(post, post, messageRow(inFamily("same", bobLid), "http://b.example/"))
      yield* muchLater
      yield* world.deliver(post)
      expect(world.texts()).toEqual(["http://a.example/", "http://b.example/"])
    }).pipe(Effect.scoped)
  )

  it.effect("that comes with a new wording first is in the log with both", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      yield* world.start()
      yield* world.deliver(
        messageRow(inFamily("e1"), edit("m1", "http://new.example/")),
        messageRow(inFamily("m1"), "http://old.example/")
      )
      expect(world.named("message.edited").map(({ data }) => world.said(data.said)?.text)).toEqual([
        "http://new.example/"
      ])
      expect(world.texts()).toEqual(["http://old.example/"])
      expect(world.named("message.received")[0]!.data.message).toBe(
        world.named("message.edited")[0]!.data.message
      )
    }).pipe(Effect.scoped)
  )

  it.effect("of ours that comes back is none", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      const actor = yield* world.start()
      yield* world.deliver(messageRow(fromAda("m1"), "hi"))
      const { chat } = world.named("message.received")[0]!.data
      const outbox = OutboxId.make("ab".repeat(20))
      const queued = yield* world.append(
        OutboxQueued({
          chat,
          outbox,
          gateway: "whatsapp",
          kind: "text",
          priority: "bulk",
          standalone: true,
          body: { text: "x" }
        })
      )
      yield* until("it is known", () => actor.folded() >= queued)
      const own = (id: string) => messageRow({ id, from: self.phone, recipient: adaLid }, "said")
      yield* world.deliver(own(whatsAppIdOf(outbox)), own("3EB0FFFFFFFFFFFFFFFF"))
      expect(world.named("message.received").map(({ data }) => world.said(data.said)?.whatsAppId)).toEqual([
        "m1",
        "3EB0FFFFFFFFFFFFFFFF"
      ])
      // Anybody may use the id that one of ours has.
      yield* world.deliver(messageRow(inFamily(whatsAppIdOf(outbox)), "theirs"))
      expect(world.texts()).toContain("theirs")
    }).pipe(Effect.scoped)
  )

  it.effect("that is longer than one event takes is in the log whole, and so is its edit", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      yield* world.start()
      const long = (host: string) =>
        Array.from({ length: 6_000 }, (_, n) => `http://${host}.example/${n}`).join(" ")
      yield* world.deliver(messageRow(inFamily("m1"), long("a")))
      const links = world
        .named("message.received")
        .flatMap(({ data }) => world.said(data.said)!.links.map(({ url }) => url))
      expect(new Set(links).size).toBe(6_000)
      const parts = world.named("message.received").length
      expect(parts).toBeGreaterThan(1)
      yield* world.deliver(messageRow(inFamily("e1"), edit("m1", "short")))
      expect(world.named("message.edited").map(({ data }) => world.said(data.said)?.text)).toEqual([
        "short",
        ...Array.from({ length: parts - 1 }, () => "")
      ])
      yield* world.deliver(messageRow(inFamily("r1"), revoke("m1")))
      expect(world.named("message.revoked")).toHaveLength(parts)
    }).pipe(Effect.scoped)
  )
})

describe("a deletion", () => {
  const deletions = Effect.fnUntraced(function* (by: string) {
    const world = yield* makeDrainWorld()
    yield* world.start()
    const promote = {
      tag: "promote",
      attrs: {},
      content: [{ tag: "participant", attrs: { jid: bobLid } }] as never
    }
    yield* world.deliver(notice("n1", promote), messageRow(inFamily("m1"), "hi"))
    yield* world.deliver(messageRow(inFamily("r1", by), revoke("m1", { participant: adaLid })))
    return world.named("message.revoked").length
  })

  it.effect("of another one's message is an admin's, where the admins are known", () =>
    Effect.gen(function* () {
      expect(yield* deletions(bobLid)).toBe(1)
      expect(yield* deletions("100000000000009@lid")).toBe(0)
    }).pipe(Effect.scoped)
  )
})

describe("what is about a message", () => {
  it.effect("is in the log once: reactions, and that it could not be read", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      yield* world.start()
      const react = (id: string, text: string) =>
        messageRow(inFamily(id, bobLid), {
          reactionMessage: { key: { id: "m1", participant: adaLid }, text }
        })
      yield* world.deliver(
        messageRow(inFamily("m1"), "hi"),
        react("x1", "👍"),
        react("x1", "👍"),
        react("x2", "")
      )
      yield* muchLater
      yield* world.deliver(react("x2", ""))
      expect(
        world.named("message.reacted").map(({ data }) => [data.removed, world.keyring.open(data.reaction)])
      ).toEqual([
        [false, "👍"],
        [true, ""]
      ])
      const [received] = world.named("message.received")
      expect(new Set(world.named("message.reacted").map(({ data }) => data.message))).toEqual(
        new Set([received!.data.message])
      )
    }).pipe(Effect.scoped)
  )

  it.effect("is said where it could not be read, until it can, and not of what is known", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      yield* world.start()
      const unreadable = (id: string) => ({
        kind: "unreadable" as const,
        attributes: inFamily(id),
        payload: new Uint8Array(),
        reason: "no-session" as const
      })
      yield* world.deliver(unreadable("m1"), unreadable("m1"))
      expect(world.named("message.unreadable").map(({ data }) => [data.reason, data.fields])).toEqual([
        ["no-session", []]
      ])
      yield* world.deliver(messageRow(inFamily("m1"), "after all"), unreadable("m1"))
      expect(world.named("message.unreadable")).toHaveLength(1)
      expect(world.named("message.received").map(({ data }) => data.message)).toEqual([
        world.named("message.unreadable")[0]!.data.message
      ])
      yield* world.deliver(messageRow(inFamily("p1"), { pollUpdateMessage: {} }))
      expect(world.named("message.unreadable").map(({ data }) => data.reason)).toEqual([
        "no-session",
        "encrypted"
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("is a message where a link hides in a reaction", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      yield* world.start()
      yield* world.deliver(
        messageRow(inFamily("x1"), {
          reactionMessage: { key: { id: "m1", fromMe: true }, text: "http://a.example/" }
        })
      )
      expect(world.named("message.reacted")).toHaveLength(1)
      expect(world.named("message.received")[0]!.data.links).toHaveLength(1)
    }).pipe(Effect.scoped)
  )
})

describe("a chat", () => {
  it.effect("tells who came and went, what it is called and who administers it, each once", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      const actor = yield* world.start()
      const people = (...jids: ReadonlyArray<string>) =>
        jids.map((jid) => ({ tag: "participant", attrs: { jid } })) as never
      const changes = [
        notice("n1", { tag: "add", attrs: {}, content: people(adaLid, self.lid!) }),
        notice("n2", { tag: "promote", attrs: {}, content: people(adaLid, bobLid) }),
        notice("n3", { tag: "subject", attrs: { subject: "see http://name.example/" } }),
        notice("n4", {
          tag: "description",
          attrs: {},
          content: [{ tag: "body", attrs: {}, content: Buffer.from("http://desc.example/") }] as never
        }),
        notice("n5", {
          tag: "description",
          attrs: {},
          content: [{ tag: "body", attrs: {}, content: Buffer.from("no link") }] as never
        }),
        notice("n6", { tag: "demote", attrs: {}, content: people(adaLid) }),
        notice("n7", { tag: "remove", attrs: {}, content: people(bobLid) })
      ]
      yield* world.deliver(...changes)
      yield* muchLater
      yield* world.deliver(...changes)
      const of = (jid: string) => world.keyring.person([jid])
      const [adaIs, bobIs, meIs] = [yield* of(adaLid), yield* of(bobLid), yield* of(self.lid!)]
      expect(world.events().map(({ type }) => type)).toEqual([
        "message.joined",
        "message.admins-changed",
        "message.renamed",
        "message.received",
        "message.received",
        "message.admins-changed",
        "message.left"
      ])
      expect(world.named("message.joined")[0]!.data).toMatchObject({
        people: [adaIs, meIs],
        self: true,
        how: "added",
        by: bobIs
      })
      expect(world.named("message.left")[0]!.data).toMatchObject({
        people: [bobIs],
        self: false,
        how: "left"
      })
      expect(world.named("message.received").map(({ data }) => [data.place, data.links.length])).toEqual([
        ["name", 1],
        ["description", 1]
      ])
      const { chat } = world.named("message.joined")[0]!.data
      expect(actor.state.get(admins, chat)).toEqual([])
    }).pipe(Effect.scoped)
  )
})

describe("a person known by a phone number and by a LID", () => {
  it.effect("is one, and so is the chat with them, where both come together", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      yield* world.start()
      yield* world.deliver(
        messageRow({ id: "m1", from: adaPhone }, "by number"),
        messageRow(fromAda("m2"), "by both"),
        messageRow({ id: "m3", from: adaLid }, "by LID")
      )
      const received = world.named("message.received").map(({ data }) => [data.chat, data.sender].join(" "))
      expect(new Set(received).size).toBe(1)
      expect(world.named("message.person-linked")).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("is one where WhatsApp knows it, though the message does not say so", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      yield* world.start()
      world.otherForms.set(adaLid, adaPhone)
      yield* world.deliver(
        messageRow({ id: "m1", from: adaPhone }, "1"),
        messageRow({ id: "m2", from: adaLid }, "2")
      )
      expect(new Set(world.named("message.received").map(({ data }) => data.chat)).size).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.effect("is joined where it is learnt late: facts say so, and nothing is taken twice", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      const actor = yield* world.start()
      const byPhone = messageRow({ id: "m1", from: adaPhone }, "by number http://a.example/")
      const byLid = messageRow({ id: "m2", from: adaLid }, "by LID http://b.example/")
      yield* world.deliver(byPhone, byLid)
      const [first, second] = world.named("message.received")
      expect(second!.data.chat).not.toBe(first!.data.chat)
      yield* world.deliver(messageRow(fromAda("m3"), "by both"))
      expect(world.named("message.person-linked").map(({ data }) => [data.person, data.same])).toEqual([
        [first!.data.sender, second!.data.sender]
      ])
      expect(world.named("message.chat-linked").map(({ data }) => [data.chat, data.same])).toEqual([
        [first!.data.chat, second!.data.chat]
      ])
      expect(world.named("message.received")[2]!.data).toMatchObject({
        chat: first!.data.chat,
        sender: first!.data.sender
      })
      yield* actor.kill
      yield* muchLater
      yield* world.start({ disk: actor.disk })
      yield* world.deliver(
        byPhone,
        byLid,
        messageRow(fromAda("m2"), "by LID http://b.example/"),
        messageRow(fromAda("m4"), "4")
      )
      expect(world.texts()).toHaveLength(4)
      expect(world.named("message.person-linked")).toHaveLength(1)
      // A change finds the message that came under the other pseudonyms.
      yield* world.deliver(
        messageRow(fromAda("r1"), revoke("m2")),
        messageRow(fromAda("e1"), edit("m1", "edited"))
      )
      expect(world.named("message.revoked")[0]!.data).toMatchObject({
        chat: second!.data.chat,
        message: second!.data.message
      })
      expect(world.named("message.edited")[0]!.data).toMatchObject({
        chat: first!.data.chat,
        message: first!.data.message
      })
    }).pipe(Effect.scoped)
  )
})

describe("a row that nobody can take", () => {
  it.effect("holds up no other, is kept for a person, and is counted where it is known whose it is", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      world.add(messageRow(inFamily("m1"), "before"))
      world.add({ kind: "message", attributes: { id: "x" }, payload: bytesOf({ conversation: "nowhere" }) })
      world.add({ kind: "notice", attributes: { id: "y" }, payload: Buffer.from([0, 1, 2]) })
      world.add({ kind: "message", attributes: inFamily("bad"), payload: Buffer.from([0x87, 0x7d, 1]) })
      world.add(messageRow(inFamily("m2"), "after"))
      yield* world.start()
      yield* world.drained
      expect(world.texts()).toEqual(["before", "after"])
      expect(world.aside().map(({ row }) => row.attributes["id"])).toEqual(["x", "y"])
      expect(world.aside()[0]!.why).toContain("expected a row of kind message")
      expect(world.named("message.unreadable").map(({ data }) => data.reason)).toEqual(["malformed"])
    }).pipe(Effect.scoped)
  )

  it.effect("because the log refuses it holds up no other, either, and is counted", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      world.add(messageRow(inFamily("m1"), "before"))
      // An id so long that no event can carry it.
      world.add(messageRow(inFamily("x".repeat(9_000_000)), "http://bad.example/"))
      world.add(messageRow(inFamily("m2"), "after"))
      yield* world.start()
      yield* world.drained
      expect(world.texts()).toEqual(["before", "after"])
      expect(world.aside()).toHaveLength(1)
      expect(world.named("message.unreadable").map(({ data }) => data.reason)).toEqual(["malformed"])
    }).pipe(Effect.scoped)
  )

  it.effect("is none for a name of any length", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      yield* world.start()
      yield* world.deliver(
        messageRow(inFamily("m1", adaLid, { notify: "x".repeat(9_000_000) }), "http://a.example/")
      )
      expect(world.texts()).toEqual(["http://a.example/"])
    }).pipe(Effect.scoped)
  )
})

describe("killed at any instant", () => {
  it.effect("between the log and the journal, it begins again and says nothing twice", () =>
    Effect.gen(function* () {
      const world = yield* makeDrainWorld()
      world.add(messageRow(inFamily("m1"), "http://a.example/"))
      world.add(messageRow(inFamily("e1"), edit("m1", "http://b.example/")))
      world.add(
        messageRow(inFamily("x1", bobLid, { participant_pn: bobPhone }), {
          reactionMessage: { key: { id: "m1", participant: adaLid }, text: "👍" }
        })
      )
      world.hooks.beforeDone = Effect.never
      const first = yield* world.start()
      yield* until("it is in the log", () => world.named("message.reacted").length === 1)
      const before = world.events().length
      yield* first.kill
      expect(world.rows()).toHaveLength(3)
      world.hooks.beforeDone = Effect.void
      // With what it knew of the log.
      yield* muchLater
      yield* world.start({ disk: first.disk })
      yield* world.drained
      expect(world.events()).toHaveLength(before)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "with an append on its way or its answer lost, over and over, every link is in the log once",
    () =>
      Effect.gen(function* () {
        let turn = 0
        const lost = ["before", "answer", undefined] as const
        const world = yield* makeDrainWorld({
          faults: {
            append: () => {
              const fault = lost[turn++ % 3]
              return fault === undefined ? {} : { lost: fault }
            }
          }
        })
        const texts = Array.from({ length: 40 }, (_, n) => `http://a.example/${n}`)
        texts.forEach((text, n) =>
          world.add(messageRow(inFamily(`m${n}`, n % 3 === 0 ? bobLid : adaLid), text))
        )
        let actor = yield* world.start()
        for (let kills = 0; kills < 5; kills++) {
          const had = world.events().length
          yield* until(
            "something more is in the log",
            () => world.events().length > had || world.rows().length === 0
          )
          yield* actor.kill
          texts.forEach((text, n) =>
            world.add(messageRow(inFamily(`m${n}`, n % 3 === 0 ? bobLid : adaLid), text))
          )
          actor = yield* world.start({ disk: actor.disk })
        }
        yield* world.drained
        expect(world.texts()).toEqual(texts)
      }).pipe(Effect.scoped)
  )
})
