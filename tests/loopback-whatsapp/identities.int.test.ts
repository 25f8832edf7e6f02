import { describe, expect, it } from "vitest"
import { linkedClient } from "./linked-client.ts"

const anasNumber = { number: "5511988887777", name: "Ana" }

describe("somebody first heard of by number, then by LID", () => {
  it.each([true, false])(
    "is heard throughout, whether or not the LID was named before: %s",
    async (reveal) => {
      await using linked = await linkedClient()
      const { client, wa } = linked
      const ana = wa.contact({ ...anasNumber, addressing: "pn", revealsOtherForm: reveal })
      const before = await ana.say("by number")
      const first = await client.until("the first message", () => client.message(before))
      expect(first.key).toMatchObject({ remoteJid: ana.pn, ...(reveal ? { remoteJidAlt: ana.lid } : {}) })
      await client.socket().sendMessage(ana.pn, { text: "to the number" })
      await wa.witness.until("the answer", () => ana.screen().some(({ text }) => text === "to the number"))
      ana.speakAs("lid")
      const after = await ana.say("by LID")
      const second = await client.until("the second message", () =>
        client.messages().find(({ key, message }) => key.id === after && message)
      )
      expect(second.key).toMatchObject({ remoteJid: ana.lid, remoteJidAlt: ana.pn })
      await client.socket().sendMessage(ana.lid, { text: "to the LID" })
      await wa.witness.until("the second answer", () =>
        ana.screen().some(({ text }) => text === "to the LID")
      )
      expect(await client.socket().signalRepository.lidMapping.getLIDForPN(ana.pn)).toBe(ana.lid)
      expect(new Set(ana.screen().map(({ chat }) => chat))).toHaveLength(1)
    }
  )
})

describe("a number", () => {
  it("is found if it is on WhatsApp", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const ana = wa.contact(anasNumber)
    const found = await client.socket().onWhatsApp(ana.pn, "999000111@s.whatsapp.net")
    expect(found).toEqual([{ jid: ana.pn, exists: true }])
  })
})

describe("a new device of a contact", () => {
  it("gets messages once the client was told of it", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const ana = wa.contact(anasNumber)
    await client.socket().sendMessage(ana.lid, { text: "to the phone" })
    await wa.witness.until("the phone shows it", () => ana.screen().length === 1)
    ana.addDevice(4)
    await wa.witness.until("the client knows", () =>
      wa.witness.stanzas("in", "ack").some(({ attrs }) => attrs.class === "notification")
    )
    await client.socket().sendMessage(ana.lid, { text: "to both" })
    await wa.witness.until("both show it", () =>
      [0, 4].every((device) => ana.screen(undefined, device).some(({ text }) => text === "to both"))
    )
    ana.removeDevice(4)
    expect([...ana.person.devices.keys()]).toEqual([0])
  })
})

describe("a contact with a new phone", () => {
  it("has new keys, and both sides talk on", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const ana = wa.contact(anasNumber)
    const before = await ana.say("old phone")
    await client.until("the message", () => client.message(before))
    await client.socket().sendMessage(ana.lid, { text: "to the old phone" })
    await wa.witness.until("the answer", () => ana.screen().some(({ text }) => text === "to the old phone"))
    ana.reinstall()
    await wa.witness.until("the client was told", () =>
      wa.witness.stanzas("in", "ack").some(({ attrs }) => attrs.class === "notification")
    )
    await client.socket().sendMessage(ana.lid, { text: "to the new phone" })
    await wa.witness.until("the new phone shows it", () =>
      ana.screen().some(({ text }) => text === "to the new phone")
    )
    const after = await ana.say("new phone")
    const heard = await client.until("the message", () => client.message(after)?.message)
    expect(heard).toMatchObject({ conversation: "new phone" })
  })
})

describe("what cannot be decrypted", () => {
  it.each(["corrupted", "unknown session"] as const)("(%s) is asked for again, and comes", async (spoil) => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const ana = wa.contact(anasNumber)
    const id = await ana.say("second try", { spoil })
    await client.until("the message", () =>
      client.messages().some(({ key, message }) => key.id === id && message?.conversation === "second try")
    )
    const copies = client.messages().filter(({ key }) => key.id === id)
    expect(copies.map(({ messageStubType }) => messageStubType ?? 0)).toEqual([2, 0])
    expect(wa.witness.stanzas("in", "receipt").find(({ attrs }) => attrs.id === id)?.attrs.type).toBe("retry")
  })

  it.each(["no sender key", "corrupted"] as const)(
    "in a group (%s) is asked for again, and comes",
    async (spoil) => {
      await using linked = await linkedClient()
      const { client, me, wa } = linked
      const ana = wa.contact(anasNumber)
      const family = wa.group({ subject: "Family", members: [ana, me] })
      const id = await ana.say("second try", { in: family, spoil })
      await client.until("the message", () =>
        client.messages().some(({ key, message }) => key.id === id && message?.conversation === "second try")
      )
      const next = await ana.say("third", { in: family })
      const heard = await client.until("the next", () => client.message(next)?.message)
      expect(heard).toMatchObject({ conversation: "third" })
    }
  )

  it("stays unreadable when the sender does not answer", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const ana = wa.contact(anasNumber)
    ana.answersRetries(false)
    const id = await ana.say("never", { spoil: "corrupted" })
    await wa.witness.until("the client gives up", () => {
      const acks = wa.witness.stanzas("in", "ack").filter(({ attrs }) => attrs.id === id)
      return acks.some(({ attrs }) => attrs.error === "500")
    })
    expect(client.message(id)).toMatchObject({ messageStubType: 2, messageStubParameters: ["Bad MAC"] })
    expect(me.client().waiting()).toEqual([])
  })

  it("of the account's own phone is asked for again, and comes as the account's own", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const ana = wa.contact(anasNumber)
    const id = await me.say("from the phone", { in: ana, spoil: "corrupted" })
    const heard = await client.until("the second copy", () =>
      client
        .messages()
        .find(({ key, message }) => key.id === id && message?.conversation === "from the phone")
    )
    expect(heard.key).toMatchObject({ remoteJid: ana.lid, fromMe: true })
  })

  it("or was never there at all is a placeholder", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const ana = wa.contact(anasNumber)
    const id = await ana.say("absent", { spoil: "absent" })
    const placeholder = await client.until("the placeholder", () => client.message(id))
    expect(placeholder).toMatchObject({
      messageStubType: 2,
      messageStubParameters: ["Message absent from node"]
    })
  })

  it("by a contact is sent again by the client", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const ana = wa.contact(anasNumber)
    const family = wa.group({ subject: "Family", members: [ana, me] })
    for (const to of [ana.lid, family.jid]) {
      ana.failToDecrypt(1)
      const sent = await client.socket().sendMessage(to, { text: `to ${to}` })
      await wa.witness.until("the second copy", () => ana.screen().some(({ text }) => text === `to ${to}`))
      expect(wa.timesSent(sent!.key.id!)).toBeGreaterThan(0)
    }
    expect(ana.screen().map(({ arrivals }) => arrivals)).toEqual([1, 1])
  })
})
