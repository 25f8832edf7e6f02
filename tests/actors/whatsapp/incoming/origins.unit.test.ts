import { describe, expect, it } from "@effect/vitest"
import { type BinaryNode, proto } from "@whiskeysockets/baileys"
import { messageDecoder } from "../../../../actors/whatsapp/incoming/decode-message.ts"
import type { HeardFrom } from "../../../../actors/whatsapp/incoming/heard.ts"
import { bareJid, jidsOf, kindOf } from "../../../../actors/whatsapp/incoming/jid.ts"
import { metadataHeard } from "../../../../actors/whatsapp/incoming/learn-groups.ts"
import { notificationHeard } from "../../../../actors/whatsapp/incoming/notification.ts"
import { originOf } from "../../../../actors/whatsapp/incoming/stanza.ts"
import { ada, bob, family, me, self } from "./envelopes.ts"

const [adaLid, adaPhone] = ada as [string, string]
const [bobLid, bobPhone] = bob as [string, string]
const decoder = messageDecoder(proto)
const now = 1_767_225_999_000
const seconds = "1767225600"
const at = 1_767_225_600_000

describe("a JID", () => {
  it.each([
    ["4915:12@s.whatsapp.net", "4915@s.whatsapp.net", "phone"],
    ["4915_1:12@s.whatsapp.net", "4915@s.whatsapp.net", "phone"],
    ["4915@c.us", "4915@s.whatsapp.net", "phone"],
    ["4915:99@hosted", "4915@s.whatsapp.net", "phone"],
    ["1:2@lid", "1@lid", "lid"],
    ["1:99@hosted.lid", "1@lid", "lid"],
    ["4915-1600@g.us", "4915-1600@g.us", "group"],
    ["status@broadcast", "status@broadcast", "broadcast"],
    ["12@newsletter", "12@newsletter", "channel"],
    ["867@bot", "867@bot", "bot"],
    ["x@call", "x@call", "other"]
  ])("%s is %s, of kind %s", (jid, bare, kind) => {
    expect(bareJid(jid)).toBe(bare)
    expect(kindOf(bare)).toBe(kind)
  })

  it("is none without a user or a server", () => {
    expect([undefined, null, "", "abc", "@lid", "1@", ":1@lid"].map(bareJid)).toEqual(
      Array(7).fill(undefined)
    )
    expect(jidsOf("1:3@lid", undefined, "1@lid", "x")).toEqual(["1@lid"])
  })
})

describe("a message's envelope", () => {
  const origin = (attributes: Record<string, string>) =>
    originOf({ id: "m1", t: seconds, ...attributes }, self, now)

  it.each([
    ["by LID, with the number", { from: "100000000000001:3@lid", sender_pn: adaPhone }, [adaLid, adaPhone]],
    ["by number, with the LID", { from: adaPhone, sender_lid: adaLid }, [adaPhone, adaLid]],
    ["by number alone", { from: adaPhone }, [adaPhone]]
  ])("says who speaks in a chat of two, %s", (_, attributes, forms) => {
    expect(origin({ ...attributes, notify: "Ada" })).toEqual({
      chat: forms,
      sender: forms,
      own: false,
      id: "m1",
      at,
      arrival: "live",
      name: "Ada"
    })
  })

  it("says who speaks in a group", () => {
    expect(
      origin({ from: family, participant: "100000000000001:3@lid", participant_pn: adaPhone })
    ).toMatchObject({
      chat: [family],
      sender: [adaLid, adaPhone],
      own: false
    })
    expect(origin({ from: family, participant: "4915100000000:7@s.whatsapp.net" })).toMatchObject({
      sender: me,
      own: true
    })
  })

  it("of another device of ours says to whom it was said", () => {
    const sent = { from: "4915100000000:0@s.whatsapp.net", recipient: adaLid, recipient_pn: adaPhone }
    expect(origin(sent)).toMatchObject({ chat: [adaLid, adaPhone], sender: me, own: true })
    expect(origin({ from: "100000000000000:2@lid", category: "peer" })).toMatchObject({
      chat: me,
      sender: me,
      own: true
    })
  })

  it("of a list shows it in the chat with its sender, and of a status among the status updates", () => {
    expect(origin({ from: "123@broadcast", participant: adaPhone })).toMatchObject({
      chat: [adaPhone],
      sender: [adaPhone]
    })
    expect(origin({ from: "status@broadcast", participant: adaPhone })).toMatchObject({
      chat: ["status@broadcast"],
      sender: [adaPhone]
    })
  })

  it("of a channel names the channel as chat and sender", () => {
    expect(origin({ from: "12@newsletter" })).toMatchObject({
      chat: ["12@newsletter"],
      sender: ["12@newsletter"]
    })
  })

  it("says whether it waited while we were away, and when it was sent if it says so sensibly", () => {
    expect(origin({ from: adaPhone, offline: "0" })?.arrival).toBe("replayed")
    expect(["x", "-5", "0", "9".repeat(30)].map((t) => origin({ from: adaPhone, t })?.at)).toEqual([
      now,
      now,
      now,
      now
    ])
  })

  it("that does not say of which chat, by whom or under which id is none", () => {
    expect(origin({})).toBeUndefined()
    expect(origin({ from: family })).toBeUndefined()
    expect(origin({ from: adaPhone, id: "" })).toBeUndefined()
  })
})

describe("a notification of a group", () => {
  const participant = (attrs: Record<string, string>): BinaryNode => ({ tag: "participant", attrs })
  const adaNode = participant({ jid: adaLid, phone_number: adaPhone })
  const bobNode = participant({ jid: bobLid, phone_number: bobPhone, type: "admin" })
  const child = (
    tag: string,
    content: BinaryNode["content"] = [],
    attrs: Record<string, string> = {}
  ): BinaryNode => ({
    tag,
    attrs,
    content
  })
  const hear = (children: ReadonlyArray<BinaryNode>, attrs: Record<string, string> = {}) =>
    notificationHeard(
      {
        tag: "notification",
        attrs: {
          from: family,
          type: "w:gp2",
          id: "n1",
          t: seconds,
          participant: bobLid,
          participant_pn: bobPhone,
          ...attrs
        },
        content: [...children]
      },
      self,
      now,
      decoder
    )
  const heard = (...children: ReadonlyArray<BinaryNode>) => hear(children).map((it: HeardFrom) => it.heard)

  it("says in which chat, by whom and when", () => {
    expect(hear([child("locked")])).toEqual([
      {
        origin: { chat: [family], sender: [bobLid, bobPhone], own: false, id: "n1", at, arrival: "live" },
        heard: { what: "aside", of: "notice.locked" }
      }
    ])
    expect(hear([child("locked")], { offline: "1" })[0]?.origin.arrival).toBe("replayed")
  })

  it.each([
    [
      "somebody was added",
      child("add", [adaNode]),
      { what: "joined", people: [ada], self: false, how: "added" }
    ],
    [
      "somebody came by a link",
      child("add", [adaNode], { reason: "invite" }),
      { what: "joined", how: "joined" }
    ],
    ["somebody added themselves", child("add", [bobNode]), { what: "joined", people: [bob], how: "joined" }],
    [
      "we were added",
      child("add", [participant({ jid: self.lid! })]),
      { what: "joined", people: [me], self: true }
    ],
    [
      "somebody was removed",
      child("remove", [adaNode]),
      { what: "left", people: [ada], self: false, how: "removed" }
    ],
    ["somebody left", child("remove", [bobNode]), { what: "left", people: [bob], how: "left" }],
    [
      "we were removed",
      child("remove", [participant({ jid: self.phone })]),
      { what: "left", self: true, how: "removed" }
    ],
    ["somebody became an admin", child("promote", [adaNode]), { what: "admins", added: [ada], removed: [] }],
    [
      "somebody is no admin any more",
      child("demote", [adaNode]),
      { what: "admins", added: [], removed: [ada] }
    ],
    [
      "it was renamed",
      child("subject", [], { subject: "see a.example" }),
      { what: "name", text: "see a.example" }
    ],
    [
      "its description was changed",
      child("description", [{ tag: "body", attrs: {}, content: Buffer.from("http://a.example/") }]),
      { what: "description", text: "http://a.example/" }
    ],
    [
      "its description was deleted",
      child("description", [child("delete")]),
      { what: "description", text: "" }
    ]
  ])("says that %s", (_, change, what) => {
    expect(heard(change)).toMatchObject([what])
  })

  it("that it was made says everything about it", () => {
    const group = child(
      "group",
      [child("description", [{ tag: "body", attrs: {}, content: Buffer.from("d") }]), adaNode, bobNode],
      { subject: "Club" }
    )
    expect(heard(child("create", [group]))).toEqual([
      { what: "joined", people: [ada, bob], self: true, how: "created" },
      { what: "name", text: "Club" },
      { what: "description", text: "d" },
      { what: "admins", added: [bob], removed: [] }
    ])
  })

  it("may say several things at once, each of which is one of its own", () => {
    const origins = hear([child("promote", [adaNode]), child("promote", [bobNode]), child("lock")])
    expect(origins.map(({ origin, heard: { what } }) => [origin.id, what])).toEqual([
      ["n1", "admins"],
      ["n1\n+1", "admins"],
      ["n1\n+2", "aside"]
    ])
  })

  it("of a channel holds its posts, its name and its description", () => {
    const post = child(
      "message",
      [
        { tag: "plaintext", attrs: {}, content: proto.Message.encode({ conversation: "c.example" }).finish() }
      ],
      {
        message_id: "p1",
        t: "1767225700"
      }
    )
    const update = child("update", [child("settings", [{ tag: "name", attrs: {}, content: "News" }])])
    const from = { from: "12@newsletter", type: "newsletter" }
    expect(hear([post, update], from)).toMatchObject([
      {
        origin: { chat: ["12@newsletter"], sender: ["12@newsletter"], id: "p1", at: 1_767_225_700_000 },
        heard: { what: "post", texts: { posted: "c.example" } }
      },
      { heard: { what: "name", text: "News" } }
    ])
    expect(hear([child("message", [], { message_id: "p2" })], from)).toMatchObject([
      { heard: { what: "unreadable", reason: "absent" } }
    ])
  })
})

describe("what a phone hands over of the past", () => {
  const hear = (info: proto.IWebMessageInfo) =>
    decoder.decodeWebMessage(proto.WebMessageInfo.encode(info).finish(), "imported", self, now)
  const key = { remoteJid: family, id: "h1", participant: adaLid }

  it("is heard as what it was, where and by whom", () => {
    const message = { extendedTextMessage: { text: "old http://a.example/" } }
    expect(hear({ key, messageTimestamp: Number(seconds), pushName: "Ada", message })).toEqual([
      {
        origin: {
          chat: [family],
          sender: [adaLid],
          own: false,
          id: "h1",
          at,
          arrival: "imported",
          name: "Ada"
        },
        heard: { what: "post", texts: { posted: "old http://a.example/", quoted: "", unread: [] } }
      }
    ])
    const own = { remoteJid: adaPhone, id: "h2", fromMe: true }
    expect(hear({ key: own, message })).toMatchObject([
      { origin: { chat: [adaPhone], sender: me, own: true, at: now } }
    ])
    const list = { remoteJid: "9@broadcast", id: "h3", participant: adaPhone }
    expect(hear({ key: list, message })).toMatchObject([{ origin: { chat: [adaPhone], sender: [adaPhone] } }])
  })

  const { StubType } = proto.WebMessageInfo
  it.each([
    ["GROUP_PARTICIPANT_ADD", [adaPhone], { what: "joined", people: [[adaPhone]], how: "added" }],
    ["GROUP_PARTICIPANT_INVITE", [adaPhone], { what: "joined", how: "joined" }],
    [
      "GROUP_PARTICIPANT_REMOVE",
      [JSON.stringify({ id: adaLid, phoneNumber: adaPhone })],
      { what: "left", people: [ada], how: "removed" }
    ],
    ["GROUP_PARTICIPANT_LEAVE", [self.phone], { what: "left", people: [me], self: true, how: "left" }],
    ["GROUP_PARTICIPANT_PROMOTE", [adaLid, "{broken"], { what: "admins", added: [[adaLid]] }],
    ["GROUP_PARTICIPANT_DEMOTE", [adaLid], { what: "admins", removed: [[adaLid]] }],
    ["GROUP_CREATE", ["Club"], { what: "name", text: "Club" }],
    ["GROUP_CHANGE_SUBJECT", ["Club"], { what: "name", text: "Club" }],
    ["GROUP_CHANGE_DESCRIPTION", ["d"], { what: "description", text: "d" }],
    ["REVOKE", [], { what: "revoke", target: { sender: [adaLid], id: "h1" } }],
    ["CIPHERTEXT", [], { what: "unreadable", reason: "absent" }],
    ["FUTUREPROOF", [], { what: "unreadable", reason: "unknown" }],
    ["E2E_ENCRYPTED", [], { what: "aside", of: "stub.E2E_ENCRYPTED" }]
  ] as const)("says what happened by %s", (name, parameters, what) => {
    const info = { key, messageStubType: StubType[name], messageStubParameters: [...parameters] }
    expect(hear(info)).toMatchObject([{ heard: what }])
  })

  it("is nothing without an envelope, or where it is none", () => {
    expect(hear({ key: { remoteJid: family }, message: { conversation: "x" } })).toEqual([])
    expect(hear({ key: { remoteJid: family, id: "h1" }, message: { conversation: "x" } })).toEqual([])
    expect(decoder.decodeWebMessage(Buffer.from([0x87, 0x7d, 1]), "imported", self, now)).toEqual([])
  })
})

it("a group that is asked about says its name, its description and its admins, and who did it is not known", () => {
  const metadata = {
    id: family,
    owner: undefined,
    subject: "Family",
    desc: "http://a.example/",
    descOwner: adaLid,
    participants: [{ id: bobLid, phoneNumber: bobPhone, admin: "superadmin" as const }, { id: adaLid }]
  }
  const common = { chat: [family], id: "learnt", at: now, arrival: "imported", learnt: true }
  expect(metadataHeard(metadata, self, now)).toEqual([
    { origin: { ...common, sender: me, own: true }, heard: { what: "name", text: "Family" } },
    {
      origin: { ...common, sender: [adaLid], own: false },
      heard: { what: "description", text: "http://a.example/" }
    },
    { origin: { ...common, sender: me, own: true }, heard: { what: "admins", added: [bob], removed: [] } }
  ])
})
