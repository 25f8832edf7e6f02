/**
 * What a message is known by. Everything in it may be guessed, and its sender may have chosen its id, so that
 * neither enters the log but as a keyed hash, which tells nobody anything once a chat or sender is forgotten.
 */
import { Effect } from "effect"
import type { IncomingMessage } from "../../contracts/commands.ts"
import { type ChatId, eventId, type MessageKey, messageKey, type PersonId } from "../../contracts/ids.ts"
import type { KeyringService } from "../../infra/keyring/keyring.ts"

/** The key of a message: the same for ever for the same chat, sender and id. */
export const keyOfMessage = (keyring: KeyringService, chat: ChatId, sender: PersonId, id: string) =>
  Effect.map(keyring.hash([chat, sender], id), (hidden) => messageKey(keyring.account, chat, sender, hidden))

export interface MessageName {
  readonly key: MessageKey
  /** Which of the events about a message. */
  readonly part: string
}

/** Edits of one message differ by when they were made and by what they say; posts and deletions happen once. */
export const nameOf = Effect.fnUntraced(function* (
  keyring: KeyringService,
  chat: ChatId,
  sender: PersonId,
  { change, id, sentAt, text }: Pick<IncomingMessage, "change" | "id" | "sentAt" | "text">
) {
  const key = yield* keyOfMessage(keyring, chat, sender, id)
  if (change !== "edit") return { key, part: change ?? "post" } satisfies MessageName
  return { key, part: `edit:${sentAt}:${yield* keyring.hash([chat, sender], text)}` } satisfies MessageName
})

/** The id under which an event about a message is in the log. */
export const eventIdOf = ({ key, part }: MessageName): string => eventId(key, "whatsapp", part)
