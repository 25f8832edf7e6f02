import { proto } from "@whiskeysockets/baileys"
import { expect, test } from "vitest"
import { startLoopbackWhatsApp } from "../../../loopback-whatsapp/index.ts"
import { startSession, temporaryFolder } from "./whole.ts"

test("a group message whose signature was changed does not open, and the next one does", async () => {
  using folder = temporaryFolder()
  const whatsApp = await startLoopbackWhatsApp({ seed: 9 })
  const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
  const ana = whatsApp.contact({ number: "5511988887777", name: "Ana" })
  const family = whatsApp.group({ subject: "Family", members: [me, ana] })
  const session = await startSession({ folder: folder.path, server: whatsApp.url })
  await session.link("qr")
  await me.scanQr(await session.code("qr"))
  await session.fact("session.opened")
  const client = await me.connected()
  ana.answersRetries(false)
  await ana.say("first", { in: family })
  // Of a group message the signature stands at the end, and that is where it is changed.
  const forged = await ana.say("forged", { in: family, spoil: "corrupted" })
  await ana.say("last", { in: family })
  await whatsApp.witness.until("everything is settled", () => client.waiting().length === 0)
  const rows = (await session.journal()).filter(({ attributes }) => attributes["category"] !== "peer")
  const texts = rows.flatMap(({ kind, payload }) =>
    kind === "message" ? (proto.Message.decode(payload).conversation ?? "") : []
  )
  expect(texts).toEqual(["first", "last"])
  expect(rows.filter(({ kind }) => kind === "unreadable").map(({ attributes }) => attributes["id"])).toEqual([
    forged
  ])
  await session.close()
  await whatsApp.close()
})
