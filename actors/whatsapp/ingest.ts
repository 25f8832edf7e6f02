/** From an incoming message to the log: each once, for ever, with every link in it. */
import { Effect } from "effect"
import type { Fact } from "../../contracts/event.ts"
import {
  type ChatId,
  eventId,
  hashOf,
  type MessageKey,
  messageKey,
  type PersonId
} from "../../contracts/ids.ts"
import type { IncomingMessage } from "../../contracts/commands.ts"
import {
  ChatRenamed,
  type Gateway,
  MessageEdited,
  MessageReceived,
  MessageRevoked
} from "../../contracts/message.ts"
import { keyOf } from "../../infra/actor/collection.ts"
import type { Caused, Reason, Self } from "../../infra/actor/process-manager.ts"
import { Keyring, type KeyringService } from "../../infra/keyring/keyring.ts"
import { chats, type Known, known } from "./model.ts"
import { linksOf } from "./sightings.ts"

export const publishes = [MessageReceived, MessageEdited, MessageRevoked, ChatRenamed] as const
export type Published = Fact<(typeof publishes)[number]>

export interface Incoming {
  readonly gateway: Gateway
  readonly arrival: "live" | "replayed" | "imported"
  readonly chat: ChatId
  readonly sender: PersonId
  readonly message: IncomingMessage
}

const factOf = (
  keyring: KeyringService,
  incoming: Incoming,
  key: MessageKey
): { readonly fact: Published; readonly links: number } => {
  const { gateway, arrival, chat, sender, message } = incoming
  const about = { chat, message: key, sender }
  if (message.change === "delete")
    return { fact: MessageRevoked({ ...about, revokedAt: message.sentAt }), links: 0 }
  const { links, spelled } = linksOf(keyring.hashKey, message.text)
  const said = { text: message.text, whatsAppId: message.id, links: spelled }
  if (message.change === "edit")
    return {
      fact: MessageEdited({ ...about, gateway, editedAt: message.sentAt, links, said }),
      links: links.length
    }
  const fact = MessageReceived({
    ...about,
    gateway,
    arrival,
    sentAt: message.sentAt,
    links,
    said,
    who: { name: message.author }
  })
  return { fact, links: links.length }
}

/** What is known of a message: from the log, or from earlier in the same request. */
type KnownOf = (key: string) => Known | undefined

/** Edits of one message differ by when they were made and by what they say; posts and deletions happen once. */
const partOf = ({ change, sentAt, text }: IncomingMessage): string =>
  change === "edit" ? `edit:${sentAt}:${hashOf(text)}` : (change ?? "post")

/** The id under which a message is in the log. */
const idOf = (message: IncomingMessage, key: MessageKey): string => eventId(key, "whatsapp", partOf(message))

/** Whether the log already holds this: a post by its key, a deletion by being one, an edit by being no newer. */
const isKnown = (knownOf: KnownOf, incoming: Incoming, key: MessageKey): boolean => {
  const before = knownOf(keyOf(incoming.chat, key))
  if (incoming.message.change === undefined) return before !== undefined
  // A change to a message that was never seen has nothing to change; a deleted one takes no more changes.
  if (before === undefined || before.revoked === true) return true
  if (incoming.message.change !== "edit" || before.edit === undefined) return false
  const { at, id } = before.edit
  return (
    incoming.message.sentAt < at || (incoming.message.sentAt === at && id === idOf(incoming.message, key))
  )
}

export interface Taken {
  /** The sequence of the last new message in the log; 0 when the log already held all of them. */
  readonly sequence: number
  readonly taken: number
  readonly known: number
  readonly links: number
}

/** Appends incoming messages that are not known yet, in one commit, and waits until they are. */
export const takeMessages = Effect.fnUntraced(function* (
  reason: Reason,
  incoming: ReadonlyArray<Incoming>,
  self: Self<Published>
) {
  const keyring = yield* Keyring
  const fresh = new Map<string, Known>()
  const knownOf: KnownOf = (key) => fresh.get(key) ?? self.state.get(known, key)
  const facts: Array<Caused<Published>> = []
  let links = 0
  for (const one of incoming) {
    const { chat, sender, message } = one
    const key = messageKey(keyring.account, chat, sender, message.id)
    if (isKnown(knownOf, one, key)) continue
    const made = factOf(keyring, one, key)
    facts.push({ cause: key, part: partOf(message), fact: made.fact })
    fresh.set(keyOf(chat, key), {
      sequence: 0,
      ...(message.change === "edit" ? { edit: { at: message.sentAt, id: idOf(message, key) } } : {}),
      ...(message.change === "delete" ? { revoked: true } : {})
    })
    links += made.links
  }
  const counts = { taken: facts.length, known: incoming.length - facts.length, links }
  const [first, ...rest] = facts
  if (first === undefined) return { sequence: 0, ...counts } satisfies Taken
  const { sequence } = yield* self.appendEach(reason, [first, ...rest])
  yield* self.folded(sequence)
  return { sequence, ...counts } satisfies Taken
})

/** Gives a chat its name the first time it is seen. */
export const nameChat = Effect.fnUntraced(function* (
  chat: ChatId,
  gateway: Gateway,
  name: string,
  at: number,
  self: Self<Published>
) {
  if (self.state.get(chats, chat)?.named === true) return
  const { sequence } = yield* self.append({ cause: chat, correlation: chat }, "name", [
    ChatRenamed({ chat, gateway, at, name })
  ])
  yield* self.folded(sequence)
})
