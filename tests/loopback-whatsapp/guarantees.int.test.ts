import { describe, expect, it } from "vitest"
import type { Contact } from "./index.ts"
import { linkedClient, type Linked } from "./linked-client.ts"
import type { Node } from "./protocol/nodes.ts"

const anasNumber = { number: "5511988887777", name: "Ana" }
const isMessage = ({ tag }: Node): boolean => tag === "message"
const shows = (contact: Contact, text: string) => contact.screen().find((shown) => shown.text === text)

const leave = async ({ client, me, wa }: Linked): Promise<void> => {
  const ends = client.closeCodes().length
  me.client().drop()
  await client.until("the connection breaks", () => client.closeCodes().length > ends)
  await wa.witness.until("the server sees it", () => !me.client().isConnected())
}

describe("what waits for a client", () => {
  it("is brought when it comes back, marked as replayed and in order", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const ana = wa.contact(anasNumber)
    const family = wa.group({ subject: "Family", members: [ana, me] })
    await leave(linked)
    const ids = [
      await ana.say("one"),
      await ana.say("two", { in: family }),
      await ana.say("three"),
      await ana.say("four", { in: family })
    ]
    client.connect()
    await me.connected()
    await client.until("the last", () => client.message(ids[3]!))
    const replayed = client
      .events("messages.upsert")
      .filter(({ messages }) => ids.includes(messages[0]?.key.id ?? ""))
    expect(replayed.flatMap(({ messages }) => messages.map(({ key }) => key.id))).toEqual(ids)
    expect(replayed.every(({ type }) => type === "append")).toBe(true)
    const offline = wa.witness.stanzas("out", "message").filter(({ attrs }) => attrs.offline !== undefined)
    expect(offline.map(({ attrs }) => attrs.id)).toEqual(ids)
  })

  it("is brought again until the client gives its receipt", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const ana = wa.contact(anasNumber)
    wa.faults.add("in", ({ attrs, tag }) => tag === "receipt" && attrs.type === "inactive", "ignore", 1)
    const id = await ana.say("once more")
    await client.until("the message", () => client.message(id))
    await wa.witness.until("the receipt is lost", () =>
      wa.witness.entries.some((entry) => entry.kind === "stanza" && entry.lost === "ignore")
    )
    await leave(linked)
    expect(
      me
        .client()
        .waiting()
        .map(({ attrs }) => attrs.id)
    ).toEqual([id])
    client.connect()
    await me.connected()
    const written = wa.witness.stanzas("out", "message").filter(({ attrs }) => attrs.id === id)
    expect(written.map(({ attrs }) => attrs.offline)).toEqual([undefined, "0"])
    // The ratchet has moved on: the client cannot read the second copy, says so (487), and shows one message.
    expect(client.messages().filter(({ key }) => key.id === id)).toHaveLength(1)
    const refusal = wa.witness.stanzas("in", "ack").find(({ attrs }) => attrs.id === id)
    expect(refusal?.attrs).toMatchObject({ class: "message", error: "487" })
    await leave(linked)
    client.connect()
    await me.connected()
    expect(wa.witness.stanzas("out", "message").filter(({ attrs }) => attrs.id === id)).toHaveLength(2)
  })

  it("includes receipts of contacts", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const ana = wa.contact(anasNumber)
    ana.goOffline()
    const sent = await client.socket().sendMessage(ana.lid, { text: "hello" })
    const id = sent!.key.id!
    await wa.witness.until("the message", () => ana.device().held.length === 1)
    await leave(linked)
    await ana.goOnline()
    client.connect()
    await me.connected()
    await client.until("delivery", () => client.status(id) === 3)
    expect(wa.witness.stanzas("out", "receipt").map(({ attrs }) => attrs.offline)).toEqual(["0"])
  })
})

describe("ids", () => {
  it("that two members of a group both use name two messages", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const ana = wa.contact(anasNumber)
    const bob = wa.contact({ number: "4915112345678", name: "Bob" })
    const family = wa.group({ subject: "Family", members: [ana, bob, me] })
    const id = "3A00112233445566778899"
    await ana.say("from Ana", { in: family, id })
    await bob.say("from Bob", { in: family, id })
    await client.until("both", () => client.messages().filter(({ key }) => key.id === id).length === 2)
    await wa.witness.until("both receipts", () => me.client().waiting().length === 0)
    expect(
      client
        .messages()
        .filter(({ key }) => key.id === id)
        .map(({ key, message }) => [key.participant, message?.conversation])
    ).toEqual([
      [ana.lid, "from Ana"],
      [bob.lid, "from Bob"]
    ])
  })

  it("that the client repeats are recorded, and shown to the contact once", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const ana = wa.contact(anasNumber)
    const messageId = "3EB0DETERMINISTIC01"
    for (const text of ["hello", "hello"]) await client.socket().sendMessage(ana.lid, { text }, { messageId })
    await wa.witness.until("both arrive", () => shows(ana, "hello")?.arrivals === 2)
    expect(ana.screen()).toHaveLength(1)
    expect(wa.timesSent(messageId)).toBe(2)
  })
})

describe("acks", () => {
  it("carry the error that was asked for", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const ana = wa.contact(anasNumber)
    wa.faults.ackErrors.push("479")
    const sent = await client.socket().sendMessage(ana.lid, { text: "malformed" })
    await client.until("the error", () => client.ackError(sent!.key.id!) === "479")
    expect(ana.screen()).toEqual([])
  })

  it("can be held back and let go", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const ana = wa.contact(anasNumber)
    wa.faults.acks.isHeld = true
    await client.socket().sendMessage(ana.lid, { text: "slow" })
    await wa.witness.until("the ack is held", () => wa.faults.acks.held.length === 1)
    expect(shows(ana, "slow")).toBeDefined()
    const acks = () => wa.witness.stanzas("out", "ack").filter(({ attrs }) => attrs.class === "message")
    expect(acks()).toEqual([])
    wa.releaseAcks()
    expect(acks()).toHaveLength(1)
  })

  it("say 463 once too many strangers were written to, for a day", async () => {
    await using linked = await linkedClient({ account: { coldContactsMax: 2 } })
    const { client, me, wa } = linked
    const strangers = ["1", "2", "3", "4"].map((digit) =>
      wa.contact({ number: `1202555012${digit}`, name: digit })
    )
    const [known, ...others] = strangers
    await known!.say("hi")
    const ids: string[] = []
    for (const stranger of strangers)
      ids.push((await client.socket().sendMessage(stranger.lid, { text: "offer" }))!.key.id!)
    await client.until("the lock", () => client.ackError(ids[3]!) === "463")
    expect(ids.map(client.ackError)).toEqual([undefined, undefined, undefined, "463"])
    await wa.witness.until("the others have it", () =>
      [known!, others[0]!, others[1]!].every((each) => shows(each, "offer"))
    )
    expect(strangers[3]!.screen()).toEqual([])
    expect(await client.socket().fetchAccountReachoutTimelock()).toMatchObject({ isActive: true })
    wa.clock.advance(25 * 60 * 60 * 1000)
    expect(await client.socket().fetchAccountReachoutTimelock()).toMatchObject({ isActive: false })
    expect(me.state.cold.size).toBe(2)
  })
})

describe("a connection that breaks", () => {
  it("before the server looked at a message: nobody has it", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const ana = wa.contact(anasNumber)
    wa.faults.add("in", isMessage, "drop")
    await client.socket().sendMessage(ana.lid, { text: "lost" })
    await client.until("the end", () => client.closeCodes().length === 2)
    client.connect()
    await me.connected()
    expect(ana.screen()).toEqual([])
  })

  it("after the server took a message, before its ack: the contact has it", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const ana = wa.contact(anasNumber)
    wa.faults.add("in", isMessage, "handle, then drop")
    const sent = await client.socket().sendMessage(ana.lid, { text: "arrived" })
    const id = sent!.key.id!
    await client.until("the end", () => client.closeCodes().length === 2)
    expect(shows(ana, "arrived")).toBeDefined()
    expect(wa.witness.stanzas("out", "ack").some(({ attrs }) => attrs.id === id)).toBe(false)
    client.connect()
    await me.connected()
    await client.until("the receipt that waited", () => client.status(id) === 3)
  })
})

describe("a deaf server", () => {
  it.each([true, false])(
    "keeps the socket open and brings nothing (pings answered: %s)",
    async (answersPings) => {
      await using linked = await linkedClient({ config: { keepAliveIntervalMs: 100 } })
      const { client, me, wa } = linked
      const ana = wa.contact(anasNumber)
      me.client().deafen({ answersPings })
      await ana.say("unheard")
      const sending = client
        .socket()
        .sendMessage(ana.lid, { text: "unanswered" })
        .catch(() => "failed")
      const deafSince = wa.witness.entries.length
      const pings = () =>
        wa.witness.entries
          .slice(deafSince)
          .filter((entry) => entry.kind === "stanza" && entry.node.attrs.xmlns === "w:p")
      await wa.witness.until("a ping", () => pings().length > 0)
      await wa.witness.until("a query that nobody answers", () =>
        wa.witness.entries.some(
          (entry) => entry.kind === "stanza" && entry.lost === "deaf" && entry.node.attrs.xmlns === "usync"
        )
      )
      expect(pings().some((entry) => entry.kind === "stanza" && entry.lost === "deaf")).toBe(!answersPings)
      expect(me.client().isConnected()).toBe(true)
      expect(client.closeCodes()).toEqual([515])
      expect(client.messages().some(({ message }) => message?.conversation === "unheard")).toBe(false)
      await leave(linked)
      expect(await sending).toBe("failed")
      client.connect()
      await me.connected()
      await client.until("what waited", () =>
        client.messages().some(({ message }) => message?.conversation === "unheard")
      )
      expect(ana.screen().map(({ text }) => text)).toEqual(["unheard"])
    }
  )

  it("that answers no ping is given up by the client: 408", async () => {
    await using linked = await linkedClient({ config: { keepAliveIntervalMs: 100 } })
    const { client, me } = linked
    me.client().deafen({ answersPings: false })
    await client.until("the end", () => client.closeCodes().length === 2)
    expect(client.closeCodes()).toEqual([515, 408])
  })
})
