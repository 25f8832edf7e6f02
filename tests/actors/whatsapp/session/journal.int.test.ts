import { proto } from "@whiskeysockets/baileys"
import { expect, test } from "vitest"
import { startLoopbackWhatsApp } from "../../../loopback-whatsapp/index.ts"
import { startSession, temporaryFolder, type WholeSession } from "./whole.ts"

const linked = async (folder: string, seed: number) => {
  const whatsApp = await startLoopbackWhatsApp({ seed })
  const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
  const session = await startSession({ folder, server: whatsApp.url })
  await session.link("qr")
  await me.scanQr(await session.code("qr"))
  await session.fact("session.opened")
  const client = await me.connected()
  return { whatsApp, me, session, client }
}

/** What the journal holds, without what our own devices tell one another. */
const rows = async (session: WholeSession) =>
  (await session.journal())
    .filter(({ attributes }) => attributes["category"] !== "peer")
    .map(({ attributes, kind, payload, reason }) => {
      const message = kind === "message" ? proto.Message.decode(payload) : undefined
      return {
        kind,
        id: attributes["id"],
        text: message?.conversation || message?.extendedTextMessage?.text || undefined,
        reason
      }
    })

test("what contacts say directly and in groups is in the journal, once, without sender keys", async () => {
  using folder = temporaryFolder()
  const { client, me, session, whatsApp } = await linked(folder.path, 3)
  const ana = whatsApp.contact({ number: "5511988887777", name: "Ana" })
  const family = whatsApp.group({ subject: "Family", members: [me, ana] })
  const direct = await ana.say("oi")
  const inGroup = await ana.say("oi, all", { in: family })
  const second = await ana.say("again", { in: family })
  await whatsApp.witness.until("everything is receipted", () => client.waiting().length === 0)
  const texts = (await rows(session)).filter(({ kind }) => kind === "message")
  expect(texts).toEqual([
    { kind: "message", id: direct, text: "oi", reason: undefined },
    { kind: "message", id: inGroup, text: "oi, all", reason: undefined },
    { kind: "message", id: second, text: "again", reason: undefined }
  ])
  await session.close()
  await whatsApp.close()
})

test("a message that does not open is counted once, and makes room for its text when a retry brings it", async () => {
  using folder = temporaryFolder()
  const { client, session, whatsApp } = await linked(folder.path, 4)
  const ana = whatsApp.contact({ number: "5511988887777", name: "Ana" })
  await ana.say("hello")
  ana.answersRetries(false)
  const lost = await ana.say("lost", { spoil: "corrupted" })
  await whatsApp.witness.until("everything is settled", () => client.waiting().length === 0)
  expect((await rows(session)).filter(({ id }) => id === lost)).toEqual([
    { kind: "unreadable", id: lost, text: undefined, reason: expect.any(String) }
  ])
  ana.answersRetries(true)
  const saved = await ana.say("saved", { spoil: "corrupted" })
  await whatsApp.witness.until("everything is settled", () => client.waiting().length === 0)
  await expect
    .poll(async () => (await rows(session)).filter(({ id }) => id === saved), { timeout: 20_000 })
    .toEqual([{ kind: "message", id: saved, text: "saved", reason: undefined }])
  await session.close()
  await whatsApp.close()
})

test("what the phone tells of before is in the journal as history, with its chat and sender", async () => {
  using folder = temporaryFolder()
  const whatsApp = await startLoopbackWhatsApp({ seed: 5 })
  const me = whatsApp.account({
    number: "5511900000001",
    name: "Owner",
    history: [
      {
        id: "5511988887777@s.whatsapp.net",
        name: "Ana",
        messages: [
          {
            message: {
              key: { remoteJid: "5511988887777@s.whatsapp.net", fromMe: false, id: "OLD1" },
              message: { conversation: "long ago" },
              messageTimestamp: 1_700_000_000
            }
          }
        ]
      }
    ]
  })
  const session = await startSession({ folder: folder.path, server: whatsApp.url })
  await session.link("qr")
  await me.scanQr(await session.code("qr"))
  await session.fact("session.opened")
  await expect
    .poll(async () => (await session.journal()).find(({ kind }) => kind === "history"), { timeout: 20_000 })
    .toMatchObject({
      attributes: {
        id: "OLD1",
        from: "5511988887777@s.whatsapp.net",
        from_me: "false",
        t: "1700000000",
        chat_name: "Ana"
      }
    })
  await session.close()
  await whatsApp.close()
})
