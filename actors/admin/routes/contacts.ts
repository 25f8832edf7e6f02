/** The people whom jobs name. */
import { Clock, Effect, Result } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import {
  type ContactCard,
  ImportContacts,
  importedContactsMax,
  MergeContacts,
  OptOutContact,
  RemoveContact,
  SaveContact
} from "../../../contracts/contact.ts"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { cardOf } from "../../../contracts/http/contacts.ts"
import { limitDefault } from "../../../contracts/http/lists.ts"
import { InvalidRequest, NotFound } from "../../../contracts/http/problems.ts"
import { ContactId } from "../../../contracts/ids.ts"
import { entity } from "../../../projections/past/entity.ts"
import type { Accounts } from "../accounts.ts"
import { byOf } from "../authorize.ts"
import { answeredOnce, idMadeBy, namedRequest } from "../named-request.ts"
import { uuid7 } from "../uuid7.ts"
import { ask, askAs, modelsAfter, placeOf } from "./answering.ts"

const by = Effect.map(CurrentKey, byOf)

const newId = Effect.map(Clock.currentTimeMillis, (now) => ContactId.make(uuid7(now)))

/** What a file of contacts holds, and what of it was left out. Made by whoever composes the parts. */
export type ReadContacts = (
  text: string,
  region: string | undefined
) => Result.Result<
  {
    readonly contacts: ReadonlyArray<ContactCard>
    readonly left: ReadonlyArray<{ readonly line: number; readonly reason: string }>
    readonly leftCount: number
  },
  string
>

/** As many as one request takes at a time; what came of them is added up. */
const importAll = Effect.fnUntraced(function* (cards: ReadonlyArray<ContactCard>) {
  const sums = { added: 0, completed: 0, unchanged: 0 }
  const clipped: Array<string> = []
  let placed = { generation: "", sequence: 0 }
  for (let at = 0; at === 0 || at < cards.length; at += importedContactsMax) {
    const wanted = yield* Effect.forEach(cards.slice(at, at + importedContactsMax), (card) =>
      Effect.map(newId, (contact) => ({ contact, card }))
    )
    const answer = yield* ask(ImportContacts, { contacts: wanted, by: yield* by })
    sums.added += answer.added
    sums.completed += answer.completed
    sums.unchanged += answer.unchanged
    clipped.push(...answer.clipped)
    const { generation, sequence } = answer
    placed = { generation, sequence: Math.max(sequence, placed.sequence) }
  }
  return { ...placed, ...sums, clipped }
})

/** Shown of what was left out: enough to mend a file by. */
const leftShownMax = 100

export const contacts = (accounts: Accounts, readContacts: ReadContacts) =>
  HttpApiBuilder.group(api, "contacts", (handlers) =>
    handlers.handleAll({
      list: Effect.fnUntraced(function* ({ query }) {
        const models = yield* modelsAfter(query.after)
        const { limit = limitDefault, text } = query
        return models.contacts.search({ text, limit, ...placeOf(query) })
      }),
      get: Effect.fnUntraced(function* ({ params: { contact }, query }) {
        const row = (yield* modelsAfter(query.after, entity.contact(contact))).contacts.get(contact)
        return row ?? (yield* new NotFound({ detail: `There is no contact ${contact}.` }))
      }),
      create: Effect.fnUntraced(function* ({ headers, payload }) {
        const named = yield* namedRequest(accounts, "contacts.create", headers, payload)
        const contact = ContactId.make(yield* idMadeBy(named))
        const wanted = { contact, card: cardOf(payload), by: yield* by }
        const saved = Effect.map(askAs(named?.request, SaveContact, wanted), (placed) => ({
          ...placed,
          contact
        }))
        return yield* answeredOnce(accounts, named, saved)
      }),
      save: Effect.fnUntraced(function* ({ params: { contact }, payload }) {
        return yield* ask(SaveContact, { contact, card: cardOf(payload), by: yield* by })
      }),
      import: Effect.fnUntraced(function* ({ payload }) {
        const wanted = yield* Effect.forEach(payload.contacts, (card) =>
          Effect.map(newId, (contact) => ({ contact, card: cardOf(card) }))
        )
        return yield* ask(ImportContacts, { contacts: wanted, by: yield* by })
      }),
      importFile: Effect.fnUntraced(function* ({ payload: { region, text } }) {
        const read = readContacts(text, region)
        if (Result.isFailure(read)) return yield* new InvalidRequest({ detail: read.failure })
        const { contacts: cards, left, leftCount } = read.success
        return { ...(yield* importAll(cards)), left: left.slice(0, leftShownMax), leftCount }
      }),
      merge: Effect.fnUntraced(function* ({ params: { contact }, payload: { other } }) {
        return yield* ask(MergeContacts, { contact, other, by: yield* by })
      }),
      optOut: Effect.fnUntraced(function* ({ params: { contact }, payload: { out } }) {
        return yield* ask(OptOutContact, { contact, out, by: yield* by })
      }),
      remove: Effect.fnUntraced(function* ({ params: { contact } }) {
        return yield* ask(RemoveContact, { contact, by: yield* by })
      })
    })
  )
