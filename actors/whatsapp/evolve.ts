/** One fold per event that the WhatsApp actor listens to. */
import { ErasureCompleted } from "../../contracts/account.ts"
import type { RecordedOf } from "../../contracts/catalogue.ts"
import type { Recorded } from "../../contracts/event.ts"
import { ChatRenamed, MessageEdited, MessageReceived, MessageRevoked } from "../../contracts/message.ts"
import {
  OutboxCancelled,
  OutboxClaimed,
  OutboxFailed,
  OutboxQueued,
  OutboxSent,
  type Priority
} from "../../contracts/outbox.ts"
import { keyOf } from "../../infra/actor/collection.ts"
import type { State } from "../../infra/actor/state.ts"
import { type Chat, chats, known, outbox, type OutboxEntry } from "./model.ts"

export const listens = [
  MessageReceived,
  MessageEdited,
  MessageRevoked,
  ChatRenamed,
  OutboxQueued,
  OutboxClaimed,
  OutboxSent,
  OutboxFailed,
  OutboxCancelled,
  ErasureCompleted
] as const

export type Heard = Recorded<(typeof listens)[number]>

/** Work: to send what is queued, and to find out what became of a claim without an outcome. */
export const deliverWork = "deliver"
export const resolveWork = "resolve"

export const urgency: { readonly [P in Priority]: number } = { warning: 0, notice: 1, bulk: 2 }

const openWork = (
  state: State,
  entry: OutboxEntry,
  kind: string,
  due: number,
  event: { id: string; correlation: string | undefined }
) =>
  state.open({
    key: entry.outbox,
    kind,
    priority: urgency[entry.priority],
    lane: entry.chat,
    due,
    cause: event.id,
    correlation: event.correlation ?? event.id
  })

/** The first `queued` of an id counts; whoever asked twice asked for the same. */
const queued = (state: State, event: RecordedOf<"outbox.queued">) => {
  const { outbox: id, notBefore, body, ...rest } = event.data
  if (state.get(outbox, id) !== undefined) return
  const entry: OutboxEntry = { ...rest, outbox: id, body, status: "queued" }
  state.put(outbox, id, entry)
  openWork(state, entry, deliverWork, notBefore ?? 0, event)
}

const claimed = (state: State, event: RecordedOf<"outbox.claimed">) => {
  const entry = state.get(outbox, event.data.outbox)
  if (entry === undefined || entry.status === "sent") return
  const { whatsApp, wire, attempt, targetWhatsApp } = event.data
  const claim = { whatsApp, wire, attempt, ...(targetWhatsApp === undefined ? {} : { targetWhatsApp }) }
  const next: OutboxEntry = { ...entry, status: "claimed", claim, claimedAt: entry.claimedAt ?? event.time }
  state.put(outbox, entry.outbox, next)
  openWork(state, next, resolveWork, 0, event)
}

const ended = (
  state: State,
  event: RecordedOf<"outbox.sent" | "outbox.failed" | "outbox.cancelled">,
  change: Partial<OutboxEntry> & Pick<OutboxEntry, "status">
) => {
  const entry = state.get(outbox, event.data.outbox)
  if (entry === undefined) return
  const { body: _body, ...rest } = entry
  state.put(outbox, entry.outbox, { ...rest, ...change })
  state.close(entry.outbox)
}

/** When a message of ours that earlier entries speak of was first sent. */
const firstSentAt = (state: State, entry: OutboxEntry, visible: string | undefined): number | undefined => {
  const earlier = entry.target === undefined ? undefined : state.get(outbox, entry.target)
  if (earlier === undefined || visible === undefined) return undefined
  return earlier.visible === visible ? earlier.sentAt : firstSentAt(state, earlier, visible)
}

/** An edit shows under the id of what it edited, and WhatsApp counts its windows from when that was sent. */
const sent = (state: State, event: RecordedOf<"outbox.sent">) => {
  const { wire, whatsApp, at } = event.data
  const entry = state.get(outbox, event.data.outbox)
  const visible = wire === "edit" ? entry?.claim?.targetWhatsApp : whatsApp
  const edited = wire === "edit" && entry !== undefined ? firstSentAt(state, entry, visible) : undefined
  ended(state, event, { status: "sent", sentAt: edited ?? at, ...(visible === undefined ? {} : { visible }) })
}

const changedMessage = (state: State, event: RecordedOf<"message.edited" | "message.revoked">) => {
  const key = keyOf(event.data.chat, event.data.message)
  const before = state.get(known, key)
  if (before === undefined) return
  if (event.type === "message.revoked") return state.put(known, key, { ...before, revoked: true })
  const { editedAt: at } = event.data
  if (at >= (before.edit?.at ?? 0)) state.put(known, key, { ...before, edit: { at, id: event.id } })
}

const rename = (state: State, chat: string, change: Chat) => state.put(chats, chat, change)

export const evolve = (state: State, event: Heard): void => {
  switch (event.type) {
    case "message.received": {
      const { chat, message, gateway } = event.data
      const key = keyOf(chat, message)
      if (state.get(known, key) === undefined) state.put(known, key, { sequence: event.sequence })
      if (state.get(chats, chat) === undefined) rename(state, chat, { gateway, named: false })
      return
    }
    case "message.edited":
    case "message.revoked":
      return changedMessage(state, event)
    case "message.renamed":
      return rename(state, event.data.chat, { gateway: event.data.gateway, named: true })
    case "outbox.queued":
      return queued(state, event)
    case "outbox.claimed":
      return claimed(state, event)
    case "outbox.sent":
      return sent(state, event)
    case "outbox.failed":
      return ended(state, event, { status: "failed" })
    case "outbox.cancelled":
      return ended(state, event, { status: "cancelled" })
    case "erasure.completed":
      // What waited for the forgotten is found unreadable when its turn comes, and is cancelled then.
      return
  }
}
