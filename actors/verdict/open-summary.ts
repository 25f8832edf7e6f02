/** When a chat is told what a mute silenced there: at its end, where it silenced anything. */
import type { ChatId } from "../../contracts/ids.ts"
import type { State } from "../../infra/actor/state.ts"
import { policyOf, standing } from "./chats.ts"
import { silenced } from "./model.ts"
import type { Trigger } from "./state.ts"

export const summaryWork = "summary"
export const summaryKey = (chat: ChatId): string => `${summaryWork}/${chat}`

/** A mute ends at its moment, or when it is taken back; one that is made longer ends later. */
export const openSummary = (state: State, spoken: ChatId, trigger: Trigger): void => {
  const chat = standing(state, spoken)
  if (state.walk(silenced, `${chat}/`).length === 0) return
  state.open({
    key: summaryKey(chat),
    kind: summaryWork,
    priority: 1,
    lane: chat,
    due: policyOf(state, chat).mutedUntil,
    cause: trigger.id,
    correlation: trigger.correlation ?? trigger.id
  })
}
