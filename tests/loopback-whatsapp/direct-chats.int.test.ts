import { proto, WAMessageStubType } from "@whiskeysockets/baileys"
import { describe, expect, it } from "vitest"
import type { Contact } from "./index.ts"
import { linkedClient } from "./linked-client.ts"

const { DELIVERY_ACK, PLAYED, READ } = proto.WebMessageInfo.Status
const ana = { number: "5511988887777", name: "Ana" }
const shows = (contact: Contact, text: string) => contact.screen().find((shown) => shown.text === text)

describe("text in a direct chat", () => {
  it("goes both ways, again and again", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const contact = wa.contact(ana)
    for (const round of ["one", "two", "three"]) {
      const id = await contact.say(`question ${round}`)
      const heard = await client.until("the question", () => client.message(id))
      expect(heard).toMatchObject({
        key: { remoteJid: contact.lid, remoteJidAlt: contact.pn, fromMe: false },
        pushName: "Ana",
        message: { conversation: `question ${round}` }
      })
      await client.socket().sendMessage(contact.lid, { text: `answer ${round}` })
      await wa.witness.until("the answer", () => shows(contact, `answer ${round}`))
    }
    expect(contact.screen().map(({ text }) => text)).toEqual([
      "question one",
      "answer one",
      "question two",
      "answer two",
      "question three",
      "answer three"
    ])
  })

  it("reaches every device of a contact, and comes from any of them", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const contact = wa.contact({ ...ana, devices: [0, 3] })
    await client.socket().sendMessage(contact.lid, { text: "to both" })
    await wa.witness.until("both devices show it", () =>
      [0, 3].every((device) => contact.screen(undefined, device).some(({ text }) => text === "to both"))
    )
    const id = await contact.say("from the computer", { device: 3 })
    const heard = await client.until("the message", () => client.message(id))
    expect(heard.key.remoteJid).toBe(contact.lid)
  })

  it("said on the account's own phone arrives as the account's own", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const contact = wa.contact(ana)
    const id = await me.say("from the phone", { in: contact })
    const heard = await client.until("the message", () => client.message(id))
    expect(heard).toMatchObject({
      key: { remoteJid: contact.lid, remoteJidAlt: contact.pn, fromMe: true },
      message: { conversation: "from the phone" }
    })
  })

  it("quotes what it answers, in both directions", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const contact = wa.contact(ana)
    const id = await contact.say("look")
    const quoted = await client.until("the message", () => client.message(id))
    await client.socket().sendMessage(contact.lid, { text: "seen" }, { quoted })
    const shown = await wa.witness.until("the answer", () => shows(contact, "seen"))
    expect(shown.quoted).toBe(id)
    const reply = await contact.reply("thanks", { id: shown.id, from: me })
    const heard = await client.until("the reply", () => client.message(reply))
    expect(heard.message?.extendedTextMessage?.contextInfo?.stanzaId).toBe(shown.id)
  })
})

describe("receipts", () => {
  it("tell the client that a message was delivered, read and played", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const contact = wa.contact(ana)
    contact.receipts("none")
    const sent = await client.socket().sendMessage(contact.lid, { text: "hello" })
    const id = sent?.key.id ?? ""
    await wa.witness.until("the message is shown", () => shows(contact, "hello"))
    for (const [type, status] of [
      ["delivered", DELIVERY_ACK],
      ["read", READ],
      ["played", PLAYED]
    ] as const) {
      contact.receipt(type, [id])
      await client.until(`status ${status}`, () => client.status(id) === status)
    }
    expect(client.status(id)).toBe(PLAYED)
  })

  it("of the client are seen by the contact", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const contact = wa.contact(ana)
    const id = await contact.say("read this")
    const heard = await client.until("the message", () => client.message(id))
    await client.socket().readMessages([heard.key])
    await wa.witness.until(
      "the read receipt",
      () => shows(contact, "read this")?.receipts.get(me.lid) === "read"
    )
    expect(
      wa.witness
        .stanzas("in", "receipt")
        .filter(({ attrs }) => attrs.id === id)
        .map(({ attrs }) => attrs.type)
    ).toEqual(["inactive", "read"])
  })

  it("come when the contact comes online", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const contact = wa.contact(ana)
    contact.goOffline()
    const sent = await client.socket().sendMessage(contact.lid, { text: "later" })
    const id = sent?.key.id ?? ""
    await wa.witness.until("the ack", () =>
      wa.witness.stanzas("out", "ack").some(({ attrs }) => attrs.id === id)
    )
    expect(contact.screen()).toEqual([])
    expect(client.status(id)).toBeLessThan(DELIVERY_ACK)
    await contact.goOnline()
    await client.until("delivery", () => client.status(id) === DELIVERY_ACK)
    expect(shows(contact, "later")?.arrivals).toBe(1)
  })
})

describe("what happens to a message afterwards", () => {
  it("is an edit by its author, within fifteen minutes", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const contact = wa.contact(ana)
    const sent = await client.socket().sendMessage(contact.lid, { text: "first" })
    await wa.witness.until("the message", () => shows(contact, "first"))
    wa.clock.advance(14 * 60 * 1000)
    await client.socket().sendMessage(contact.lid, { text: "second", edit: sent!.key })
    await wa.witness.until("the edit", () => shows(contact, "second"))
    wa.clock.advance(2 * 60 * 1000)
    const late = await client.socket().sendMessage(contact.lid, { text: "third", edit: sent!.key })
    const ack = await wa.witness.until("the refusal", () =>
      wa.witness.stanzas("out", "ack").find(({ attrs }) => attrs.id === late?.key.id)
    )
    expect(ack.attrs.error).toBe("400")
    expect(contact.screen()).toMatchObject([
      {
        text: "second",
        edits: [
          { text: "second", outcome: "applied" },
          { text: "third", outcome: "too late" }
        ]
      }
    ])
  })

  it("is a deletion by its author, within two days", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const contact = wa.contact(ana)
    const one = await client.socket().sendMessage(contact.lid, { text: "one" })
    const two = await client.socket().sendMessage(contact.lid, { text: "two" })
    await client.socket().sendMessage(contact.lid, { delete: one!.key })
    await wa.witness.until("the deletion", () => shows(contact, "one")?.revoked)
    await wa.witness.until("the second message", () => shows(contact, "two"))
    wa.clock.advance(2 * 24 * 60 * 60 * 1000 + 1000)
    await client.socket().sendMessage(contact.lid, { delete: two!.key })
    await wa.witness.until("the refusal", () =>
      shows(contact, "two")?.revocations.some(({ outcome }) => outcome === "too late")
    )
    expect(shows(contact, "two")?.revoked).toBe(false)
  })

  it("is an edit, a deletion and a reaction by the contact, as the client hears them", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const contact = wa.contact(ana)
    const id = await contact.say("draft")
    await contact.edit(id, "final")
    const edited = await client.until("the edit", () =>
      client
        .events("messages.update")
        .flat()
        .find(({ update }) => update.message?.editedMessage)
    )
    expect(edited).toMatchObject({
      key: { id },
      update: { message: { editedMessage: { message: { conversation: "final" } } } }
    })
    const sent = await client.socket().sendMessage(contact.lid, { text: "hello" })
    await wa.witness.until("the message is shown", () => shows(contact, "hello"))
    await contact.react("👍", { id: sent!.key.id!, from: me })
    const [reaction] = await client.until("the reaction", () => client.events("messages.reaction")[0])
    expect(reaction).toMatchObject({ key: { id: sent!.key.id, fromMe: true }, reaction: { text: "👍" } })
    await contact.revoke(id)
    await client.until("the deletion", () =>
      client
        .events("messages.update")
        .flat()
        .some(({ key, update }) => key.id === id && update.messageStubType === WAMessageStubType.REVOKE)
    )
    expect(contact.screen()[0]).toMatchObject({ text: "final", revoked: true })
  })

  it("is a reaction by the client", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const contact = wa.contact(ana)
    const id = await contact.say("news")
    const heard = await client.until("the message", () => client.message(id))
    await client.socket().sendMessage(contact.lid, { react: { text: "🔥", key: heard.key } })
    await wa.witness.until("the reaction", () => contact.screen()[0]?.reactions.get(me.lid) === "🔥")
    expect(contact.screen()).toHaveLength(1)
  })
})
