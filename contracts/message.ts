/** What was said in a chat. Written by `whatsapp`, one boundary per chat. */
import { Schema } from "effect"
import { event } from "./event.ts"
import { ChatId, EpochMillis, HostId, LinkId, MessageKey, PersonId } from "./ids.ts"
import { Personal } from "./personal.ts"

/** The way a message came in and, where there is one, the way back out. */
export const Gateway = Schema.Literals(["whatsapp", "sandbox", "export"])
export type Gateway = typeof Gateway.Type

/** Live: as it was posted. Replayed: after being offline. Imported: from an exported chat, nobody waits. */
export const Arrival = Schema.Literals(["live", "replayed", "imported"])

/**
 * A link of a message, in the clear only as keyed hashes: of its canonical URL, its host, and its host and
 * parent domains down to the registrable one (what overrides are matched against).
 */
export const LinkSighting = Schema.Struct({
  link: LinkId,
  host: HostId,
  domains: Schema.Array(HostId)
})
export type LinkSighting = typeof LinkSighting.Type

/** A link as it was spelled: offsets are UTF-16 code units into the text. */
export const SpelledLink = Schema.Struct({
  link: LinkId,
  url: Schema.String,
  raw: Schema.String,
  start: Schema.Int,
  end: Schema.Int,
  defanged: Schema.Boolean
})
export type SpelledLink = typeof SpelledLink.Type

/** The words of a message, and the id that its sender gave it. */
export const Said = Schema.Struct({
  text: Schema.String,
  whatsAppId: Schema.String,
  links: Schema.Array(SpelledLink)
})
export type Said = typeof Said.Type

/** Who said it. */
export const Who = Schema.Struct({ name: Schema.String })
export type Who = typeof Who.Type

const chat = ChatId.make("c0example0")
const sender = PersonId.make("p0example0")
const message = MessageKey.make("0123456789abcdef0123456789abcdef01234567")
const link = LinkId.make("a9993e364706816aba3e25717850c26c9cd0d89d")
const host = HostId.make("84983e441c3bd26ebaae4aa1f95129e5e54670f1")
const text = "look http://example.com/"
const spelled = {
  link,
  url: "http://example.com/",
  raw: "http://example.com/",
  start: 5,
  end: 24,
  defanged: false
}

export const MessageReceived = event("message.received", {
  about: "A message arrived, with every link in it. One per message, for ever.",
  data: {
    chat: ChatId,
    message: MessageKey,
    sender: PersonId,
    gateway: Gateway,
    arrival: Arrival,
    sentAt: EpochMillis,
    links: Schema.Array(LinkSighting)
  },
  personal: { said: Personal(Said, ["chat", "sender"]), who: Personal(Who, ["sender"]) },
  example: {
    chat,
    message,
    sender,
    gateway: "sandbox",
    arrival: "live",
    sentAt: 1_767_225_600_000,
    links: [{ link, host, domains: [host] }],
    said: { text, whatsAppId: "3A0123456789ABCDEF01", links: [spelled] },
    who: { name: "Ada" }
  }
})

export const MessageEdited = event("message.edited", {
  about: "A message was changed by its sender; its links are now these.",
  data: {
    chat: ChatId,
    message: MessageKey,
    sender: PersonId,
    gateway: Gateway,
    editedAt: EpochMillis,
    links: Schema.Array(LinkSighting)
  },
  personal: { said: Personal(Said, ["chat", "sender"]) },
  example: {
    chat,
    message,
    sender,
    gateway: "sandbox",
    editedAt: 1_767_225_660_000,
    links: [],
    said: { text: "look", whatsAppId: "3A0123456789ABCDEF01", links: [] }
  }
})

export const MessageRevoked = event("message.revoked", {
  about: "A message was deleted for everyone; nothing needs saying about it any more.",
  data: { chat: ChatId, message: MessageKey, sender: PersonId, revokedAt: EpochMillis },
  example: { chat, message, sender, revokedAt: 1_767_225_720_000 }
})

export const ChatRenamed = event("message.renamed", {
  about: "A chat got its name, or another one.",
  data: { chat: ChatId, gateway: Gateway, at: EpochMillis },
  personal: { name: Personal(Schema.String, ["chat"]) },
  example: { chat, gateway: "sandbox", at: 1_767_225_600_000, name: "Family" }
})
