/** What was said in a chat. Written by `whatsapp`, one boundary per chat. */
import { Schema } from "effect"
import { CommandGiven } from "./chat-command.ts"
import { event } from "./event.ts"
import { ChatId, EpochMillis, HostId, LinkId, MessageKey, OutboxId, PersonId } from "./ids.ts"
import { Personal } from "./personal.ts"

/** The way a message came in and, where there is one, the way back out. */
export const Gateway = Schema.Literals(["whatsapp", "sandbox", "export"])
export type Gateway = typeof Gateway.Type

/**
 * Live: as it was posted. Replayed: after being offline. Imported: from an exported chat, or from what a phone
 * hands over of the time before it was linked; nobody waits for a word about it.
 */
export const Arrival = Schema.Literals(["live", "replayed", "imported"])
export type Arrival = typeof Arrival.Type

/**
 * Where something was said that is no text of a message: in the chat's name or in its description, where nothing
 * can be answered or deleted; or in the codes of a picture that a message brought, which is a part of that message.
 */
export const Place = Schema.Literals(["name", "description", "picture"])
export type Place = typeof Place.Type

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

/**
 * A link as it was spelled: offsets are UTF-16 code units into the text. `url` is where it leads: what stood in
 * known redirect wrappers, whose names from the outside in are `wrappers`, and else the link itself.
 */
export const SpelledLink = Schema.Struct({
  link: LinkId,
  url: Schema.String,
  raw: Schema.String,
  start: Schema.Int,
  end: Schema.Int,
  defanged: Schema.Boolean,
  wrappers: Schema.optionalKey(Schema.Array(Schema.String))
})
export type SpelledLink = typeof SpelledLink.Type

/**
 * What the sender made out somebody to have said before, with the links in it: offsets are into this text. It
 * was not posted: nothing is scanned and nobody is warned for it.
 */
export const Quoted = Schema.Struct({ text: Schema.String, links: Schema.Array(SpelledLink) })
export type Quoted = typeof Quoted.Type

/**
 * The words of a message, and the id that its sender gave it. What a message says in several places (caption,
 * preview, buttons, cards) is one text, a line each.
 */
export const Said = Schema.Struct({
  text: Schema.String,
  whatsAppId: Schema.String,
  links: Schema.Array(SpelledLink),
  quoted: Schema.optionalKey(Quoted)
})
export type Said = typeof Said.Type

/** Who said it. */
export const Who = Schema.Struct({ name: Schema.String })
export type Who = typeof Who.Type

/**
 * Why a message, or a part of one, could not be read.
 * - `no-session`, `no-key`: the sender's keys are missing; it was asked for again.
 * - `key-used`: its key was used before, and the log does not know the message.
 * - `corrupt`: it does not open. `malformed`: it opens, and is no message.
 * - `absent`: it came without its content. `unsupported`: a kind of encryption that is not known.
 * - `encrypted`: it is about another message, under a key that only that one had (votes, comments).
 * - `unknown`: a kind of message that this version does not know.
 */
export const UnreadableReason = Schema.Literals([
  "no-session",
  "no-key",
  "key-used",
  "corrupt",
  "malformed",
  "absent",
  "unsupported",
  "encrypted",
  "unknown"
])
export type UnreadableReason = typeof UnreadableReason.Type

/** Names, or numbers where a name is not known, of the parts of a message that were not read: never content. */
const FieldNames = Schema.Array(Schema.String)

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
    links: Schema.Array(LinkSighting),
    /** Posted by the linked account itself, from another of its devices. */
    own: Schema.optionalKey(Schema.Literal(true)),
    place: Schema.optionalKey(Place),
    unread: Schema.optionalKey(FieldNames),
    /** It begins as a command does, and is to be answered. */
    command: Schema.optionalKey(CommandGiven),
    /** The entry of the outbox that it replies to. */
    answers: Schema.optionalKey(OutboxId)
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
  about:
    "A message was changed by its sender; its links are now these. It may be the first that is heard of the message.",
  data: {
    chat: ChatId,
    message: MessageKey,
    sender: PersonId,
    gateway: Gateway,
    arrival: Schema.optionalKey(Arrival),
    editedAt: EpochMillis,
    links: Schema.Array(LinkSighting),
    unread: Schema.optionalKey(FieldNames)
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

export const MessageReacted = event("message.reacted", {
  about: "Somebody reacted to a message, or took the reaction back.",
  data: { chat: ChatId, message: MessageKey, sender: PersonId, at: EpochMillis, removed: Schema.Boolean },
  personal: { reaction: Personal(Schema.String, ["chat", "sender"]) },
  example: { chat, message, sender, at: 1_767_225_690_000, removed: false, reaction: "👍" }
})

export const MessageUnreadable = event("message.unreadable", {
  about: "A message came that could not be read. It is counted until its text arrives after all.",
  data: {
    chat: ChatId,
    message: MessageKey,
    sender: PersonId,
    gateway: Gateway,
    arrival: Arrival,
    at: EpochMillis,
    reason: UnreadableReason,
    fields: FieldNames
  },
  example: {
    chat,
    message,
    sender,
    gateway: "whatsapp",
    arrival: "live",
    at: 1_767_225_600_000,
    reason: "unknown",
    fields: ["ephemeralMessage.#200"]
  }
})

export const ChatRenamed = event("message.renamed", {
  about: "A chat got its name, or another one.",
  data: { chat: ChatId, gateway: Gateway, at: EpochMillis },
  personal: { name: Personal(Schema.String, ["chat"], { lasting: true }) },
  example: { chat, gateway: "sandbox", at: 1_767_225_600_000, name: "Family" }
})
