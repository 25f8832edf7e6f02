/** Contacts, folded from their facts. */
import type { RecordedOf } from "../../contracts/catalogue.ts"
import type { ContactId } from "../../contracts/ids.ts"
import type { State } from "../../infra/actor/state.ts"
import { type Contact, contactOf, contacts, mergedInto, tagged } from "./model.ts"

const drop = (state: State, { chat, contact, person, tags }: Contact) => {
  for (const tag of tags) state.drop(tagged, `${tag}/${contact}`)
  for (const owner of [chat, person])
    if (state.get(contactOf, owner) === contact) state.drop(contactOf, owner)
  state.drop(contacts, contact)
}

export const contactSaved = (state: State, { data }: RecordedOf<"contact.saved">): void => {
  const { card, chat, contact, person, tags } = data
  const before = state.get(contacts, contact)
  if (before !== undefined) drop(state, before)
  // One that was merged into another and is saved again is itself from here on: no contact is merged into its own.
  state.drop(mergedInto, contact)
  state.put(contacts, contact, { contact, person, chat, tags, card })
  for (const tag of tags) state.put(tagged, `${tag}/${contact}`, true)
  for (const owner of [chat, person]) state.put(contactOf, owner, contact)
}

const removed = (state: State, contact: ContactId) => {
  const before = state.get(contacts, contact)
  if (before !== undefined) drop(state, before)
}

export const contactRemoved = (state: State, { data }: RecordedOf<"contact.removed">): void =>
  removed(state, data.contact)

export const contactMerged = (state: State, { data }: RecordedOf<"contact.merged">): void => {
  removed(state, data.contact)
  state.put(mergedInto, data.contact, data.into)
}

/** Whoever is forgotten is no contact any more. */
export const contactForgotten = (state: State, { data }: RecordedOf<"erasure.completed">): void => {
  const contact = state.get(contactOf, data.subject)
  if (contact !== undefined) removed(state, contact)
}
