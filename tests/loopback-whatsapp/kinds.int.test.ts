import { proto } from "@whiskeysockets/baileys"
import { describe, expect, it } from "vitest"
import { linkedClient } from "./linked-client.ts"
import { ephemeralSetting, everyKind } from "./messages.ts"

const anasNumber = { number: "5511988887777", name: "Ana" }
const url = "https://example.org/path"
const plain = (message: proto.IMessage) =>
  proto.Message.toObject(proto.Message.fromObject(message), { longs: Number, enums: Number })

describe("messages", () => {
  it("of every kind arrive as they were sent, in direct chats and in groups", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const ana = wa.contact(anasNumber)
    const family = wa.group({ subject: "Family", members: [ana, me] })
    const kinds = Object.entries(everyKind(url))
    for (const place of [me, family]) {
      const ids: string[] = []
      for (const [, message] of kinds) ids.push(await ana.send(message, { in: place }))
      await client.until("all of them", () => ids.every((id) => client.message(id) !== undefined))
      for (const [index, [name, message]] of kinds.entries()) {
        const { senderKeyDistributionMessage: _key, ...heard } = plain(
          client.message(ids[index]!)?.message ?? {}
        )
        expect(heard, name).toEqual(plain(message))
        expect(JSON.stringify(heard), name).toContain(url)
      }
    }
  })

  it("that vanish are announced by a setting", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const ana = wa.contact(anasNumber)
    await ana.send(ephemeralSetting(86_400))
    const update = await client.until("the setting", () =>
      client
        .events("chats.update")
        .flat()
        .find(({ ephemeralExpiration }) => ephemeralExpiration)
    )
    expect(update).toMatchObject({ id: ana.lid, ephemeralExpiration: 86_400 })
  })

  it("that the client sends are shown whatever their kind", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const ana = wa.contact(anasNumber)
    const socket = client.socket()
    await socket.sendMessage(ana.lid, { poll: { name: "Lunch?", values: ["yes", "no"], selectableCount: 1 } })
    await socket.sendMessage(ana.lid, { location: { degreesLatitude: 1, degreesLongitude: 2, name: "here" } })
    await socket.sendMessage(ana.lid, {
      contacts: { displayName: "Bob", contacts: [{ vcard: "BEGIN:VCARD\nEND:VCARD" }] }
    })
    await wa.witness.until("all three", () => ana.screen().length === 3)
    expect(ana.screen().map(({ type, text }) => [type, text])).toEqual([
      ["pollCreationMessageV3", "Lunch?"],
      ["locationMessage", ""],
      ["contactMessage", ""]
    ])
  })
})

describe("what is said to many", () => {
  it("is a status, under sender keys", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const ana = wa.contact(anasNumber)
    const id = await ana.say("my day", { in: "status" })
    const heard = await client.until("the status", () => client.message(id))
    expect(heard).toMatchObject({
      key: { remoteJid: "status@broadcast", participant: ana.lid },
      message: { conversation: "my day" }
    })
  })

  it("is a channel's post, not encrypted", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const ana = wa.contact(anasNumber)
    const channel = "120363111111111111@newsletter"
    const id = await ana.say("news", { in: { channel } })
    const heard = await client.until("the post", () => client.message(id))
    expect(heard).toMatchObject({ key: { remoteJid: channel }, message: { conversation: "news" } })
    await wa.witness.until("its ack", () => me.client().waiting().length === 0)
  })
})

describe("calls", () => {
  it("ring, are rejected by the client, or end", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const ana = wa.contact(anasNumber)
    const callId = ana.call("offer")
    const [offer] = await client.until("the call", () => client.events("call")[0])
    expect(offer).toMatchObject({ id: callId, status: "offer", from: ana.lid, callerPn: ana.pn })
    await client.socket().rejectCall(callId, ana.lid)
    expect(wa.witness.stanzas("in", "call")).toHaveLength(1)
    ana.call("timeout", callId)
    await client.until("the end", () =>
      client
        .events("call")
        .flat()
        .some(({ status }) => status === "timeout")
    )
    await wa.witness.until("all answered", () => me.client().waiting().length === 0)
  })
})

describe("history", () => {
  const conversation = (id: string, text: string): proto.IConversation => ({
    id,
    messages: [
      {
        message: {
          key: { remoteJid: id, fromMe: false, id: `OLD${text}` },
          message: { conversation: text },
          messageTimestamp: 1
        }
      }
    ]
  })

  it("is told to a newly linked client", async () => {
    await using linked = await linkedClient({ account: { history: [conversation("100@lid", "long ago")] } })
    const { client } = linked
    const [history] = await client.until("the history", () => {
      const events = client.events("messaging-history.set")
      return events.length > 0 && events
    })
    expect(history?.messages.map(({ message }) => message?.conversation)).toEqual(["long ago"])
    expect(history?.isLatest).toBe(true)
  })

  it("comes in parts, with the numbers of people known by LID", async () => {
    await using linked = await linkedClient()
    const { client, me } = linked
    await me.sendHistory({
      syncType: proto.HistorySync.HistorySyncType.RECENT,
      chunkOrder: 1,
      progress: 50,
      conversations: [{ ...conversation("200@lid", "part one"), pnJid: "49151@s.whatsapp.net" }],
      phoneNumberToLidMappings: [{ lidJid: "201@lid", pnJid: "49152@s.whatsapp.net" }]
    })
    const part = await client.until("the part", () =>
      client
        .events("messaging-history.set")
        .find(({ syncType }) => syncType === proto.HistorySync.HistorySyncType.RECENT)
    )
    expect(part).toMatchObject({ chunkOrder: 1, progress: 50 })
    const { lidMapping } = client.socket().signalRepository
    expect(await lidMapping.getLIDForPN("49151@s.whatsapp.net")).toBe("200@lid")
    expect(await lidMapping.getLIDForPN("49152@s.whatsapp.net")).toBe("201@lid")
  })
})
