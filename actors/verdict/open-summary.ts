/** When a chat is told what a mute silenced there: at its end, where it silenced anything. */
import type { ChatId } from "../../contracts/ids.ts"
import type { State, StateReader } from "../../infra/actor/state.ts"
import { policyOf, standing } from "./chats.ts"
import { silenced } from "./model.ts"
import { quietUntil } from "./quiet-hours.ts"
import type { Trigger } from "./state.ts"

export const summaryWork = "summary"
export const summaryKey = (chat: ChatId): string => `${summaryWork}/${chat}`

/**
 * A mute ends at its moment, or when it is taken back; one that is made longer ends later. Where nothing of it was
 * dangerous, the end of quiet hours is waited for.
 */
const dueIn = (state: StateReader, chat: ChatId, isDangerous: boolean, now: number): number => {
  const { mutedUntil, settings } = policyOf(state, chat)
  const quiet = isDangerous ? undefined : quietUntil(settings, Math.max(mutedUntil, now))
  return quiet ?? mutedUntil
}

export const openSummary = (state: State, spoken: ChatId, trigger: Trigger): void => {
  const chat = standing(state, spoken)
  const levels = state.walk(silenced, `${chat}/`).map(([, level]) => level)
  if (levels.length === 0) return
  state.open({
    key: summaryKey(chat),
    kind: summaryWork,
    priority: 1,
    lane: chat,
    due: dueIn(state, chat, levels.includes("malicious"), trigger.time),
    cause: trigger.id,
    correlation: trigger.correlation ?? trigger.id
  })
}

/** What was set in a chat, or for all of them, may be other quiet hours. */
export const openSummaries = (state: State, chat: ChatId | undefined, trigger: Trigger): void => {
  const chats =
    chat === undefined ? state.walk(silenced, "").map(([key]) => key.split("/")[0] as ChatId) : [chat]
  for (const each of new Set(chats)) openSummary(state, each, trigger)
}
