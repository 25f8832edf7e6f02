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
export interface PersonalField<S extends Schema.Codec<unknown, unknown> = Schema.Codec<unknown, unknown>> {
  readonly schema: S
  readonly owners: ReadonlyArray<string>
}

/** Declares a sealed field: `said: Personal(Said, ["chat", "sender"])`. */
export const Personal = <S extends Schema.Codec<unknown, unknown>>(
  schema: S,
  owners: ReadonlyArray<string>
): PersonalField<S> => ({ schema, owners })

/** The wire form of a sealed field. `s0:` is the plain form that a simulated keyring uses. */
export const SealedText = Schema.String.pipe(
  Schema.check(Schema.isPattern(/^s[01]:/u)),
  Schema.annotate({ identifier: "Sealed", description: "sealed personal data" })
)

/**
 * The key of an owner: a person's for ever, a chat's for one month, so that "keep for" is the expiry of a
 * key. `timeMillis` is the event's time.
 */
export const ownerKeyName = (owner: string, timeMillis: number): string =>
  owner.startsWith("c") ? `${owner}:${new Date(timeMillis).toISOString().slice(0, 7)}` : owner
