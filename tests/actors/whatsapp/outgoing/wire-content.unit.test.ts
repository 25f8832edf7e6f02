import { proto } from "@whiskeysockets/baileys"
import { describe, expect, it } from "vitest"
import type { WireMessage } from "../../../../actors/whatsapp/gateway.ts"
import { contentOf, type Placed } from "../../../../actors/whatsapp/outgoing/wire-content.ts"
import { whatsAppIdOf } from "../../../../contracts/ids.ts"
import { here, idOf, person } from "../world.ts"

const jid = "100000000000001@lid"
const author = "100000000000002@lid"
const secret = new Uint8Array(32).fill(7)
const target = whatsAppIdOf(idOf("earlier"))
const placed: Placed = {
  jid,
  isGroup: false,
  answered: { author, isOurs: false },
  secret,
  now: 1_767_225_600_000
}

const message = (change: Partial<WireMessage>): WireMessage => ({
  chat: here,
  sender: person,
  whatsApp: whatsAppIdOf(idOf("a")),
  wire: "text",
  text: "mind it",
  ...change
})

/** What the receiver makes of it. */
const received = (change: Partial<WireMessage>, at: Placed = placed) => {
  const { attributes, message: content } = contentOf(message(change), at)
  return { attributes, message: proto.Message.decode(proto.Message.encode(content).finish()) }
}

describe("what is written to WhatsApp", () => {
  it("is a text with the message that it answers", () => {
    const { attributes, message: it } = received({ quotes: "3A00", quoted: "see …" })
    expect(attributes).toEqual({})
    expect(it.extendedTextMessage?.text).toBe("mind it")
    expect(it.extendedTextMessage?.contextInfo).toMatchObject({
      stanzaId: "3A00",
      participant: author,
      quotedMessage: { conversation: "see …" }
    })
    expect(it.messageContextInfo?.messageSecret).toEqual(Buffer.from(secret))
  })

  it("quotes nothing where there is nothing to quote, or nobody knows whose it was", () => {
    const { answered: _answered, ...nobody } = placed
    expect(received({}).message.extendedTextMessage?.contextInfo).toBeNull()
    expect(received({ quotes: "3A00" }, nobody).message.extendedTextMessage?.contextInfo).toBeNull()
  })

  it("is an edit of an earlier message of ours, which keeps its quote", () => {
    const { attributes, message: it } = received({ wire: "edit", target, quotes: "3A00", quoted: "see …" })
    expect(attributes).toEqual({ edit: "1" })
    const { editedMessage, key, type } = it.protocolMessage!
    expect(type).toBe(proto.Message.ProtocolMessage.Type.MESSAGE_EDIT)
    expect(key).toMatchObject({ remoteJid: jid, fromMe: true, id: target })
    expect(editedMessage?.extendedTextMessage).toMatchObject({
      text: "mind it",
      contextInfo: { stanzaId: "3A00" }
    })
  })

  it("is a revoke of an earlier message of ours", () => {
    const { attributes, message: it } = received({ wire: "revoke", target, text: "" })
    expect(attributes).toEqual({ edit: "7" })
    expect(it.protocolMessage?.type).toBe(proto.Message.ProtocolMessage.Type.REVOKE)
    expect(it.protocolMessage?.key).toMatchObject({ remoteJid: jid, fromMe: true, id: target })
  })

  it("is a reaction, with its author in a group, and an empty one that takes it back", () => {
    const direct = received({ wire: "reaction", text: "⚠️", quotes: "3A00" }).message.reactionMessage!
    expect(direct).toMatchObject({ text: "⚠️", key: { remoteJid: jid, fromMe: false, id: "3A00" } })
    expect(direct.key?.participant).toBeNull()
    const group = received({ wire: "unreact", text: "⚠️", quotes: "3A00" }, { ...placed, isGroup: true })
    expect(group.message.reactionMessage).toMatchObject({ text: "", key: { participant: author } })
  })

  it("refuses to be an edit or a reaction of nothing", () => {
    expect(() => received({ wire: "edit" })).toThrow("expected an edit or a revoke to name its message")
    expect(() => received({ wire: "reaction" })).toThrow("expected a reaction to name its message")
  })
})
