/** The people whom jobs name. Written by `schedule`; who they are is sealed under their own keys. */
import { Schema } from "effect"
import { command } from "./command.ts"
import { event } from "./event.ts"
import { ChatId, ContactId, PersonId } from "./ids.ts"
import { Personal } from "./personal.ts"
import { By } from "./policy.ts"
import { TagId } from "./recipient.ts"

/** The longest name, alias or tag, and the longest notes, in UTF-16 code units. */
export const nameLengthMax = 200
export const notesLengthMax = 5_000
/** The most aliases, and the most tags, of one contact. */
export const namesMax = 50

const short = Schema.NonEmptyString.pipe(Schema.check(Schema.isMaxLength(nameLengthMax)))
const names = Schema.Array(short).pipe(Schema.check(Schema.isMaxLength(namesMax)))

/** E.164, such as `+491700000000`. */
export const PhoneNumber = Schema.String.pipe(
  Schema.check(Schema.isPattern(/^\+[1-9]\d{6,14}$/u)),
  Schema.annotate({ description: "a phone number in E.164, such as +491700000000" })
)

/** Who a contact is. */
export const ContactCard = Schema.Struct({
  name: short,
  aliases: names,
  number: PhoneNumber,
  tags: names,
  favourite: Schema.Boolean,
  notes: Schema.String.pipe(Schema.check(Schema.isMaxLength(notesLengthMax)))
})
export type ContactCard = typeof ContactCard.Type

const contact = ContactId.make("01941f29-7c00-7000-8000-0000000000c1")
const other = ContactId.make("01941f29-7c00-7000-8000-0000000000c2")
const chat = ChatId.make("c0example0")
const person = PersonId.make("p0example0")
const card = {
  name: "Ada",
  aliases: ["Lady Lovelace"],
  number: "+491700000000",
  tags: ["family"],
  favourite: true,
  notes: ""
} as const

export const ContactSaved = event("contact.saved", {
  about: "A contact is there, and is this from now on.",
  data: { contact: ContactId, person: PersonId, chat: ChatId, tags: Schema.Array(TagId), by: By },
  personal: { card: Personal(ContactCard, ["person", "chat"], { lasting: true }) },
  example: {
    contact,
    person,
    chat,
    tags: ["da39a3ee5e6b4b0d3255bfef95601890afd80709"],
    by: "operator",
    card
  }
})

export const ContactMerged = event("contact.merged", {
  about: "A contact turned out to be another one, and goes: jobs that name it mean the other one.",
  data: { contact: ContactId, into: ContactId, by: By },
  example: { contact: other, into: contact, by: "operator" }
})

export const ContactRemoved = event("contact.removed", {
  about: "A contact is gone. Jobs that name it leave it out.",
  data: { contact: ContactId, by: By },
  example: { contact: other, by: "operator" }
})

export const ContactOptedOut = event("contact.opted-out", {
  about: "Somebody wants nothing that is scheduled; or, with `out` false, wants it again. Every job obeys.",
  data: { contact: ContactId, chat: ChatId, out: Schema.Boolean, by: By },
  example: { contact, chat, out: true, by: "operator" }
})

export const SaveContact = command("contact.save", {
  answeredBy: "schedule",
  about: "Make a contact, or change it. Refused as already-done where another contact has the number.",
  payload: { contact: ContactId, card: ContactCard, by: By },
  example: { contact, card, by: "operator" }
})

/** Contacts of one request. */
export const importedContactsMax = 200

export const ImportContacts = command("contact.import", {
  answeredBy: "schedule",
  about:
    "Save many contacts, all or none of them. Whoever has the number of one already is completed: names, tags and notes are added as far as there is room, nothing is taken away.",
  payload: {
    contacts: Schema.Array(Schema.Struct({ contact: ContactId, card: ContactCard })).pipe(
      Schema.check(Schema.isMaxLength(importedContactsMax))
    ),
    /** Only say what would come of it. */
    dryRun: Schema.optionalKey(Schema.Boolean),
    by: By
  },
  answer: {
    added: Schema.Int,
    completed: Schema.Int,
    unchanged: Schema.Int,
    /** Whose names, tags or notes had no room for all that was to be added. */
    clipped: Schema.Array(PhoneNumber)
  },
  example: { contacts: [{ contact, card }], by: "operator" }
})

export const MergeContacts = command("contact.merge", {
  answeredBy: "schedule",
  about:
    "Make one contact of two: what the first lacks it takes from the second, which goes. Refused as invalid where there is no room for all of it.",
  payload: { contact: ContactId, other: ContactId, by: By },
  example: { contact, other, by: "operator" }
})

export const RemoveContact = command("contact.remove", {
  answeredBy: "schedule",
  about: "Take a contact away.",
  payload: { contact: ContactId, by: By },
  example: { contact, by: "operator" }
})

export const OptOutContact = command("contact.opt-out", {
  answeredBy: "schedule",
  about:
    "Send somebody nothing that is scheduled; or send it again. Answers once nothing that has fired can leave for them any more.",
  payload: { contact: ContactId, out: Schema.Boolean, by: By },
  example: { contact, out: true, by: "operator" }
})

export const contactCommands = [
  SaveContact,
  ImportContacts,
  MergeContacts,
  RemoveContact,
  OptOutContact
] as const
