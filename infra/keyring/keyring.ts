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

/** The keys under which links and hosts get their ids, 32 bytes each. */
export interface LinkKeys {
  readonly current: Uint8Array
  /** While somebody is being forgotten: the key that takes the place of the current one when they are. */
  readonly next?: { readonly name: string; readonly secret: Uint8Array }
}

/** Whose keys something is to be sealed with, and of when. */
export interface KeyNeed {
  readonly owners: ReadonlyArray<string>
  readonly timeMillis: number
}

export interface KeyringService {
  readonly account: AccountId
  /**
   * The keys of link and host ids at this moment, for what these owners said or asked for. They are used at
   * once and never kept: each erasure destroys the current one, so that nobody can try what the forgotten
   * posted. For a forgotten owner it is a key that nobody has, and the next one is not for whom it forgets.
   */
  readonly linkKeys: (owners: ReadonlyArray<string>) => LinkKeys
  /**
   * Makes the key that takes the place of the current one when a person or chat is forgotten, and answers
   * with its name; the same one until then. `undefined` where they were forgotten before.
   */
  readonly prepareLinkKey: (
    subject: ChatId | PersonId
  ) => Effect.Effect<string | undefined, KeyringUnavailable>
  /**
   * A keyed hash of a text of these owners, 40 hexadecimal digits: always the same one, until one of them is
   * forgotten. From then on nobody can try which text it stands for.
   */
  readonly hash: (owners: ReadonlyArray<string>, text: string) => Effect.Effect<string, KeyringUnavailable>
  /**
   * The pseudonym of a chat, by any of the forms it is known by (JID, LID, name of an export). Minted, and
   * durable, when none of them is known; further forms are remembered. Where the forms have several pseudonyms
   * by now, the oldest stands for all of them from here on.
   */
  readonly chat: (forms: ReadonlyArray<string>) => Effect.Effect<ChatId, KeyringUnavailable>
  readonly person: (forms: ReadonlyArray<string>) => Effect.Effect<PersonId, KeyringUnavailable>
  /** All pseudonyms that stand for the same as one does, the one that is used for what is new first. */
  readonly pseudonymsOf: <T extends ChatId | PersonId>(token: T) => ReadonlyArray<T>
  /**
   * The forms that a pseudonym is known by; none once it is forgotten, or another one stands in its place.
   */
  readonly formsOf: (token: ChatId | PersonId) => ReadonlyArray<string>
  /** The chats with one person alone, which go by that person's number or LID. */
  readonly directChatsOf: (person: PersonId) => ReadonlyArray<ChatId>
  /**
   * Seals a value under the keys of all its owners. Keys that do not exist are made, and are durable before
   * this returns. A forgotten owner gets none: what is sealed for them is lost at once. `timeMillis` may be
   * `lasting`.
   */
  readonly seal: <T>(
    owners: ReadonlyArray<string>,
    timeMillis: number,
    value: T
  ) => Effect.Effect<Sealed<T>, KeyringUnavailable>
  /**
   * Makes the keys that sealing for these will need and that do not exist, all of them in the time that one takes.
   * They are durable before this returns.
   */
  readonly makeKeys: (needed: ReadonlyArray<KeyNeed>) => Effect.Effect<void, KeyringUnavailable>
  /** Opens a sealed value; `null` once a key of it is gone. */
  readonly open: <T>(sealed: Sealed<T> | string | null) => T | null
  /**
   * `open` for the texts of one answer: whether keys were destroyed is looked up once, now, and texts that were opened
   * lately are not deciphered again. For one pass that waits for nothing; whoever kept it would open what is forgotten.
   * What it gives is given to others too, and is not to be changed.
   */
  readonly opening: () => KeyringService["open"]
  /**
   * Destroys the keys of a chat's months before one, such as `2026-01`, under all its pseudonyms, and answers how
   * many there were. Durable, and overwritten, when it returns.
   */
  readonly expireMonths: (chat: ChatId, before: string) => Effect.Effect<number, KeyringUnavailable>
  /**
   * Destroys the keys and mappings of a person or chat, under all their pseudonyms, and in the same transaction
   * the current link key, whose place the prepared one takes: that of this name, or where none is named a fresh
   * one. Durable, and overwritten, when it returns. Done again it destroys nothing more.
   */
  readonly forget: (
    token: ChatId | PersonId,
    prepared?: string
  ) => Effect.Effect<Forgotten, KeyringUnavailable>
}

/** What those who only read ask of a keyring; one that is no more than a function opens each text by itself. */
export type Opener = Pick<KeyringService, "open"> & Partial<Pick<KeyringService, "opening">>

/** The function that opens the texts of one answer. */
export const openingBy = (keyring: Opener): KeyringService["open"] => keyring.opening?.() ?? keyring.open

export class Keyring extends Context.Service<Keyring, KeyringService>()("wadjet/infra/Keyring") {}
