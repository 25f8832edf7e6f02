import { describe, expect, it } from "@effect/vitest"
import { Boom } from "@hapi/boom"
import { proto } from "@whiskeysockets/baileys"
import { Effect, Latch } from "effect"
import type { CodesRead } from "../../../../../actors/whatsapp/incoming/pictures/code-protocol.ts"
import type { PictureReading } from "../../../../../actors/whatsapp/incoming/pictures/drain-pictures.ts"
import { ConsentWithdrawn, OptedOut } from "../../../../../contracts/consent.ts"
import { pass, until } from "../../../../infra/actor/world.ts"
import { makeDrainWorld, messageRow } from "../drain-world.ts"
import { ada, bob, family } from "../envelopes.ts"
import { mediaKey } from "./pictures-made.ts"

const [adaLid] = ada as [string, string]
const [bobLid] = bob as [string, string]
const { Type } = proto.Message.ProtocolMessage

const inFamily = (id: string, participant = adaLid, change: Record<string, string> = {}) => ({
  id,
  from: family,
  participant,
  ...change
})
/** A picture whose path says what is in it. */
const image = (content: string, caption = ""): proto.IMessage => ({
  imageMessage: { caption, mimetype: "image/jpeg", directPath: `/${content}`, mediaKey, fileLength: 4 }
})
const revoke = (id: string): proto.IMessage => ({
  protocolMessage: { type: Type.REVOKE, key: { id, fromMe: true } }
})

/** A media host, and a reader to which a file is what its path said. */
const makeMeans = () => {
  const asked: Array<string> = []
  const script = {
    /** What the host answers instead of the file. */
    status: (_path: string): number => 200,
    before: (_path: string): Effect.Effect<void> => Effect.void,
    codes: (content: string): CodesRead => ({ codes: [`https://${content}.example/`] })
  }
  const reading: PictureReading = {
    getMedia: (path) =>
      Effect.suspend(() => {
        asked.push(path)
        return Effect.as(script.before(path), {
          status: script.status(path),
          bytes: Buffer.from(path.slice(1)),
          cut: false
        })
      }),
    readCodes: ({ file }) => Effect.sync(() => script.codes(Buffer.from(file).toString()))
  }
  return { asked, script, reading }
}

const makeWorld = Effect.fnUntraced(function* (options: Parameters<typeof makeDrainWorld>[0] = {}) {
  const means = makeMeans()
  const world = yield* makeDrainWorld({ pictures: () => means.reading, ...options })
  const fromPictures = () => world.named("message.received").filter(({ data }) => data.place === "picture")
  return {
    ...world,
    ...means,
    fromPictures,
    /** What pictures said, in the log. */
    pictureTexts: () => fromPictures().map(({ data }) => world.said(data.said)?.text),
    unread: () => world.named("message.unreadable").map(({ data }) => [data.reason, data.fields])
  }
})

describe("the codes of a picture", () => {
  it.effect("are links of the message that brought it, beside its words, and quote it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      yield* world.start()
      yield* world.deliver(messageRow(inFamily("m1"), image("evil", "look")))
      const [words, picture, ...more] = world.named("message.received")
      expect(more).toEqual([])
      expect(world.said(words!.data.said)).toMatchObject({ text: "look", links: [] })
      expect(picture!.data).toMatchObject({
        place: "picture",
        chat: words!.data.chat,
        sender: words!.data.sender,
        links: [{ link: expect.any(String) }]
      })
      expect(picture!.data.message).not.toBe(words!.data.message)
      expect(world.said(picture!.data.said)).toMatchObject({
        text: "https://evil.example/",
        whatsAppId: "m1"
      })
      expect(world.asked).toEqual(["/evil"])
    }).pipe(Effect.scoped)
  )

  it.effect("are read in every wrapper, in documents that are pictures, and in buttons", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      yield* world.start()
      const { imageMessage } = image("button")
      const directPath = "/document"
      yield* world.deliver(
        messageRow(inFamily("m1"), { ephemeralMessage: { message: image("ephemeral") } }),
        messageRow(inFamily("m2"), { viewOnceMessageV2: { message: image("once") } }),
        messageRow(inFamily("m3"), { associatedChildMessage: { message: image("album") } }),
        messageRow(inFamily("m4"), { buttonsMessage: { contentText: "x", imageMessage: imageMessage! } }),
        messageRow(inFamily("m5"), {
          documentWithCaptionMessage: {
            message: { documentMessage: { mimetype: "image/png", directPath, mediaKey, fileName: "a.png" } }
          }
        }),
        messageRow(inFamily("m6"), {
          documentMessage: { mimetype: "application/pdf", directPath: "/pdf", mediaKey }
        })
      )
      expect(world.pictureTexts().toSorted()).toEqual(
        ["album", "button", "document", "ephemeral", "once"].map((it) => `https://${it}.example/`)
      )
      expect(world.asked).not.toContain("/pdf")
    }).pipe(Effect.scoped)
  )

  it.effect("that hold no link, or none that the words beside it have not, leave nothing", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      world.script.codes = (content) =>
        content === "wifi" ? { codes: ["WIFI:S:home;P:secret;;"] } : { codes: ["https://shop.example/"] }
      yield* world.start()
      yield* world.deliver(
        messageRow(inFamily("m1"), image("wifi")),
        messageRow(inFamily("m2"), image("shop", "see https://shop.example/ now"))
      )
      expect(world.asked).toHaveLength(2)
      expect(world.pictureTexts()).toEqual([])
      expect(world.unread()).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("count each, of several pictures of one message and of one picture", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      world.script.codes = (content) => ({ codes: [`https://${content}.example/`, "https://b.example/"] })
      yield* world.start()
      const card = (content: string) => ({ header: { imageMessage: image(content).imageMessage! } })
      yield* world.deliver(
        messageRow(inFamily("m1"), {
          interactiveMessage: { carouselMessage: { cards: [card("one"), card("two")] } }
        })
      )
      expect(world.pictureTexts()).toEqual(["https://one.example/\nhttps://b.example/\nhttps://two.example/"])
      expect(world.fromPictures()[0]!.data.links).toHaveLength(3)
    }).pipe(Effect.scoped)
  )

  it.effect("are not read in a status, in the past, in what is quoted, or where it is switched off", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      yield* world.start()
      const old = {
        key: { remoteJid: family, id: "h1", participant: adaLid },
        messageTimestamp: 1_767_225_000,
        message: image("old", "old words")
      }
      const quoted = { contextInfo: { quotedMessage: image("quoted") }, text: "what he said" }
      yield* world.deliver(
        messageRow({ id: "s1", from: "status@broadcast", participant: adaLid }, image("status", "status")),
        messageRow(inFamily("m2"), { extendedTextMessage: quoted }),
        {
          kind: "history",
          attributes: { id: "h1", from: family },
          payload: proto.WebMessageInfo.encode(old).finish()
        }
      )
      expect(world.texts().toSorted()).toEqual(["old words", "status", "what he said"])
      const off = yield* makeWorld({ pictures: () => undefined })
      yield* off.start()
      yield* off.deliver(messageRow(inFamily("m1"), image("evil", "look")))
      expect(off.texts()).toEqual(["look"])
      expect(off.unread()).toEqual([])
      expect([...world.asked, ...off.asked]).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("say nothing of a message that was deleted before, and are deleted with it after", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const held = Latch.makeUnsafe(false)
      world.script.before = (path) => (path === "/late" ? held.await : Effect.void)
      yield* world.start()
      yield* world.deliver(messageRow(inFamily("m1"), image("early")))
      world.add(messageRow(inFamily("m2"), image("late")))
      world.add(messageRow(inFamily("r1"), revoke("m1")))
      world.add(messageRow(inFamily("r2"), revoke("m2")))
      yield* until("all deletions are in the log", () => world.named("message.revoked").length === 3)
      held.openUnsafe()
      yield* world.drained
      expect(world.pictureTexts()).toEqual(["https://early.example/"])
      const revoked = world.named("message.revoked").map(({ data }) => data.message)
      expect(revoked).toContain(world.fromPictures()[0]!.data.message)
    }).pipe(Effect.scoped)
  )
})

describe("a picture that is not to be had or not to be read", () => {
  it.effect("holds nobody up, however many there are", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      world.script.before = () => Effect.never
      yield* world.start()
      for (let n = 0; n < 300; n++) world.add(messageRow(inFamily(`p${n}`), image(`p${n}`)))
      yield* until("the words are taken", () => world.rows().every(({ kind }) => kind === "picture"))
      expect(world.asked).toHaveLength(3)
      world.add(messageRow(inFamily("m1", bobLid), "after all of them"))
      yield* until("what came after is in the log", () => world.texts().includes("after all of them"))
    }).pipe(Effect.scoped)
  )

  it.effect("is tried again for an hour, and then counted", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      world.script.status = (path) => (path === "/never" || world.asked.length < 4 ? 503 : 200)
      yield* world.start()
      world.add(messageRow(inFamily("m1"), image("never", "look")))
      world.add(messageRow(inFamily("m2"), image("later")))
      yield* until("the second one was read", () => world.pictureTexts().length === 1, 1_000)
      expect(world.unread()).toEqual([])
      yield* pass(3_600_000)
      yield* until("the first one was given up", () => world.rows().length === 0, 1_000)
      expect(world.unread()).toEqual([["absent", ["picture"]]])
      expect(world.asked.filter((path) => path === "/never")).toHaveLength(6)
      expect(world.pictureTexts()).toEqual(["https://later.example/"])
    }).pipe(Effect.scoped)
  )

  it.effect("is put there once more by the phone, where that has it", () =>
    Effect.gen(function* () {
      const keys: Array<proto.IMessageKey> = []
      const world = yield* makeWorld({
        updateMediaMessage: async (message) => {
          keys.push(message.key)
          if (message.key.id === "m2") throw new Boom("not there", { statusCode: 404 })
          message.message!.imageMessage!.directPath = "/again"
          return message
        }
      })
      world.script.status = (path) => (path === "/again" ? 200 : 410)
      yield* world.start()
      yield* world.deliver(
        messageRow(inFamily("m1"), image("old")),
        messageRow(inFamily("m2"), image("lost"))
      )
      expect(world.pictureTexts()).toEqual(["https://again.example/"])
      expect(world.unread()).toEqual([["absent", ["picture"]]])
      expect(keys[0]).toEqual({ remoteJid: family, id: "m1", fromMe: false, participant: adaLid })
    }).pipe(Effect.scoped)
  )

  it.effect("is counted with the reason, beside what another one of its message says", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      world.script.codes = (content) =>
        content === "good" ? { codes: ["https://good.example/"] } : { failed: "malformed" }
      yield* world.start()
      const card = (content: string) => ({ header: { imageMessage: image(content).imageMessage! } })
      yield* world.deliver(
        messageRow(inFamily("m1"), image("bad")),
        messageRow(inFamily("m2"), {
          interactiveMessage: { carouselMessage: { cards: [card("bad"), card("good")] } }
        }),
        messageRow(inFamily("m3"), { imageMessage: { caption: "x", directPath: "/keyless" } })
      )
      expect(world.unread()).toEqual([
        ["malformed", ["picture"]],
        ["no-key", ["picture"]]
      ])
      expect(world.fromPictures().map(({ data }) => data.unread)).toEqual([["picture"]])
    }).pipe(Effect.scoped)
  )

  it.effect("of somebody who is forgotten meanwhile leaves nothing", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const held = Latch.makeUnsafe(false)
      world.script.before = () => held.await
      yield* world.start()
      world.add(messageRow(inFamily("m1"), image("evil")))
      yield* until("it is being got", () => world.asked.length === 1)
      yield* world.journal.done(world.rows().map(({ position }) => position))
      const before = world.events().length
      held.openUnsafe()
      yield* pass(10_000)
      expect(world.events()).toHaveLength(before)
    }).pipe(Effect.scoped)
  )

  it.effect("is not even asked for where the chat may not be read, nor of whoever opted out", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const actor = yield* world.start()
      /** What is said after it finds it known. */
      const decided = (fact: Parameters<typeof world.append>[0]) =>
        Effect.flatMap(world.append(fact), (sequence) =>
          until("it is folded", () => actor.folded() >= sequence)
        )
      yield* world.deliver(messageRow(inFamily("m1"), "hello"), messageRow(inFamily("m2", bobLid), "hello"))
      const [fromAda, fromBob] = world.named("message.received")
      const { chat, sender: person } = fromAda!.data
      yield* decided(OptedOut({ chat, person, by: `member:${person}` }))
      yield* world.deliver(
        messageRow(inFamily("m3"), image("ada")),
        messageRow(inFamily("m4", bobLid), image("bob"))
      )
      expect(world.asked).toEqual(["/bob"])
      yield* decided(ConsentWithdrawn({ chat, by: `admin:${fromBob!.data.sender}` }))
      yield* world.deliver(messageRow(inFamily("m5", bobLid), image("bob again", "!wadjet help")))
      expect(world.asked).toEqual(["/bob"])
      expect(world.unread()).toEqual([])
      expect(world.pictureTexts()).toEqual(["https://bob.example/"])
      expect(world.named("message.unconsented").map(({ data }) => data.reason)).toEqual(["opted-out"])
    }).pipe(Effect.scoped)
  )

  it.effect("when it is switched off meanwhile is given up, and counted", () =>
    Effect.gen(function* () {
      const means = makeMeans()
      means.script.before = () => Effect.never
      let reading: PictureReading | undefined = means.reading
      const world = yield* makeWorld({ pictures: () => reading })
      const first = yield* world.start()
      world.add(messageRow(inFamily("m1"), image("evil")))
      yield* until("it is being got", () => means.asked.length === 1)
      yield* first.kill
      reading = undefined
      yield* world.start({ disk: first.disk })
      yield* world.drained
      expect(world.unread()).toEqual([["absent", ["picture"]]])
      expect(means.asked).toHaveLength(1)
    }).pipe(Effect.scoped)
  )
})

describe("killed at any instant", () => {
  it.effect("between any two steps of a picture, each link of it is in the log once", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const leave = { ...world.journal }
      const hold = Latch.makeUnsafe(true)
      world.script.before = () => hold.await
      Object.assign(world.journal, {
        leavePictures: (positions: ReadonlyArray<number>) =>
          Effect.andThen(hold.await, leave.leavePictures(positions))
      })
      // Before it is kept for its picture.
      hold.closeUnsafe()
      world.add(messageRow(inFamily("m1"), image("evil", "look http://a.example/")))
      let actor = yield* world.start()
      yield* until("the words are in the log", () => world.texts().length === 1)
      yield* actor.kill
      expect(world.rows().map(({ kind }) => kind)).toEqual(["message"])
      // While it is being got.
      Object.assign(world.journal, leave)
      actor = yield* world.start({ disk: actor.disk })
      yield* until("it is being got", () => world.asked.length === 1)
      yield* actor.kill
      expect(world.rows().map(({ kind }) => kind)).toEqual(["picture"])
      // After it is in the log, and before the journal knows.
      hold.openUnsafe()
      world.hooks.beforeDone = Effect.never
      actor = yield* world.start({ disk: actor.disk })
      yield* until("its link is in the log", () => world.pictureTexts().length === 1)
      yield* actor.kill
      const before = world.events().length
      world.hooks.beforeDone = Effect.void
      yield* pass(3_600_000)
      yield* world.start({ disk: actor.disk })
      yield* world.drained
      expect(world.texts()).toEqual(["look http://a.example/", "https://evil.example/"])
      expect(world.events()).toHaveLength(before)
    }).pipe(Effect.scoped)
  )

  it.effect("with appends lost, over and over, every picture's link is in the log once", () =>
    Effect.gen(function* () {
      let turn = 0
      const lost = ["before", "answer", undefined] as const
      const world = yield* makeWorld({
        faults: {
          append: () => {
            const fault = lost[turn++ % 3]
            return fault === undefined ? {} : { lost: fault }
          }
        }
      })
      for (let n = 0; n < 20; n++) world.add(messageRow(inFamily(`m${n}`), image(`p${n}`)))
      let actor = yield* world.start()
      for (let kills = 0; kills < 5; kills++) {
        const had = world.events().length
        yield* until("more is in the log", () => world.events().length > had || world.rows().length === 0)
        yield* actor.kill
        actor = yield* world.start({ disk: actor.disk })
      }
      yield* world.drained
      expect(world.pictureTexts().toSorted()).toEqual(
        Array.from({ length: 20 }, (_, n) => `https://p${n}.example/`).toSorted()
      )
    }).pipe(Effect.scoped)
  )
})
