/** From JIDs to pseudonyms: the phone number and the LID of one person are one. */
import { Effect } from "effect"
import type { ChatId, PersonId } from "../../../contracts/ids.ts"
import type { KeyringService, KeyringUnavailable } from "../../../infra/keyring/keyring.ts"
import type { Forms, Heard, HeardFrom } from "./heard.ts"
import { type Item, type ItemHeard, shortName } from "./item.ts"
import { isPerson, kindOf } from "./jid.ts"
import { nobody } from "./withhold.ts"

export interface Knowing {
  readonly keyring: KeyringService
  /** The other form of a person, where WhatsApp has told it. */
  readonly otherForm: (jid: string) => Effect.Effect<string | undefined>
  /** The name of the linked account. */
  readonly ownName: string | undefined
  /** Whether what was heard in a chat may not be read, whoever said it. */
  readonly isWithheld: (chat: ChatId, heard: Heard) => boolean
}

/** It is counted once: nobody but the keyed hash that it is known by tells one from another. */
const withheld = ({ origin }: HeardFrom, chat: ChatId): Item => ({
  gateway: "whatsapp",
  arrival: origin.arrival,
  chat,
  sender: nobody,
  own: false,
  id: `${origin.sender[0]}\n${origin.id}`,
  at: origin.at,
  heard: { what: "withheld", reason: "no-consent" }
})

/** Whoever came under one form only may be known to WhatsApp, though not to us, by another one. */
const completed = Effect.fnUntraced(function* (
  { keyring, otherForm }: Knowing,
  forms: Forms,
  token: ChatId | PersonId
) {
  const [first, ...rest] = forms
  if (rest.length > 0 || !isPerson(first) || kindOf(first) === "bot") return undefined
  if (keyring.formsOf(token).length > 1) return undefined
  const other = yield* otherForm(first)
  return other === undefined || other === first ? undefined : ([first, other] as const)
})

const personOf = Effect.fnUntraced(function* (knowing: Knowing, forms: Forms) {
  const person = yield* knowing.keyring.person(forms)
  const both = yield* completed(knowing, forms, person)
  return both === undefined ? person : yield* knowing.keyring.person(both)
})

const chatOf = Effect.fnUntraced(function* (knowing: Knowing, forms: Forms) {
  const chat = yield* knowing.keyring.chat(forms)
  const both = yield* completed(knowing, forms, chat)
  return both === undefined ? chat : yield* knowing.keyring.chat(both)
})

const peopleOf = (knowing: Knowing, people: ReadonlyArray<Forms>) =>
  Effect.map(
    Effect.forEach(people, (forms) => personOf(knowing, forms)),
    (all) => [...new Set(all)]
  )

/** What was heard, of people by their pseudonyms; `undefined` for what the log does not keep. */
const itemHeard = Effect.fnUntraced(function* (knowing: Knowing, { heard }: HeardFrom) {
  switch (heard.what) {
    case "aside":
      return undefined
    case "revoke":
    case "reaction": {
      const target = { sender: yield* personOf(knowing, heard.target.sender), id: heard.target.id }
      return { ...heard, target } satisfies ItemHeard
    }
    case "joined":
    case "left":
      return { ...heard, people: yield* peopleOf(knowing, heard.people) } satisfies ItemHeard
    case "admins": {
      const added = yield* peopleOf(knowing, heard.added)
      return { ...heard, added, removed: yield* peopleOf(knowing, heard.removed) } satisfies ItemHeard
    }
    case "post":
    case "edit":
    case "unreadable":
    case "name":
    case "description":
      return heard
  }
})

const short = (name: string | undefined) => (name === undefined ? undefined : shortName(name))

/** A chat with one person goes by that person's name. */
const nameOfChat = ({ origin }: HeardFrom): string | undefined =>
  !origin.own && isPerson(origin.chat[0]) ? short(origin.name) : undefined

/** The item of what was heard; `undefined` for what the log does not keep. */
export const identify = Effect.fnUntraced(function* (
  knowing: Knowing,
  from: HeardFrom
): Effect.fn.Return<Item | undefined, KeyringUnavailable> {
  const { at, arrival, id, own } = from.origin
  if (from.heard.what === "aside") return undefined
  const chat = yield* chatOf(knowing, from.origin.chat)
  if (knowing.isWithheld(chat, from.heard)) return withheld(from, chat)
  const heard = yield* itemHeard(knowing, from)
  if (heard === undefined) return undefined
  const name = short(own ? (from.origin.name ?? knowing.ownName) : from.origin.name)
  const chatName = nameOfChat(from)
  return {
    gateway: "whatsapp",
    arrival,
    chat,
    ...(chatName === undefined ? {} : { chatName }),
    sender: yield* personOf(knowing, from.origin.sender),
    own,
    id,
    at,
    ...(name === undefined ? {} : { name }),
    ...(from.origin.learnt === true ? { learnt: true } : {}),
    heard
  } satisfies Item
})
