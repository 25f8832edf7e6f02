/**
 * Personal data: what can be turned back into a person's number, name or words. It is sealed before it
 * reaches the log, under the keys of all its owners together, so that losing any one of them (a person
 * erased, a chat's month expired) makes it unreadable for ever.
 */
import { Schema } from "effect"

/** Cipher text of a `T`. Opened by the keyring only; `s1:<key ids>:<base64url of nonce, tag and cipher text>`. */
export type Sealed<T> = string & { readonly "~sealed": (_: never) => T }

/**
 * A field of an event that is sealed.
 *
 * `owners` are the names of data fields that hold a `PersonId` or a `ChatId`; an absent one is passed
 * over, and what has no owner left belongs to the account itself.
 */
export interface PersonalField<
  S extends Schema.Codec<unknown, unknown> = Schema.Codec<unknown, unknown>,
  Optional extends boolean = boolean
> {
  readonly schema: S
  readonly owners: ReadonlyArray<string>
  /** Whether the event may come without it. */
  readonly optional: Optional
  /** It is kept for as long as its chat is, however long what is said there is kept: a name, what is allowed. */
  readonly lasting: boolean
}

/** Declares a sealed field: `said: Personal(Said, ["chat", "sender"])`. */
export const Personal = <S extends Schema.Codec<unknown, unknown>>(
  schema: S,
  owners: ReadonlyArray<string>,
  { lasting = false }: { readonly lasting?: boolean } = {}
): PersonalField<S, false> => ({ schema, owners, optional: false, lasting })

/** The same sealed field, which an event may come without: `body: orAbsent(entryBody)`. */
export const orAbsent = <S extends Schema.Codec<unknown, unknown>>(
  field: PersonalField<S>
): PersonalField<S, true> => ({ ...field, optional: true })

/** The wire form of a sealed field. `s0:` is the plain form that a simulated keyring uses. */
export const SealedText = Schema.String.pipe(
  Schema.check(Schema.isPattern(/^s[01]:/u)),
  Schema.annotate({ identifier: "Sealed", description: "sealed personal data" })
)

/** In the place of a time: what is sealed has no month, and does not expire with one. */
export const lasting = Number.POSITIVE_INFINITY

/** The month of a moment, in UTC, such as `2026-01`. */
export const monthOf = (timeMillis: number): string => new Date(timeMillis).toISOString().slice(0, 7)

/**
 * The key of an owner: a person's for ever, a chat's for one month, so that "keep for" is the expiry of a
 * key. `timeMillis` is the event's time, or `lasting`.
 */
export const ownerKeyName = (owner: string, timeMillis: number): string => {
  if (!owner.startsWith("c")) return owner
  return timeMillis === lasting ? `${owner}:lasting` : `${owner}:${monthOf(timeMillis)}`
}

/**
 * The key under which an owner's texts are hashed, for ever the same, so that a message is known again in
 * another month too. A person's own key will do; a chat's is one beside those of its months.
 */
export const ownerHashKeyName = (owner: string): string => (owner.startsWith("c") ? `${owner}:hash` : owner)
