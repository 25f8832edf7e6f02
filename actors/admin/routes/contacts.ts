/** The people whom jobs name. */
import { Clock, Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import {
  ImportContacts,
  MergeContacts,
  OptOutContact,
  RemoveContact,
  SaveContact
} from "../../../contracts/contact.ts"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { cardOf } from "../../../contracts/http/contacts.ts"
import { limitDefault } from "../../../contracts/http/lists.ts"
import { NotFound } from "../../../contracts/http/problems.ts"
import { ContactId } from "../../../contracts/ids.ts"
import { byOf } from "../authorize.ts"
import { uuid7 } from "../uuid7.ts"
import { ask, modelsAfter } from "./answering.ts"

const by = Effect.map(CurrentKey, byOf)

const newId = Effect.map(Clock.currentTimeMillis, (now) => ContactId.make(uuid7(now)))

export const contacts = HttpApiBuilder.group(api, "contacts", (handlers) =>
  handlers.handleAll({
    list: Effect.fnUntraced(function* ({ query }) {
      const models = yield* modelsAfter(query.after)
      const { cursor, limit = limitDefault, text } = query
      return models.contacts.search({ text, limit, before: cursor })
    }),
    get: Effect.fnUntraced(function* ({ params: { contact }, query }) {
      const row = (yield* modelsAfter(query.after)).contacts.get(contact)
      return row ?? (yield* new NotFound({ detail: `There is no contact ${contact}.` }))
    }),
    create: Effect.fnUntraced(function* ({ payload }) {
      const contact = yield* newId
      const placed = yield* ask(SaveContact, { contact, card: cardOf(payload), by: yield* by })
      return { ...placed, contact }
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
