import { downloadMediaMessage, proto } from "@whiskeysockets/baileys"
import { request } from "undici"
import { describe, expect, it } from "vitest"
import { linkedClient } from "../linked-client.ts"
import { document } from "../messages.ts"
import { mediaTrust } from "./trust.ts"

const anasNumber = { number: "5511988887777", name: "Ana" }
const content = Buffer.from("what the document says")

describe("media", () => {
  it("that the client uploads are what the contact opens", async () => {
    await using linked = await linkedClient({ mediaHost: true })
    const { client, wa } = linked
    const ana = wa.contact(anasNumber)
    await client
      .socket()
      .sendMessage(ana.lid, { document: content, mimetype: "text/plain", fileName: "a.txt", caption: "read" })
    const shown = await wa.witness.until("the document", () =>
      ana.screen().find(({ text }) => text === "read")
    )
    const sent =
      shown.message.documentMessage ?? shown.message.documentWithCaptionMessage?.message?.documentMessage
    expect(wa.media!.files.size).toBe(1)
    expect(await wa.media!.open("document", sent!)).toEqual(content)
  })

  it("that a contact sends are what the client downloads", async () => {
    await using linked = await linkedClient({ mediaHost: true })
    const { client, wa } = linked
    const ana = wa.contact(anasNumber)
    const id = await ana.send(document("read", "a.pdf", await wa.media!.store("document", content)))
    const heard = await client.until("the message", () => client.message(id))
    const downloaded = await downloadMediaMessage(heard, "buffer", { options: mediaTrust(wa.media!).options })
    expect(downloaded).toEqual(content)
  })

  it("fail to upload when the host fails", async () => {
    await using linked = await linkedClient({ mediaHost: true })
    const { client, wa } = linked
    const ana = wa.contact(anasNumber)
    wa.media!.failWith = 503
    await expect(
      client.socket().sendMessage(ana.lid, { document: content, mimetype: "text/plain" })
    ).rejects.toThrow("Media upload failed on all hosts")
    expect(ana.screen()).toEqual([])
  })
})

it("A history on the media host reaches the client", async () => {
  await using linked = await linkedClient({ mediaHost: true })
  const { client, me } = linked
  const { RECENT } = proto.HistorySync.HistorySyncType
  const id = "300@lid"
  const message = { key: { remoteJid: id, fromMe: false, id: "OLD" }, message: { conversation: "long ago" } }
  await me.sendHistory({ syncType: RECENT, conversations: [{ id, messages: [{ message }] }] }, "media host")
  const history = await client.until("the history", () =>
    client.events("messaging-history.set").find(({ syncType }) => syncType === RECENT)
  )
  expect(history.messages[0]?.message?.conversation).toBe("long ago")
})

it("The host's certificate is refused by whoever was not told of it", async () => {
  await using linked = await linkedClient({ mediaHost: true })
  const host = linked.wa.media!
  await expect(request(`https://${host.hostname}/`)).rejects.toMatchObject({
    code: "DEPTH_ZERO_SELF_SIGNED_CERT"
  })
  const { statusCode } = await request(`https://${host.hostname}/`, { dispatcher: mediaTrust(host).agent })
  expect(statusCode).toBe(404)
})
