/** The people whom jobs name. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { Placed } from "../command.ts"
import { ContactCard, ImportContacts } from "../contact.ts"
import { ChatId, ContactId, EpochMillis, PersonId } from "../ids.ts"
import { Authorization, NeedsRole, wordsRole } from "./access.ts"
import { namedHeaders } from "./idempotency.ts"
import { after, pageOf, paging } from "./lists.ts"
import { Behind, NotFound, refusals, Unavailable } from "./problems.ts"

export const Contact = Schema.Struct({
  cursor: Schema.Int,
  contact: ContactId,
  person: PersonId,
  chat: ChatId,
  savedAt: EpochMillis,
  optedOut: Schema.Boolean,
  card: Schema.NullOr(ContactCard)
})

/** A card, of which only the name and the number have to be there. */
export const WantedCard = Schema.Struct({
  name: ContactCard.fields.name,
  number: ContactCard.fields.number,
  aliases: Schema.optionalKey(ContactCard.fields.aliases),
  tags: Schema.optionalKey(ContactCard.fields.tags),
  favourite: Schema.optionalKey(ContactCard.fields.favourite),
  notes: Schema.optionalKey(ContactCard.fields.notes)
})

export const cardOf = (wanted: typeof WantedCard.Type): ContactCard => ({
  aliases: [],
  tags: [],
  favourite: false,
  notes: "",
  ...wanted
})

const params = { contact: ContactId } as const

const list = HttpApiEndpoint.get("list", "/v1/contacts", {
  query: { text: Schema.optionalKey(Schema.NonEmptyString), ...paging },
  success: pageOf(Contact),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, wordsRole)

const get = HttpApiEndpoint.get("get", "/v1/contacts/:contact", {
  params,
  query: after,
  success: Contact,
  error: [NotFound, Behind, Unavailable]
}).annotate(NeedsRole, wordsRole)

const create = HttpApiEndpoint.post("create", "/v1/contacts", {
  headers: namedHeaders,
  payload: WantedCard,
  success: Schema.Struct({ contact: ContactId, ...Placed.fields }),
  error: refusals
}).annotate(NeedsRole, wordsRole)

const save = HttpApiEndpoint.put("save", "/v1/contacts/:contact", {
  params,
  payload: WantedCard,
  success: Placed,
  error: refusals
}).annotate(NeedsRole, wordsRole)

/** All or none of them; whoever has the number of one already is completed. */
const importAll = HttpApiEndpoint.post("import", "/v1/contacts/import", {
  payload: Schema.Struct({ contacts: Schema.Array(WantedCard) }),
  success: ImportContacts.answer,
  error: refusals
}).annotate(NeedsRole, wordsRole)

/**
 * The contacts in a file that is a text, CSV, vCard or the older scheduler's JSON. What is not taken is told with its line;
 * of longer lists only so much.
 */
const importFile = HttpApiEndpoint.post("importFile", "/v1/contacts/import-file", {
  payload: Schema.Struct({
    text: Schema.NonEmptyString,
    /** Whose numbers those are that are written without a country: two letters, `DE`. */
    region: Schema.optionalKey(Schema.String.pipe(Schema.check(Schema.isPattern(/^[A-Za-z]{2}$/u))))
  }),
  success: Schema.Struct({
    ...ImportContacts.answer.fields,
    left: Schema.Array(Schema.Struct({ line: Schema.Int, reason: Schema.String })),
    leftCount: Schema.Int
  }),
  error: refusals
}).annotate(NeedsRole, wordsRole)

const merge = HttpApiEndpoint.post("merge", "/v1/contacts/:contact/merge", {
  params,
  payload: Schema.Struct({ other: ContactId }),
  success: Placed,
  error: refusals
}).annotate(NeedsRole, wordsRole)

const optOut = HttpApiEndpoint.put("optOut", "/v1/contacts/:contact/opt-out", {
  params,
  payload: Schema.Struct({ out: Schema.Boolean }),
  success: Placed,
  error: refusals
}).annotate(NeedsRole, wordsRole)

const remove = HttpApiEndpoint.delete("remove", "/v1/contacts/:contact", {
  params,
  success: Placed,
  error: refusals
}).annotate(NeedsRole, wordsRole)

export const contacts = HttpApiGroup.make("contacts")
  .add(list, get, create, save, importAll, importFile, merge, optOut, remove)
  .middleware(Authorization)
