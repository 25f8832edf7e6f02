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
import type { Heard } from "./heard.ts"
import type { Item, ItemHeard } from "./item.ts"

export const consentEvents = [ConsentRequired, ConsentGiven, ConsentWithdrawn, OptedOut, OptedIn] as const
export type ConsentEvent = Recorded<(typeof consentEvents)[number]>

/** Under `all`: whether consent is required. */
const required = collection<boolean>("consent-required")
/** By chat: whether it was given, where anything was said. */
const consents = collection<boolean>("consent")
/** By chat and person. */
const optedOut = collection<true>("opted-out")

const opt = (state: State, { data, type }: RecordedOf<"policy.opted-out" | "policy.opted-in">) => {
  const key = keyOf(data.chat, data.person)
  if (type === "policy.opted-out") state.put(optedOut, key, true)
  else state.drop(optedOut, key)
}

export const foldConsent = (state: State, event: ConsentEvent): void => {
  switch (event.type) {
    case "policy.consent-required":
      return state.put(required, "all", event.data.required)
    case "policy.consent-given":
    case "policy.consent-withdrawn":
      return state.put(consents, event.data.chat, event.type === "policy.consent-given")
    case "policy.opted-out":
    case "policy.opted-in":
      return opt(state, event)
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

/** Whether a chat may not be read. */
const isUnread = (state: StateReader, keyring: Names, chat: ChatId): boolean => {
  const said = keyring
    .pseudonymsOf(chat)
    .map((one) => state.get(consents, one))
    .find((given) => given !== undefined)
  return said === undefined ? state.get(required, "all") === true : !said
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
