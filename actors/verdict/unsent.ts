/**
 * Notices that have not left. A chat that is muted, switched off or that agrees no longer is not to hear by and by what
 * was decided before: what would be suppressed now is called off, and its link is decided about anew.
 */
import { Clock, Effect } from "effect"
import type { RecordedOf } from "../../contracts/catalogue.ts"
import type { ChatId, OutboxId } from "../../contracts/ids.ts"
import { CallOffMessages } from "../../contracts/schedule-commands.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { keyOf } from "../../infra/actor/collection.ts"
import type { Self } from "../../infra/actor/process-manager.ts"
import type { State, StateReader, Work } from "../../infra/actor/state.ts"
import { standing } from "./chats.ts"
import { type Sighting, type Unsent, unsent } from "./model.ts"
import { sightingOf } from "./sightings.ts"
import { planFor, type Trigger } from "./state.ts"

/** Work: to call an entry off. */
export const callOffWork = "call-off"
/** By the chat in which it is to be said, whichever stands for that one by now. */
const callOffKey = ({ chat }: Unsent, entry: string): string => keyOf(callOffWork, chat, entry)

const keyIn = (state: StateReader, chat: ChatId, entry: OutboxId): string =>
  keyOf(standing(state, chat), entry)

type Spoken = RecordedOf<"verdict.decided" | "verdict.revised">

/** An entry was queued. Where the one before it has not left either, what held before that is what holds. */
export const queued = (state: State, before: Sighting, { data, sequence }: Spoken): void => {
  if (data.notice === undefined) return
  const { chat, earlier, link, message, told } = before
  const last = told?.notice === undefined ? undefined : state.get(unsent, keyIn(state, chat, told.notice))
  const held = last?.link === link ? last : { told, earlier }
  state.put(unsent, keyIn(state, chat, data.notice.outbox), {
    chat,
    message,
    link,
    sequence,
    ...(held.told === undefined ? {} : { told: held.told }),
    ...(held.earlier === undefined ? {} : { earlier: held.earlier })
  })
}

/** An entry leaves, or never will. Answers with what held before it. */
export const noLongerUnsent = (
  state: State,
  { chat, outbox }: { readonly chat: ChatId; readonly outbox: OutboxId }
): Unsent | undefined => {
  const key = keyIn(state, chat, outbox)
  const before = state.get(unsent, key)
  if (before === undefined) return undefined
  state.drop(unsent, key)
  state.close(callOffKey(before, outbox))
  return before
}

/** The sighting as it was before an entry was queued for it. */
export const asBefore = (sighting: Sighting, { earlier, told }: Unsent): Sighting => {
  const { earlier: _earlier, told: _told, ...rest } = sighting
  return {
    ...rest,
    ...(told === undefined ? {} : { told }),
    ...(earlier === undefined ? {} : { earlier })
  }
}

/** Whether what an entry says would be left unsaid, were it decided now. */
const isUnwanted = (state: StateReader, before: Unsent, now: number): boolean => {
  const sighting = sightingOf(state, before)?.value
  if (sighting === undefined || sighting.gone !== undefined) return false
  return planFor(state, asBefore(sighting, before), now)?.do === "suppress"
}

/** What holds in a chat, or in all of them, has changed: what has not left is looked at again. */
export const reconsiderUnsent = (state: State, chat: ChatId | undefined, trigger: Trigger): void => {
  const prefix = chat === undefined ? "" : `${standing(state, chat)}/`
  for (const [key, before] of state.walk(unsent, prefix)) {
    const work = callOffKey(before, key.split("/")[1]!)
    if (!isUnwanted(state, before, trigger.time)) {
      state.close(work)
      continue
    }
    state.open({
      key: work,
      kind: callOffWork,
      priority: 0,
      // It appends nothing, and waits for nobody in its chat.
      lane: work,
      due: 0,
      cause: trigger.id,
      correlation: trigger.correlation ?? trigger.id
    })
  }
}

/** How long to wait before an entry is called off again that could not be, in milliseconds. */
const againMillis = 2_000

/** Whoever sends it says in the log whether it had left; that is heard as everything is. */
export const callOff = Effect.fnUntraced(function* <P>(work: Work, self: Self<P>) {
  const [, chat, entry] = work.key.split("/") as [string, ChatId, OutboxId]
  const before = self.state.get(unsent, keyIn(self.state, chat, entry))
  if (before === undefined) return undefined
  const bus = yield* CommandBus
  const answer = yield* bus
    .request(CallOffMessages, { chat, outboxes: [entry], after: before.sequence, by: "system" })
    .pipe(Effect.option)
  if (answer._tag === "None") return { later: (yield* Clock.currentTimeMillis) + againMillis }
  yield* self.folded(answer.value.sequence)
  return undefined
})
