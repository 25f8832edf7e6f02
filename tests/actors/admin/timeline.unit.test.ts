import { expect, it } from "vitest"
import { timelineOf } from "../../../actors/admin/timeline.ts"
import { ChatId, LinkId, MessageKey, OutboxId, PersonId, WhatsAppId } from "../../../contracts/ids.ts"

type Posted = Parameters<typeof timelineOf>[0][number]
type Entry = Parameters<typeof timelineOf>[1][number]

const chat = ChatId.make("c0example0")
const hex = (digit: string) => digit.repeat(40)
const message = MessageKey.make(hex("1"))

const posted: Posted = {
  cursor: 1,
  message,
  chat,
  sender: PersonId.make("p0example0"),
  senderName: "You",
  gateway: "sandbox",
  reactions: [],
  arrival: "live",
  sentAt: 1_000,
  editedAt: null,
  revokedAt: null,
  at: 1_001,
  text: "look example.com",
  whatsAppId: "m1",
  links: [
    {
      link: LinkId.make(hex("a")),
      url: "http://example.com/",
      start: 5,
      end: 16,
      level: "benign",
      status: "decided"
    }
  ]
}

const entry = (digit: string, at: number, more: Partial<Entry> = {}): Entry => ({
  cursor: at,
  outbox: OutboxId.make(hex(digit)),
  chat,
  gateway: "sandbox",
  kind: "text",
  priority: "warning",
  message,
  target: null,
  notBefore: null,
  status: "sent",
  media: null,
  whatsApp: WhatsAppId.make(`3EB0${digit.toUpperCase().repeat(16)}`),
  wire: "text",
  targetWhatsApp: null,
  attempt: 1,
  reason: null,
  unresolvedSince: null,
  level: null,
  levelAt: null,
  queuedAt: at,
  lastAt: at,
  text: "⛔ Dangerous",
  quotes: "m1",
  ...more
})

it("shows a post and the reply to it, in the order of their times", () => {
  const items = timelineOf([posted], [entry("b", 2_000)])
  expect(items.map((item) => [item.from, item.text, item.quotes])).toEqual([
    ["member", "look example.com", null],
    ["wadjet", "⛔ Dangerous", message]
  ])
  expect(items[0]!.links).toHaveLength(1)
})

it("shows an edit as the bubble it changed, and a deletion as a bubble that is gone", () => {
  const reply = entry("b", 2_000)
  const edit = entry("c", 3_000, {
    kind: "correction",
    wire: "edit",
    targetWhatsApp: reply.whatsApp,
    text: "✅ fine"
  })
  expect(timelineOf([posted], [edit, reply])[1]).toMatchObject({
    id: reply.outbox,
    text: "✅ fine",
    edited: true
  })
  const revoke = entry("d", 4_000, {
    kind: "retraction",
    wire: "revoke",
    targetWhatsApp: reply.whatsApp,
    text: ""
  })
  expect(timelineOf([posted], [revoke, edit, reply])[1]).toMatchObject({ text: null, deleted: true })
})

it("shows the last reaction on the message it is about, and no bubble for it", () => {
  const reactions = [
    entry("b", 2_000, { kind: "reaction", wire: "reaction", text: "⚠️" }),
    entry("c", 3_000, { kind: "reaction", wire: "reaction", text: "✅" })
  ]
  const items = timelineOf([posted], reactions)
  expect(items).toHaveLength(1)
  expect(items[0]!.reactions).toEqual(["✅"])
  const back = entry("d", 4_000, { kind: "retraction", wire: "unreact", text: "" })
  expect(timelineOf([posted], [...reactions, back])[0]!.reactions).toEqual([])
})

it("shows a file as a bubble with its caption, before it is sent and after", () => {
  const file = entry("b", 2_000, { kind: "media", wire: "media", text: "the report" })
  const waiting = entry("c", 3_000, { kind: "media", wire: null, whatsApp: null, status: "queued" })
  expect(timelineOf([], [file, waiting]).map((item) => item.text)).toEqual(["the report", "⛔ Dangerous"])
})

it("shows what is about to be said, and not what never will be", () => {
  const waiting = entry("b", 2_000, { status: "queued", wire: null, whatsApp: null })
  const failed = entry("c", 3_000, { status: "failed" })
  const cancelled = entry("d", 4_000, { status: "cancelled", wire: null })
  expect(timelineOf([posted], [waiting, failed, cancelled]).map((item) => item.status)).toEqual([
    null,
    "queued"
  ])
})

it("keeps the words of a deleted message to itself", () => {
  const [item] = timelineOf([{ ...posted, revokedAt: 5_000 }], [])
  expect(item).toMatchObject({ text: null, deleted: true, links: [] })
})
