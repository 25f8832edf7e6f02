/** Whom a job reaches at this moment: contacts and tags as they are now, without whoever opted out. Pure. */
import type { ChatId, ContactId } from "../../contracts/ids.ts"
import { type FiredRecipient, occurrenceRecipientsMax, type Recipient } from "../../contracts/schedule.ts"
import type { StateReader } from "../../infra/actor/state.ts"
import { type Contact, contactOf, contacts, mergedInto, optedOut, tagged } from "./model.ts"

/** A contact, or the one that it was merged into. */
export const contactNow = (state: StateReader, id: ContactId): Contact | undefined => {
  const into = state.get(mergedInto, id)
  return into === undefined ? state.get(contacts, id) : contactNow(state, into)
}

const ofContact = ({ chat, contact }: Contact): FiredRecipient => ({ chat, gateway: "whatsapp", contact })

const reached = (state: StateReader, recipient: Recipient): ReadonlyArray<FiredRecipient> => {
  switch (recipient.to) {
    case "chat": {
      const { chat, gateway } = recipient
      const contact = state.get(contactOf, chat)
      return [contact === undefined ? { chat, gateway } : { chat, gateway, contact }]
    }
    case "contact": {
      const contact = contactNow(state, recipient.contact)
      return contact === undefined ? [] : [ofContact(contact)]
    }
    case "tag":
      return state
        .walk(tagged, `${recipient.tag}/`)
        .flatMap(([key]) => contactNow(state, key.slice(key.indexOf("/") + 1) as ContactId) ?? [])
        .map(ofContact)
  }
}

export interface Resolved {
  readonly recipients: ReadonlyArray<FiredRecipient>
  readonly optedOut: number
}

/**
 * Each chat once, whichever names it is known by (`nameOf`); the first way to come to it counts. More than an
 * occurrence can hold are left out.
 */
export const resolveRecipients = (
  state: StateReader,
  asked: ReadonlyArray<Recipient>,
  nameOf: (chat: ChatId) => ChatId
): Resolved => {
  const found = new Map<ChatId, FiredRecipient>()
  const out = new Set<ChatId>()
  for (const recipient of asked.flatMap((one) => reached(state, one))) {
    const chat = nameOf(recipient.chat)
    if ([chat, recipient.chat].some((name) => state.get(optedOut, name) !== undefined)) out.add(chat)
    else if (!found.has(chat)) found.set(chat, { ...recipient, chat })
  }
  const wanted = [...found.values()].filter(({ chat }) => !out.has(chat))
  return { recipients: wanted.slice(0, occurrenceRecipientsMax), optedOut: out.size }
}
