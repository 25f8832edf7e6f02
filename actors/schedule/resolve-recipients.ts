/** Whom a job reaches at this moment: contacts and tags as they are now, without whoever opted out. Pure. */
import type { ChatId, ContactId } from "../../contracts/ids.ts"
import type { Recipient } from "../../contracts/recipient.ts"
import { type FiredRecipient, occurrenceRecipientsMax } from "../../contracts/schedule.ts"
import type { StateReader } from "../../infra/actor/state.ts"
import type { KeyringService } from "../../infra/keyring/keyring.ts"
import { type Contact, contactOf, contacts, mergedInto, tagged } from "./model.ts"
import { isOptedOut } from "./opt-outs.ts"

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
  /** How many more there are than an occurrence can hold. */
  readonly leftOut: number
}

/** Each chat once, whichever names it is known by; the first way to come to it counts. */
export const resolveRecipients = (
  state: StateReader,
  asked: ReadonlyArray<Recipient>,
  keyring: Pick<KeyringService, "pseudonymsOf">
): Resolved => {
  const found = new Map<ChatId, FiredRecipient>()
  const out = new Set<ChatId>()
  for (const recipient of asked.flatMap((one) => reached(state, one))) {
    const names = keyring.pseudonymsOf(recipient.chat)
    const [chat = recipient.chat] = names
    if (isOptedOut(state, names)) out.add(chat)
    else if (!found.has(chat)) found.set(chat, { ...recipient, chat })
  }
  const recipients = [...found.values()]
  return {
    recipients: recipients.slice(0, occurrenceRecipientsMax),
    optedOut: out.size,
    leftOut: Math.max(0, recipients.length - occurrenceRecipientsMax)
  }
}
