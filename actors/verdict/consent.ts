/** Consent: whether what is said in a chat may be judged aloud, and the notice that asks for it. */
import type { RecordedOf } from "../../contracts/catalogue.ts"
import {
  ConsentAsked,
  ConsentGiven,
  ConsentRequired,
  ConsentWithdrawn,
  OptedIn,
  OptedOut,
  type UnreadReason
} from "../../contracts/consent.ts"
import type { Recorded } from "../../contracts/event.ts"
import type { ChatId, PersonId } from "../../contracts/ids.ts"
import { ChatJoined, ChatLinked, PersonLinked } from "../../contracts/membership.ts"
import { collection, keyOf } from "../../infra/actor/collection.ts"
import type { State, StateReader } from "../../infra/actor/state.ts"
import { standing } from "./chats.ts"
import { personOf } from "./chat-commands/fold.ts"

export const consentEvents = [
  ChatJoined,
  ChatLinked,
  PersonLinked,
  ConsentRequired,
  ConsentAsked,
  ConsentGiven,
  ConsentWithdrawn,
  OptedOut,
  OptedIn
] as const
export type ConsentEvent = Recorded<(typeof consentEvents)[number]>

/** What a chat last said, when, and where in the log. */
export interface Consent {
  readonly given: boolean
  readonly since: number
  readonly sequence: number
}

/** Under `all`: whether consent is required. */
const required = collection<boolean>("consent-required")
/** By chat. */
const consents = collection<Consent>("consent")
/** By chat and person. */
const optedOut = collection<true>("opted-out")

/** Work: to tell a group what is read and kept, once the account came into it. */
export const consentWork = "ask-consent"
export const consentKey = (chat: string): string => keyOf(consentWork, chat)

export const isConsentRequired = (state: StateReader): boolean => state.get(required, "all") === true

export const consentOf = (state: StateReader, chat: ChatId): Consent | undefined =>
  state.get(consents, standing(state, chat))

export const hasOptedOut = (state: StateReader, chat: ChatId, person: PersonId): boolean => {
  const where = standing(state, chat)
  return [person, personOf(state, person)].some((it) => state.get(optedOut, keyOf(where, it)) === true)
}

export const optedOutIn = (state: StateReader, chat: ChatId): number =>
  new Set(
    state
      .walk(optedOut, `${standing(state, chat)}/`)
      .map(([key]) => personOf(state, key.split("/")[1] as PersonId))
  ).size

/** Why what somebody says in a chat may not be read, or `undefined` where it may. */
export const unreadReason = (
  state: StateReader,
  { chat, sender }: { readonly chat: ChatId; readonly sender: PersonId }
): UnreadReason | undefined => {
  const consent = consentOf(state, chat)
  if (consent?.given === false || (consent === undefined && isConsentRequired(state))) return "no-consent"
  return hasOptedOut(state, chat, sender) ? "opted-out" : undefined
}

/** Only the account's own coming asks, and only where nothing was agreed before: consent never lapses. */
const joined = (state: State, event: RecordedOf<"message.joined">) => {
  const { chat, imported, self } = event.data
  if (!self || imported === true || consentOf(state, chat) !== undefined) return
  state.open({
    key: consentKey(chat),
    kind: consentWork,
    priority: 3,
    lane: chat,
    due: 0,
    cause: event.id,
    correlation: event.correlation ?? event.id
  })
}

const consented = (
  state: State,
  { data: { chat }, sequence, time, type }: RecordedOf<"policy.consent-given" | "policy.consent-withdrawn">
) =>
  state.put(consents, standing(state, chat), {
    given: type === "policy.consent-given",
    since: time,
    sequence
  })

const optOut = (state: State, { chat, person }: { chat: ChatId; person: PersonId }) => {
  const where = standing(state, chat)
  for (const it of [person, personOf(state, person)]) state.put(optedOut, keyOf(where, it), true)
}

const optIn = (state: State, { chat, person }: { chat: ChatId; person: PersonId }) => {
  const where = standing(state, chat)
  for (const [key] of state.walk(optedOut, `${where}/`))
    if (personOf(state, key.split("/")[1] as PersonId) === personOf(state, person)) state.drop(optedOut, key)
}

/** Whoever opted out under one pseudonym has done so under the one that stands for it. */
const personLinked = (state: State, { person, same }: RecordedOf<"message.person-linked">["data"]) => {
  for (const [key] of state.walk(optedOut, "")) {
    const [chat, who] = key.split("/")
    if (who === same) state.put(optedOut, keyOf(chat!, person), true)
  }
}

/** Two chats are one: what was said last holds, in whichever of them; and whoever opted out of either did. */
const chatLinked = (state: State, { chat, same }: RecordedOf<"message.chat-linked">["data"]) => {
  const [older, younger] = [standing(state, chat), standing(state, same)]
  if (older === younger) return
  const said = state.get(consents, younger)
  if ((said?.sequence ?? 0) > (state.get(consents, older)?.sequence ?? 0)) state.put(consents, older, said!)
  state.drop(consents, younger)
  for (const [key] of state.walk(optedOut, `${younger}/`)) {
    state.drop(optedOut, key)
    state.put(optedOut, keyOf(older, key.split("/")[1]!), true)
  }
}

export const foldConsent = (state: State, event: ConsentEvent): void => {
  switch (event.type) {
    case "message.joined":
      return joined(state, event)
    case "message.person-linked":
      return personLinked(state, event.data)
    case "message.chat-linked":
      return chatLinked(state, event.data)
    case "policy.consent-required":
      return state.put(required, "all", event.data.required)
    case "policy.consent-asked":
      return state.close(consentKey(event.data.chat))
    case "policy.consent-given":
    case "policy.consent-withdrawn":
      return consented(state, event)
    case "policy.opted-out":
      return optOut(state, event.data)
    case "policy.opted-in":
      return optIn(state, event.data)
  }
}
