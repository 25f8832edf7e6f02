/** What holds in a chat, and what becomes of it when two chats turn out to be one. */
import type { RecordedOf } from "../../contracts/catalogue.ts"
import type { ChatId } from "../../contracts/ids.ts"
import { defaultSettings } from "../../contracts/policy.ts"
import type { State, StateReader } from "../../infra/actor/state.ts"
import { overrides, policies, type Policy, type PolicySet, standsFor } from "./model.ts"

/** The chat that stands for one: itself, unless it turned out to be an older one. */
export const standing = (state: StateReader, chat: ChatId): ChatId => {
  const other = state.get(standsFor, chat)
  return other === undefined ? chat : standing(state, other)
}

const setIn = (state: StateReader, chat: ChatId): PolicySet =>
  state.get(policies, standing(state, chat)) ?? { mutedUntil: 0, sequence: 0 }

export const policyOf = (state: StateReader, chat: ChatId): Policy => ({
  settings: defaultSettings,
  ...setIn(state, chat)
})

export const putPolicy = (
  state: State,
  chat: ChatId,
  change: Partial<Policy> & Pick<Policy, "sequence">
): void => state.put(policies, standing(state, chat), { ...setIn(state, chat), ...change })

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
      mutedUntil: Math.max(kept.mutedUntil, gone.mutedUntil),
      sequence: Math.max(kept.sequence, gone.sequence)
    })
  state.drop(policies, younger)
  state.put(standsFor, younger, older)
  return state
    .walk(overrides, "")
    .flatMap(([, it]) => (it.chat !== undefined && standing(state, it.chat) === older ? it.tokens : []))
}
