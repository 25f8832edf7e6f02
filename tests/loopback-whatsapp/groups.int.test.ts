import { describe, expect, it } from "vitest"
import { linkedClient, type Linked } from "./linked-client.ts"

const makeFamily = ({ me, wa }: Linked, addressing: "lid" | "pn" = "lid") => {
  const ana = wa.contact({ number: "5511988887777", name: "Ana" })
  const bob = wa.contact({ number: "4915112345678", name: "Bob", devices: [0, 2] })
  const family = wa.group({ subject: "Family", members: [ana, bob, me], admins: [me], addressing })
  return { ana, bob, family }
}

describe.each(["lid", "pn"] as const)("a group that names its members by %s", (addressing) => {
  it("carries text both ways, under sender keys", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const { ana, bob, family } = makeFamily(linked, addressing)
    for (const round of ["one", "two", "three"]) {
      const id = await ana.say(`from Ana ${round}`, { in: family })
      const heard = await client.until("the message", () => client.message(id))
      expect(heard.key).toMatchObject({ remoteJid: family.jid, participant: ana[addressing], fromMe: false })
      expect(heard.message?.conversation).toBe(`from Ana ${round}`)
      await client.socket().sendMessage(family.jid, { text: `from us ${round}` })
      await wa.witness.until("everybody shows it", () =>
        [ana.screen(family), bob.screen(family), bob.screen(family, 2)].every((screen) =>
          screen.some(({ text }) => text === `from us ${round}`)
        )
      )
    }
    expect(bob.screen(family, 2).map(({ text }) => text)).toEqual(ana.screen(family).map(({ text }) => text))
    expect(ana.screen(family)).toHaveLength(6)
    expect(
      wa.witness.entries.filter((entry) => entry.kind === "phone" && entry.what === "cannot read")
    ).toEqual([])
  })

  it("says who of its members received and read a message", async () => {
    await using linked = await linkedClient()
    const { client } = linked
    const { ana, bob, family } = makeFamily(linked, addressing)
    bob.receipts("none")
    ana.receipts("read")
    const sent = await client.socket().sendMessage(family.jid, { text: "who reads this?" })
    const receipts = () => client.groupReceipts(sent!.key.id!)
    await client.until("a read receipt", () => receipts().some(({ readTimestamp }) => readTimestamp))
    expect(new Set(receipts().map(({ userJid }) => userJid))).toEqual(new Set([ana[addressing]]))
  })
})

describe("a group", () => {
  it("tells its metadata to members, and to nobody else", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const { ana, family } = makeFamily(linked)
    family.change(ana, { kind: "description", body: "see https://example.org" })
    const metadata = await client.socket().groupMetadata(family.jid)
    expect(metadata).toMatchObject({
      id: family.jid,
      subject: "Family",
      desc: "see https://example.org",
      addressingMode: "lid",
      size: 3
    })
    expect(metadata.participants).toContainEqual(
      expect.objectContaining({ id: me.lid, phoneNumber: me.pn, admin: "admin" })
    )
    const others = wa.group({ subject: "Others", members: [ana] })
    await expect(client.socket().groupMetadata(others.jid)).rejects.toThrow("forbidden")
    expect(Object.keys(await client.socket().groupFetchAllParticipating())).toEqual([family.jid])
  })

  it("tells of members who come, go, rise and fall, and of a new name", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const { ana, bob, family } = makeFamily(linked)
    const eve = wa.contact({ number: "12025550123", name: "Eve" })
    family.change(ana, { kind: "add", people: [eve.person] })
    family.change(ana, { kind: "promote", people: [eve.person] })
    family.change(ana, { kind: "demote", people: [eve.person] })
    family.change(ana, { kind: "remove", people: [eve.person] })
    family.change(bob, { kind: "leave", person: bob.person })
    family.change(ana, { kind: "subject", subject: "Smaller family" })
    await client.until("the new name", () =>
      client
        .events("groups.update")
        .flat()
        .some(({ subject }) => subject === "Smaller family")
    )
    expect(
      client
        .events("group-participants.update")
        .map(({ action, author, participants }) => [action, author, participants.map(({ id }) => id)])
    ).toEqual([
      ["add", ana.lid, [eve.lid]],
      ["promote", ana.lid, [eve.lid]],
      ["demote", ana.lid, [eve.lid]],
      ["remove", ana.lid, [eve.lid]],
      ["remove", bob.lid, [bob.lid]]
    ])
  })

  it("brings requests to join to its admins, who decide", async () => {
    await using linked = await linkedClient()
    const { client, wa } = linked
    const { family } = makeFamily(linked)
    const eve = wa.contact({ number: "12025550123", name: "Eve" })
    family.change(eve, { kind: "request", person: eve.person, method: "invite_link" })
    const [request] = await client.until("the request", () => {
      const requests = client.events("group.join-request")
      return requests.length > 0 && requests
    })
    expect(request).toMatchObject({
      id: family.jid,
      participant: eve.lid,
      participantPn: eve.pn,
      action: "created"
    })
    expect(await client.socket().groupRequestParticipantsList(family.jid)).toMatchObject([{ jid: eve.lid }])
    const decided = await client.socket().groupRequestParticipantsUpdate(family.jid, [eve.lid], "approve")
    expect(decided).toEqual([{ status: "200", jid: eve.lid }])
    expect(family.group.members.has(eve.person)).toBe(true)
  })

  it("lets an admin change it, and nobody else", async () => {
    await using linked = await linkedClient()
    const { client, me } = linked
    const { ana, bob, family } = makeFamily(linked)
    const socket = client.socket()
    await socket.groupUpdateSubject(family.jid, "Clan")
    expect(await socket.groupParticipantsUpdate(family.jid, [bob.lid], "remove")).toMatchObject([
      { status: "200", jid: bob.lid }
    ])
    expect(family.group).toMatchObject({ subject: "Clan" })
    expect([...family.group.members.keys()]).toEqual([ana.person, me.person])
    family.change(ana, { kind: "demote", people: [me.person] })
    await expect(socket.groupUpdateSubject(family.jid, "Mine")).rejects.toThrow("forbidden")
    expect(family.group.subject).toBe("Clan")
  })

  it("made by the client is a group like others", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const ana = wa.contact({ number: "5511988887777", name: "Ana" })
    const { id } = await client.socket().groupCreate("New", [ana.lid])
    await client.socket().sendMessage(id, { text: "welcome" })
    const shown = await wa.witness.until("the welcome", () =>
      ana.screen().find(({ text }) => text === "welcome")
    )
    expect(shown).toMatchObject({ chat: id, from: me.lid })
  })

  it("takes nothing from somebody who is not in it", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const { ana, family } = makeFamily(linked)
    family.change(ana, { kind: "remove", people: [me.person] })
    await expect(client.socket().sendMessage(family.jid, { text: "hello?" })).rejects.toThrow("forbidden")
    expect(wa.witness.stanzas("in", "message")).toEqual([])
  })

  it("sends everybody a new key once somebody has left", async () => {
    await using linked = await linkedClient()
    const { client } = linked
    const { ana, bob, family } = makeFamily(linked)
    await ana.say("before", { in: family })
    const before = ana.device().senderKeys.get(family.jid)?.key
    family.change(bob, { kind: "leave", person: bob.person })
    const id = await ana.say("after", { in: family })
    await client.until("the message", () => client.message(id)?.message?.conversation === "after")
    expect(ana.device().senderKeys.get(family.jid)?.key).not.toBe(before)
  })
})
