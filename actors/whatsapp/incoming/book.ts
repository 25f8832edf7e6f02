/** What is known of messages while items are taken: from the log, and from earlier in the same commit. */
import { Effect } from "effect"
import type { ChatId, MessageKey, PersonId } from "../../../contracts/ids.ts"
import type { Said } from "../../../contracts/message.ts"
import { keyOf } from "../../../infra/actor/collection.ts"
import type { StateReader } from "../../../infra/actor/state.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"
import { keyOfMessage } from "../message-names.ts"
import { type Chat, chats, type Known, known, taken } from "../model.ts"
import { type HeldLinks, heldLinks } from "../sightings.ts"

/** A message under the pseudonyms by which the log knows it, or will. */
export interface Place {
  readonly chat: ChatId
  readonly sender: PersonId
  readonly message: MessageKey
  readonly known: Known | undefined
}

export const isPosted = ({ known }: Place): boolean => known !== undefined && known.unposted !== true

/** The links of a message as the log has them; none where its words were forgotten. */
const linksInLog = Effect.fnUntraced(function* (keyring: KeyringService, before: Known) {
  const event = yield* (yield* EventLog).get(before.edit?.sequence ?? before.sequence)
  if (event?.type !== "message.received" && event?.type !== "message.edited") return undefined
  const said = keyring.open<Said>(event.data.said)
  return said === null ? undefined : heldLinks({ links: event.data.links, spelled: said.links })
})

export const openBook = (state: StateReader, keyring: KeyringService) => {
  const messages = new Map<string, Known>()
  const held = new Map<string, HeldLinks>()
  const eventIds = new Set<string>()
  const named = new Set<ChatId>()
  const earlier = new Map<ChatId, number>()
  const groups = new Map<string, ReadonlyArray<string>>()

  /** All pseudonyms of one, as they are when the items are taken. */
  const pseudonymsOf = <T extends ChatId | PersonId>(token: T): ReadonlyArray<T> => {
    const before = groups.get(token) as ReadonlyArray<T> | undefined
    if (before !== undefined) return before
    const all = keyring.pseudonymsOf(token)
    groups.set(token, all)
    return all
  }

  return {
    pseudonymsOf,
    /**
     * Finds a message by any pseudonyms of its chat and its sender: it may have come before it was learnt that
     * two of them are one. One that is not known is placed under those that are used now.
     */
    find: Effect.fnUntraced(function* (chat: ChatId, sender: PersonId, id: string) {
      let first: Place | undefined
      for (const inChat of pseudonymsOf(chat)) {
        for (const by of pseudonymsOf(sender)) {
          const message = yield* keyOfMessage(keyring, inChat, by, id)
          const key = keyOf(inChat, message)
          const place: Place = {
            chat: inChat,
            sender: by,
            message,
            known: messages.get(key) ?? state.get(known, key)
          }
          if (place.known !== undefined) return place
          first ??= place
        }
      }
      return first!
    }),
    /** Remembers what a message holds from here on. */
    remember: ({ chat, message }: Place, now: Known, links: HeldLinks) => {
      const key = keyOf(chat, message)
      messages.set(key, now)
      held.set(key, links)
    },
    /** The links that a message held before it is changed: they keep their ids. */
    linksOf: Effect.fnUntraced(function* ({ chat, message, known: before }: Place) {
      const here = held.get(keyOf(chat, message))
      if (here !== undefined) return here
      const none: HeldLinks = new Map()
      return before === undefined ? none : ((yield* linksInLog(keyring, before)) ?? none)
    }),
    /** Whether an event of this id is in the log already; from here on it is. */
    isTaken: (eventId: string): boolean => {
      if (eventIds.has(eventId) || state.get(taken, eventId) !== undefined) return true
      eventIds.add(eventId)
      return false
    },
    /** Whether one more message of a chat's past is wanted; if so, it is counted. */
    hasRoom: (chat: ChatId, earlierMax: number): boolean => {
      const count = earlier.get(chat) ?? state.get(chats, chat)?.earlier ?? 0
      if (count >= earlierMax) return false
      earlier.set(chat, count + 1)
      return true
    },
    /** Whether a chat has a name; from here on it has. */
    isNamed: (chat: ChatId): boolean => {
      const before: Chat | undefined = state.get(chats, chat)
      if (before?.named === true || named.has(chat)) return true
      named.add(chat)
      return false
    }
  }
}

export type Book = ReturnType<typeof openBook>
