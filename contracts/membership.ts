/**
 * Who is in a chat, and who turned out to be one. Written by `whatsapp` into the `message` context, in the
 * boundary of the chat in which it was learnt.
 */
import { Schema } from "effect"
import { event } from "./event.ts"
import { ChatId, EpochMillis, PersonId } from "./ids.ts"

const People = Schema.Array(PersonId)
/** Who did it, where that is said. */
const by = Schema.optionalKey(PersonId)
/** Whether the linked account is among them. */
const self = Schema.Boolean

const chat = ChatId.make("c0example0")
const person = PersonId.make("p0example0")
const other = PersonId.make("p0example1")
const at = 1_767_225_600_000

export const ChatJoined = event("message.joined", {
  about: "Members came into a group: they were added, they joined by a link, or it was made with them.",
  data: {
    chat: ChatId,
    people: People,
    self,
    how: Schema.Literals(["added", "joined", "created"]),
    by,
    at: EpochMillis,
    /** A phone handed it over, of the time before it was linked. */
    imported: Schema.optionalKey(Schema.Literal(true))
  },
  example: { chat, people: [person], self: false, how: "added", by: other, at }
})

export const ChatLeft = event("message.left", {
  about: "Members left a group, or were removed from it.",
  data: {
    chat: ChatId,
    people: People,
    self,
    how: Schema.Literals(["left", "removed"]),
    by,
    at: EpochMillis
  },
  example: { chat, people: [person], self: false, how: "removed", by: other, at }
})

export const AdminsChanged = event("message.admins-changed", {
  about: "Members of a group became admins of it, or are none any more.",
  data: {
    chat: ChatId,
    added: People,
    removed: People,
    /** What became of the linked account, where it is among them. */
    self: Schema.optionalKey(Schema.Literals(["added", "removed"])),
    by,
    at: EpochMillis
  },
  example: { chat, added: [person], removed: [], by: other, at }
})

export const PersonLinked = event("message.person-linked", {
  about:
    "Two people turned out to be one, known by a phone number and by a LID: `same` stands for `person` from here on.",
  data: { chat: ChatId, person: PersonId, same: PersonId, at: EpochMillis },
  example: { chat, person, same: other, at }
})

export const ChatLinked = event("message.chat-linked", {
  about: "Two direct chats turned out to be with one person: what was said in `same` was said in `chat`.",
  data: { chat: ChatId, same: ChatId, at: EpochMillis },
  example: { chat, same: ChatId.make("c0example1"), at }
})
