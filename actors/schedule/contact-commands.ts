/**
 * Contacts: saved, imported, merged, removed, opted out. One lane, for a number belongs to one contact only; opting out
 * has all lanes, so that nothing is under way that was decided before it.
 */
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
import { everyLane } from "../../infra/actor/lanes.ts"
import { answer, type Reason, type Self } from "../../infra/actor/process-manager.ts"
import type { StateReader } from "../../infra/actor/state.ts"
import { Keyring, type KeyringService } from "../../infra/keyring/keyring.ts"
import { clippedBecause, completedCard } from "./complete-card.ts"
import { type Contact, contactOf, contacts, optedOut } from "./model.ts"
import { callOffTo, isOptedOut } from "./opt-outs.ts"
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

/** What was wanted of one chat of a contact is wanted of the one that it has from now on. */
const carriedOver = (
  state: StateReader,
  keyring: Pick<KeyringService, "pseudonymsOf">,
  { data: { by, chat, contact } }: Fact<typeof ContactSaved>,
  before: ReadonlyArray<Contact | undefined>
): ReadonlyArray<Answered> => {
  const chats = [chat, ...before.flatMap((it) => it?.chat ?? [])]
  const wanted =
    state.get(optedOut, chat) === undefined && chats.some((it) => isOptedOut(state, keyring.pseudonymsOf(it)))
  return wanted ? [ContactOptedOut({ contact, chat, out: true, by })] : []
}

const save = answer(
  SaveContact,
  lane,
  Effect.fnUntraced(function* (
    { by, card, contact }: Payload<typeof SaveContact>,
    self: Self<Answered>,
    reason: Reason
  ) {
    const keyring = yield* Keyring
    const fact = yield* savedFact(keyring, contact, card, by).pipe(Effect.mapError(unavailable(SaveContact)))
    const holder = self.state.get(contactOf, fact.data.chat) ?? self.state.get(contactOf, fact.data.person)
    if (holder !== undefined && holder !== contact)
      return yield* refused(
        SaveContact,
        "already-done",
        `the contact ${holder} has that number: change that one`
      )
    const before = self.state.get(contacts, contact)
    return yield* obey(self, reason, [fact, ...carriedOver(self.state, keyring, fact, [before])])
  })
)

/**
 * What an import comes to: contacts with the same number are one, within it too. What has no room in one of them is left
 * out of it, and said.
 */
const imported = Effect.fnUntraced(function* (
  keyring: KeyringService,
  state: StateReader,
  { by, contacts: wanted }: Payload<typeof ImportContacts>
) {
  const cards = new Map<ContactId, { readonly card: ContactCard; readonly before: ContactCard | undefined }>()
  const byNumber = new Map<string, ContactId>()
  const clipped = new Set<string>()
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
    const whole = base === undefined ? { card, isWhole: true } : completedCard(base, card)
    cards.set(holder, { card: whole.card, before })
    if (!whole.isWhole) clipped.add(card.number)
  }
  const changed = [...cards].filter(([, { before, card }]) => !isDeepStrictEqual(before, card))
  const facts = yield* Effect.forEach(changed, ([id, { card }]) =>
    Effect.map(savedFact(keyring, id, card, by), (saved) => [
      saved,
      ...carriedOver(state, keyring, saved, [state.get(contacts, id)])
    ])
  )
  const added = changed.filter(([, { before }]) => before === undefined).length
  return {
    facts: facts.flat(),
    added,
    completed: changed.length - added,
    unchanged: cards.size - changed.length,
    clipped: [...clipped]
  }
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
    const { card: both, isWhole } = completedCard(card, more)
    if (!isWhole)
      return yield* refused(MergeContacts, "invalid", `${clippedBecause}: shorten one of them first`)
    const saved = yield* savedFact(keyring, contact, both, by).pipe(
      Effect.mapError(unavailable(MergeContacts))
    )
    return yield* obey(self, reason, [
      saved,
      ContactMerged({ contact: other, into: contact, by }),
      ...carriedOver(self.state, keyring, saved, [into, from])
    ])
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

/** The fact comes first, after which nothing is queued to the chat; then whatever is queued is settled. */
const optOut = answer(
  OptOutContact,
  () => everyLane,
  Effect.fnUntraced(function* (
    { by, contact, out }: Payload<typeof OptOutContact>,
    self: Self<Answered>,
    reason: Reason
  ) {
    const { chat } = yield* known(self.state, OptOutContact, contact)
    const names = [...new Set([chat, ...(yield* Keyring).pseudonymsOf(chat)])]
    const placed = yield* obey(
      self,
      reason,
      names.map((name) => ContactOptedOut({ contact, chat: name, out, by }))
    )
    if (!out) return placed
    yield* callOffTo(self.state, names, by).pipe(
      Effect.mapError(({ message }) =>
        refused(
          OptOutContact,
          "unavailable",
          `nothing that fires from now on is sent there, but what fired before may still leave: ${message}. Ask again`
        )
      )
    )
    return placed
  })
)

export const contactAnswers = [save, importing, merge, remove, optOut]
