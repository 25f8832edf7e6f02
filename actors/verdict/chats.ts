/** What holds in a chat, and what becomes of it when two chats turn out to be one. */
import { type OwnSettings, settingsInForce } from "../../contracts/chat-settings.ts"
import type { RecordedOf } from "../../contracts/catalogue.ts"
import type { ChatId } from "../../contracts/ids.ts"
import type { Collection } from "../../infra/actor/collection.ts"
import type { State, StateReader } from "../../infra/actor/state.ts"
import {
  allChats,
  deferred,
  keptBack,
  overrides,
  policies,
  type Policy,
  type PolicySet,
  silenced,
  standsFor,
  unsent,
  voiced,
  voices
} from "./model.ts"

/** The chat that stands for one: itself, unless it turned out to be an older one. */
export const standing = (state: StateReader, chat: ChatId): ChatId => {
  const other = state.get(standsFor, chat)
  return other === undefined ? chat : standing(state, other)
}

const nothingSet: PolicySet = { mutedUntil: 0, sequence: 0 }

/** What was set in a chat, or for all of them. */
const setIn = (state: StateReader, chat: ChatId | undefined): PolicySet =>
  state.get(policies, chat === undefined ? allChats : standing(state, chat)) ?? nothingSet

/** The settings that were set in a chat, or for all of them. */
export const settingsSetIn = (state: StateReader, chat: ChatId | undefined): OwnSettings =>
  setIn(state, chat).settings ?? {}

export const policyOf = (state: StateReader, chat: ChatId): Policy => {
  const [all, own] = [setIn(state, undefined), setIn(state, chat)]
  return {
    settings: settingsInForce(all.settings ?? {}, own.settings ?? {}),
    mutedUntil: own.mutedUntil,
    sequence: Math.max(all.sequence, own.sequence)
  }
}

/** Changes what is set in a chat, or for all of them. */
export const putPolicy = (
  state: State,
  chat: ChatId | undefined,
  change: Partial<PolicySet> & Pick<PolicySet, "sequence">
): void =>
  state.put(policies, chat === undefined ? allChats : standing(state, chat), {
    ...setIn(state, chat),
    ...change
  })

/** What was kept by chat is kept by the one that stands for it. */
const move = <V>(state: State, from: ChatId, to: ChatId, kept: Collection<V>): void => {
  for (const [key, value] of state.walk(kept, `${from}/`)) {
    state.drop(kept, key)
    state.put(kept, `${to}${key.slice(from.length)}`, value)
  }
}

/** Both were said in the one chat. */
const joinVoices = (state: State, from: ChatId, to: ChatId): void => {
  const all = [from, to].flatMap((chat) => state.get(voices, chat) ?? [])
  state.drop(voices, from)
  if (all.length > 0)
    state.put(
      voices,
      to,
      all.toSorted((a, b) => b.at - a.at)
    )
}

/**
 * Two chats are one from now on: what was set in the older one holds, else what was set in the other; and a mute
 * that either was promised. Answers with the tokens of the overrides for this chat alone, for what they match is to
 * be looked at again.
 */
export const joinChats = (
  state: State,
  { data: { chat, same } }: RecordedOf<"message.chat-linked">
): ReadonlyArray<string> => {
  const [older, younger] = [standing(state, chat), standing(state, same)]
  if (older === younger) return []
  const [kept, gone] = [setIn(state, older), setIn(state, younger)]
  if (gone.sequence > 0)
    state.put(policies, older, {
      ...gone,
      ...kept,
      settings: { ...gone.settings, ...kept.settings },
      mutedUntil: Math.max(kept.mutedUntil, gone.mutedUntil),
      sequence: Math.max(kept.sequence, gone.sequence)
    })
  state.drop(policies, younger)
  state.put(standsFor, younger, older)
  move(state, younger, older, voiced)
  joinVoices(state, younger, older)
  move(state, younger, older, deferred)
  move(state, younger, older, keptBack)
  move(state, younger, older, unsent)
  move(state, younger, older, silenced)
  return state
    .walk(overrides, "")
    .flatMap(([, it]) => (it.chat !== undefined && standing(state, it.chat) === older ? it.tokens : []))
}
