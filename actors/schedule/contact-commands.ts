/** Contacts: saved, imported, merged, removed, opted out. One lane, for a number belongs to one contact only. */
import { isDeepStrictEqual } from "node:util"
import { Effect } from "effect"
import { type CommandType, type Payload, Refused } from "../../contracts/command.ts"
import {
  type ContactCard,
  ContactMerged,
  ContactOptedOut,
  ContactRemoved,
  ContactSaved,
  ImportContacts,
  MergeContacts,
  OptOutContact,
  RemoveContact,
  SaveContact
} from "../../contracts/contact.ts"
import type { Fact } from "../../contracts/event.ts"
import type { ContactId } from "../../contracts/ids.ts"
import { answer, type Reason, type Self } from "../../infra/actor/process-manager.ts"
import type { StateReader } from "../../infra/actor/state.ts"
import { Keyring, type KeyringService } from "../../infra/keyring/keyring.ts"
import { type Contact, contactOf, contacts } from "./model.ts"
import { numberForm, tagOf, unavailable } from "./take-recipient.ts"

export const contactFacts = [ContactSaved, ContactMerged, ContactRemoved, ContactOptedOut] as const
type Answered = Fact<(typeof contactFacts)[number]>

const lane = () => "contacts"

const refused = (command: CommandType, reason: Refused["reason"], message: string) =>
  new Refused({ command: command.command, reason, message })

const obey = Effect.fnUntraced(function* (
  self: Self<Answered>,
  reason: Reason,
  [first, ...more]: ReadonlyArray<Answered>
) {
  if (first === undefined) return { generation: self.generation, sequence: 0 }
  const { sequence } = yield* self.append(reason, "answer", [first, ...more])
  yield* self.folded(sequence)
  return { generation: self.generation, sequence }
})

/** The fact that saves a contact, under the pseudonyms of its number. */
const savedFact = Effect.fnUntraced(function* (
  keyring: KeyringService,
  contact: ContactId,
  card: ContactCard,
  by: string
) {
  const form = numberForm(card.number)
  const tags = yield* Effect.forEach(card.tags, (tag) => tagOf(keyring, tag))
  return ContactSaved({
    contact,
    person: yield* keyring.person([form]),
    chat: yield* keyring.chat([form]),
    tags: [...new Set(tags)],
    by,
    card
  })
})

const known = (state: StateReader, command: CommandType, id: ContactId): Effect.Effect<Contact, Refused> => {
  const contact = state.get(contacts, id)
  return contact === undefined
    ? Effect.fail(refused(command, "not-found", `there is no contact ${id}`))
    : Effect.succeed(contact)
}

const save = answer(
  SaveContact,
  lane,
  Effect.fnUntraced(function* (
    { by, card, contact }: Payload<typeof SaveContact>,
    self: Self<Answered>,
    reason: Reason
  ) {
    const fact = yield* savedFact(yield* Keyring, contact, card, by).pipe(
      Effect.mapError(unavailable(SaveContact))
    )
    const holder = self.state.get(contactOf, fact.data.chat) ?? self.state.get(contactOf, fact.data.person)
    if (holder !== undefined && holder !== contact)
      return yield* refused(
        SaveContact,
        "already-done",
        `the contact ${holder} has that number: change that one`
      )
    return yield* obey(self, reason, [fact])
  })
)

const union = (a: ReadonlyArray<string>, b: ReadonlyArray<string>) => [...new Set([...a, ...b])]

/** A card completed by another one: the first keeps its name, and the other's becomes an alias. */
const completed = (card: ContactCard, other: ContactCard): ContactCard => ({
  ...card,
  aliases: union(card.aliases, [other.name, ...other.aliases]).filter((alias) => alias !== card.name),
  tags: union(card.tags, other.tags),
  favourite: card.favourite || other.favourite,
  notes: card.notes.includes(other.notes) ? card.notes : [card.notes, other.notes].filter(Boolean).join("\n")
})

/** What an import comes to: contacts with the same number are one, within it too. */
const imported = Effect.fnUntraced(function* (
  keyring: KeyringService,
  state: StateReader,
  { by, contacts: wanted }: Payload<typeof ImportContacts>
) {
  const cards = new Map<ContactId, { readonly card: ContactCard; readonly before: ContactCard | undefined }>()
  const byNumber = new Map<string, ContactId>()
  for (const { card, contact } of wanted) {
    const form = numberForm(card.number)
    const holder =
      byNumber.get(card.number) ??
      state.get(contactOf, yield* keyring.chat([form])) ??
      state.get(contactOf, yield* keyring.person([form])) ??
      contact
    const kept = state.get(contacts, holder)
    const before = cards.get(holder)?.before ?? (kept && keyring.open<ContactCard>(kept.card)) ?? undefined
    const base = cards.get(holder)?.card ?? before
    byNumber.set(card.number, holder)
    cards.set(holder, { card: base === undefined ? card : completed(base, card), before })
  }
  const changed = [...cards].filter(([, { before, card }]) => !isDeepStrictEqual(before, card))
  const facts = yield* Effect.forEach(changed, ([id, { card }]) => savedFact(keyring, id, card, by))
  const added = changed.filter(([, { before }]) => before === undefined).length
  return { facts, added, completed: changed.length - added, unchanged: cards.size - changed.length }
})

const importing = answer(
  ImportContacts,
  lane,
  Effect.fnUntraced(function* (
    payload: Payload<typeof ImportContacts>,
    self: Self<Answered>,
    reason: Reason
  ) {
    const { facts, ...counts } = yield* imported(yield* Keyring, self.state, payload).pipe(
      Effect.mapError(unavailable(ImportContacts))
    )
    return { ...(yield* obey(self, reason, payload.dryRun === true ? [] : facts)), ...counts }
  })
)

const merge = answer(
  MergeContacts,
  lane,
  Effect.fnUntraced(function* (
    { by, contact, other }: Payload<typeof MergeContacts>,
    self: Self<Answered>,
    reason: Reason
  ) {
    if (contact === other) return yield* refused(MergeContacts, "invalid", "expected two contacts, found one")
    const keyring = yield* Keyring
    const [into, from] = [
      yield* known(self.state, MergeContacts, contact),
      yield* known(self.state, MergeContacts, other)
    ]
    const [card, more] = [keyring.open<ContactCard>(into.card), keyring.open<ContactCard>(from.card)]
    if (card === null || more === null)
      return yield* refused(MergeContacts, "forgotten", "one of them was forgotten")
    const saved = yield* savedFact(keyring, contact, completed(card, more), by).pipe(
      Effect.mapError(unavailable(MergeContacts))
    )
    return yield* obey(self, reason, [saved, ContactMerged({ contact: other, into: contact, by })])
  })
)

const remove = answer(
  RemoveContact,
  lane,
  Effect.fnUntraced(function* (payload: Payload<typeof RemoveContact>, self: Self<Answered>, reason: Reason) {
    yield* known(self.state, RemoveContact, payload.contact)
    return yield* obey(self, reason, [ContactRemoved(payload)])
  })
)

const optOut = answer(
  OptOutContact,
  lane,
  Effect.fnUntraced(function* (
    { by, contact, out }: Payload<typeof OptOutContact>,
    self: Self<Answered>,
    reason: Reason
  ) {
    const { chat } = yield* known(self.state, OptOutContact, contact)
    return yield* obey(self, reason, [ContactOptedOut({ contact, chat, out, by })])
  })
)

export const contactAnswers = [save, importing, merge, remove, optOut]
