/**
 * Whoever wants nothing that is scheduled gets none of it: neither what fires from then on, nor what has fired and has
 * not left. An opt-out holds for a chat by all the names that it is known by, and whatever becomes of its contact.
 */
import { Clock, Effect } from "effect"
import type { RecordedOf } from "../../contracts/catalogue.ts"
import type { Refused } from "../../contracts/command.ts"
import type { ChatId, OutboxId } from "../../contracts/ids.ts"
import { CallOffMessages } from "../../contracts/schedule-commands.ts"
import { keyOf } from "../../infra/actor/collection.ts"
import type { State, StateReader, Work } from "../../infra/actor/state.ts"
import { CommandBus, type Unanswered } from "../../infra/command-bus/command-bus.ts"
import { priorities, type Trigger } from "./arm.ts"
import { firedFor, type Occurrence, optedOut, running, type Sending, sendings, unwanted } from "./model.ts"
import { partsTo } from "./sendings.ts"

/** Work on an occurrence and a chat that opted out: what is queued to it and has no outcome is called off. */
export const obeyOptOutWork = "obey-opt-out"

/** After how long a calling off that nobody answered is tried again. */
const askAgainMillis = 2_000

const workKey = (occurrence: string, chat: ChatId) => `${obeyOptOutWork}/${unwantedKey(occurrence, chat)}`

const unwantedKey = (occurrence: string, chat: ChatId) => keyOf(occurrence, chat)

const isOpen = (sending: Sending | undefined) => sending !== undefined && sending.ended !== true

/** The messages of an occurrence that are queued to a chat and have no outcome. They fit into one request. */
const openTo = (state: StateReader, key: string, it: Occurrence, chat: ChatId): ReadonlyArray<OutboxId> =>
  partsTo(it, state.get(firedFor, key) ?? [], chat, it.queued)
    .map(({ outbox }) => outbox)
    .filter((outbox) => isOpen(state.get(sendings, outbox)))

const open = (state: State, key: string, it: Occurrence, chat: ChatId, { correlation, id }: Trigger) => {
  if (openTo(state, key, it, chat).length === 0) return
  state.put(unwanted, unwantedKey(key, chat), true)
  state.open({
    key: workKey(key, chat),
    kind: obeyOptOutWork,
    priority: priorities.follow,
    lane: it.job,
    due: 0,
    cause: id,
    correlation: correlation ?? id
  })
}

const close = (state: State, key: string, chat: ChatId) => {
  state.drop(unwanted, unwantedKey(key, chat))
  state.close(workKey(key, chat))
}

/** Folds that a chat wants nothing that is scheduled, or wants it again. */
export const contactOptedOut = (state: State, event: RecordedOf<"contact.opted-out">): void => {
  const { chat, out } = event.data
  if (out) state.put(optedOut, chat, true)
  else state.drop(optedOut, chat)
  for (const [key, it] of state.walk(running, ""))
    if (out) open(state, key, it, chat, event)
    else if (state.get(unwanted, unwantedKey(key, chat)) !== undefined) close(state, key, chat)
}

/** Folded when messages were queued: to a chat that opted out while that was decided, too. */
export const foldUnwanted = (
  state: State,
  key: string,
  it: Occurrence,
  chats: Iterable<ChatId>,
  trigger: Trigger
) => {
  for (const chat of chats) if (state.get(optedOut, chat) !== undefined) open(state, key, it, chat, trigger)
}

/** Folded when a message to a chat has an outcome. */
export const unwantedEnded = (state: State, key: string, it: Occurrence, chat: ChatId): void => {
  if (state.get(unwanted, unwantedKey(key, chat)) !== undefined && openTo(state, key, it, chat).length === 0)
    close(state, key, chat)
}

/** Whether a chat wants nothing that is scheduled, by whichever of its names somebody said so. */
export const isOptedOut = (state: StateReader, names: ReadonlyArray<ChatId>): boolean =>
  names.some((name) => state.get(optedOut, name) !== undefined)

/**
 * Has whatever waits to be sent to a chat be cancelled by the one who would claim it. When this succeeds, each message
 * of a job to it is settled: it had left, or never will.
 */
export const callOffTo = Effect.fnUntraced(function* (
  state: StateReader,
  chats: ReadonlyArray<ChatId>,
  by: string
): Effect.fn.Return<void, Unanswered | Refused, CommandBus> {
  const bus = yield* CommandBus
  for (const chat of chats)
    for (const [key, it] of state.walk(running, "")) {
      const outboxes = openTo(state, key, it, chat)
      if (outboxes.length > 0) yield* bus.request(CallOffMessages, { chat, outboxes, after: it.queuedBy, by })
    }
})

/** Whoever asked may have gone before it was done, or an opt-out was carried over: it is obeyed all the same. */
export const obeyOptOut = Effect.fnUntraced(function* (work: Work, self: { readonly state: StateReader }) {
  const chat = work.key.slice(work.key.lastIndexOf("/") + 1) as ChatId
  const done = yield* Effect.result(callOffTo(self.state, [chat], "system"))
  // The facts by which its entries end close this work.
  if (done._tag === "Success") return undefined
  yield* Effect.logWarning("what goes to a chat that opted out is not called off yet", {
    error: done.failure.message
  })
  return { later: (yield* Clock.currentTimeMillis) + askAgainMillis }
})
