/**
 * What may not be read: in a chat that has not consented where that is required, or has withdrawn it, and of
 * whoever opted out. It is counted, and nothing else of it is kept. Commands are meant for Wadjet, and are read.
 */
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import { commandIn } from "../../../contracts/chat-command.ts"
import {
  ConsentGiven,
  ConsentRequired,
  ConsentWithdrawn,
  OptedIn,
  OptedOut,
  type UnreadReason
} from "../../../contracts/consent.ts"
import type { Recorded } from "../../../contracts/event.ts"
import { type ChatId, PersonId } from "../../../contracts/ids.ts"
import { collection, keyOf } from "../../../infra/actor/collection.ts"
import type { State, StateReader } from "../../../infra/actor/state.ts"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"
import { linked } from "../model.ts"
import type { Heard } from "./heard.ts"
import type { Item, ItemHeard } from "./item.ts"

export const consentEvents = [ConsentRequired, ConsentGiven, ConsentWithdrawn, OptedOut, OptedIn] as const
export type ConsentEvent = Recorded<(typeof consentEvents)[number]>

/** What was last said under a pseudonym of a chat, and where in the log. */
interface Consent {
  readonly given: boolean
  readonly sequence: number
}

/** Under `all`: whether consent is required. */
const required = collection<boolean>("consent-required")
/** By chat, under each pseudonym by which anything was said of it. */
const consents = collection<Consent>("consent")
/** By chat and person, each under the pseudonym by which it was said. */
const optedOut = collection<true>("opted-out")

/** The pseudonym that stands for one, as far as the log has told. */
const standing = (state: StateReader, pseudonym: string): string => {
  const other = state.get(linked, pseudonym)
  return other === undefined ? pseudonym : standing(state, other)
}

/** Whoever opted out under one pseudonym, and opts in under another, is read. */
const optIn = (state: State, { chat, person }: RecordedOf<"policy.opted-in">["data"]) => {
  const [here, they] = [standing(state, chat), standing(state, person)]
  for (const [key] of state.walk(optedOut, "")) {
    const [where, who] = key.split("/")
    if (standing(state, where!) === here && standing(state, who!) === they) state.drop(optedOut, key)
  }
}

export const foldConsent = (state: State, event: ConsentEvent): void => {
  switch (event.type) {
    case "policy.consent-required":
      return state.put(required, "all", event.data.required)
    case "policy.consent-given":
    case "policy.consent-withdrawn":
      return state.put(consents, event.data.chat, {
        given: event.type === "policy.consent-given",
        sequence: event.sequence
      })
    case "policy.opted-out":
      return state.put(optedOut, keyOf(event.data.chat, event.data.person), true)
    case "policy.opted-in":
      return optIn(state, event.data)
  }
}

/** In whose name what nobody may read is counted: nothing of whoever said it is kept. */
export const nobody = PersonId.make("pnobody00")

/** What says something, in words or by a reaction. Who is in a group has to be known to know who may consent. */
const speaks = (heard: Heard | ItemHeard): boolean => {
  switch (heard.what) {
    case "post":
      return commandIn(heard.texts.posted) === undefined
    case "edit":
    case "reaction":
    case "unreadable":
    case "name":
    case "description":
    case "picture":
      return true
    default:
      return false
  }
}

type Names = Pick<KeyringService, "pseudonymsOf">

/** What a chat said last, under whichever of its pseudonyms. */
const consentOf = (state: StateReader, keyring: Names, chat: ChatId): Consent | undefined =>
  keyring
    .pseudonymsOf(chat)
    .map((one) => state.get(consents, one))
    .reduce((last, said) => ((said?.sequence ?? 0) > (last?.sequence ?? 0) ? said : last), undefined)

/** Whether a chat may not be read. */
const isUnread = (state: StateReader, keyring: Names, chat: ChatId): boolean => {
  const consent = consentOf(state, keyring, chat)
  return consent === undefined ? state.get(required, "all") === true : !consent.given
}

/** Whether what was heard in a chat may not be read, whoever said it. */
export const isWithheld =
  (state: StateReader, keyring: Names) =>
  (chat: ChatId, heard: Heard): boolean =>
    speaks(heard) && isUnread(state, keyring, chat)

const hasOptedOut = (state: StateReader, keyring: Names, { chat, sender }: Item): boolean =>
  keyring
    .pseudonymsOf(chat)
    .some((where) =>
      keyring.pseudonymsOf(sender).some((who) => state.get(optedOut, keyOf(where, who)) === true)
    )

const reasonFor = (state: StateReader, keyring: Names, item: Item): UnreadReason | undefined => {
  if (isUnread(state, keyring, item.chat)) return "no-consent"
  return hasOptedOut(state, keyring, item) ? "opted-out" : undefined
}

/** An item as it may be taken: what may not be read has no words any more. An exported chat was handed over by hand. */
export const readable = (state: StateReader, keyring: Names, item: Item): Item => {
  if (item.gateway === "export" || !speaks(item.heard)) return item
  const reason = reasonFor(state, keyring, item)
  if (reason === undefined) return item
  const { chatName: _chatName, name: _name, ...rest } = item
  return { ...rest, heard: { what: "withheld", reason } }
}
