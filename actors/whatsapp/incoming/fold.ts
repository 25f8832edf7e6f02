/** What the WhatsApp actor remembers of what it heard: which messages and changes it knows, and of whom. */
import type { ChatId } from "../../../contracts/ids.ts"
import type { Gateway } from "../../../contracts/message.ts"
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import type { Recorded } from "../../../contracts/event.ts"
import { keyOf } from "../../../infra/actor/collection.ts"
import type { State } from "../../../infra/actor/state.ts"
import { admins, chats, known, linked, taken } from "../model.ts"
import type { heardEvents } from "./heard-events.ts"

export type HeardEvent = Recorded<(typeof heardEvents)[number]>

const received = (state: State, { data, sequence }: RecordedOf<"message.received">) => {
  const { arrival, chat, gateway, message, own } = data
  if (own !== true) heard(state, chat, gateway)
  const key = keyOf(chat, message)
  const before = state.get(known, key)
  if (before !== undefined && before.unposted !== true) return
  const { unposted: _unposted, ...rest } = before ?? {}
  state.put(known, key, { ...rest, sequence })
  const at = state.get(chats, chat) ?? { gateway, named: false }
  // What an exported chat holds is not bounded: whoever imports it wants all of it.
  const isEarlier = arrival === "imported" && gateway === "whatsapp"
  state.put(chats, chat, isEarlier ? { ...at, earlier: (at.earlier ?? 0) + 1 } : at)
}

/** Somebody wrote in a chat: from then on writing there is an answer. */
const heard = (state: State, chat: ChatId, gateway: Gateway) => {
  const before = state.get(chats, chat) ?? { gateway, named: false }
  if (before.heard !== true) state.put(chats, chat, { ...before, heard: true })
}

const edited = (state: State, { data, id, sequence }: RecordedOf<"message.edited">) => {
  const key = keyOf(data.chat, data.message)
  const before = state.get(known, key) ?? { sequence, unposted: true as const }
  const { editedAt: at } = data
  if (at >= (before.edit?.at ?? 0)) state.put(known, key, { ...before, edit: { at, id, sequence } })
  meet(state, data.chat, data.gateway)
}

const revoked = (state: State, { data }: RecordedOf<"message.revoked">) => {
  const key = keyOf(data.chat, data.message)
  const before = state.get(known, key)
  if (before !== undefined) state.put(known, key, { ...before, revoked: true })
}

/** A chat that is heard of. */
const meet = (state: State, chat: ChatId, gateway: Gateway) => {
  if (state.get(chats, chat) === undefined) state.put(chats, chat, { gateway, named: false })
}

const administer = (state: State, { data }: RecordedOf<"message.admins-changed">) => {
  const { added, chat, removed } = data
  const before = state.get(admins, chat) ?? []
  const left = before.filter((admin) => !removed.includes(admin) && !added.includes(admin))
  state.put(admins, chat, [...left, ...added])
}

/** A member who left administers nothing any more. */
const left = (state: State, { data }: RecordedOf<"message.left">) => {
  const before = state.get(admins, data.chat)
  if (before?.some((admin) => data.people.includes(admin)) === true)
    state.put(
      admins,
      data.chat,
      before.filter((admin) => !data.people.includes(admin))
    )
}

export const foldHeard = (state: State, event: HeardEvent): void => {
  switch (event.type) {
    case "message.received":
      return received(state, event)
    case "message.edited":
      return edited(state, event)
    case "message.revoked":
      return revoked(state, event)
    case "message.renamed": {
      const { chat, gateway } = event.data
      state.put(taken, event.id, true)
      return state.put(chats, chat, { ...state.get(chats, chat), gateway, named: true })
    }
    case "message.joined":
      meet(state, event.data.chat, "whatsapp")
      return state.put(taken, event.id, true)
    case "message.left":
      left(state, event)
      return state.put(taken, event.id, true)
    case "message.admins-changed":
      administer(state, event)
      meet(state, event.data.chat, "whatsapp")
      return state.put(taken, event.id, true)
    case "message.person-linked":
      state.put(taken, event.id, true)
      return state.put(linked, event.data.same, event.data.person)
    case "message.chat-linked":
      state.put(taken, event.id, true)
      return state.put(linked, event.data.same, event.data.chat)
    case "message.unconsented":
      meet(state, event.data.chat, event.data.gateway)
      return state.put(taken, event.id, true)
    case "message.reacted":
    case "message.unreadable":
      return state.put(taken, event.id, true)
  }
}
