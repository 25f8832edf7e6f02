/**
 * The keyring: whose data is sealed under which key, and which pseudonym stands for whom. It is the one
 * store that must not be in the log, for its entries must be able to disappear.
 */
import { Context, type Effect, Schema } from "effect"
import type { AccountId, ChatId, PersonId } from "../../contracts/ids.ts"
import type { Sealed } from "../../contracts/personal.ts"

export class KeyringUnavailable extends Schema.TaggedError<KeyringUnavailable>()("KeyringUnavailable", {
  operation: Schema.String,
  message: Schema.String
}) {}

export interface Forgotten {
  readonly keysDestroyed: number
  readonly mappingsDestroyed: number
}

export interface KeyringService {
  readonly account: AccountId
  /** The key of link and host ids. It says which URL is meant to nobody who lacks the URL. */
  readonly hashKey: Uint8Array
  /**
   * The pseudonym of a chat, by any of the forms it is known by (JID, LID, name of an export). Minted, and
   * durable, when none of them is known; further forms are remembered.
   */
  readonly chat: (forms: ReadonlyArray<string>) => Effect.Effect<ChatId, KeyringUnavailable>
  readonly person: (forms: ReadonlyArray<string>) => Effect.Effect<PersonId, KeyringUnavailable>
  /** The forms that a pseudonym is known by; none once it is forgotten. */
  readonly formsOf: (token: ChatId | PersonId) => ReadonlyArray<string>
  /**
   * Seals a value under the keys of all its owners. Keys that do not exist are made, and are durable before
   * this returns. A forgotten owner gets none: what is sealed for them is lost at once.
   */
  readonly seal: <T>(
    owners: ReadonlyArray<string>,
    timeMillis: number,
    value: T
  ) => Effect.Effect<Sealed<T>, KeyringUnavailable>
  /** Opens a sealed value; `null` once a key of it is gone. */
  readonly open: <T>(sealed: Sealed<T> | string | null) => T | null
  /** Destroys the keys and mappings of a person or chat. Durable, and overwritten, when it returns. */
  readonly forget: (token: ChatId | PersonId) => Effect.Effect<Forgotten, KeyringUnavailable>
}

export class Keyring extends Context.Service<Keyring, KeyringService>()("wadjet/infra/Keyring") {}
