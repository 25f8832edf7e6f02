/**
 * Identifiers. Whatever comes from outside (a JID, a WhatsApp message id, a URL) becomes a fixed-length
 * token here, so that subjects stay parseable and the log holds no original.
 */
import { hash } from "node:crypto"
import { Schema } from "effect"

const text = (pattern: RegExp, about: string) =>
  Schema.String.pipe(Schema.check(Schema.isPattern(pattern)), Schema.annotate({ description: about }))

/** The linked number: a short random token, minted once and kept in the keyring. */
export const AccountId = text(/^a[a-z0-9]{6,15}$/u, "the linked number, a random token").pipe(
  Schema.brand("AccountId")
)
export type AccountId = typeof AccountId.Type

/** A group, a direct chat, or a broadcast: a random pseudonym kept in the keyring. */
export const ChatId = text(/^c[a-z0-9]{6,31}$/u, "a chat, a random pseudonym").pipe(Schema.brand("ChatId"))
export type ChatId = typeof ChatId.Type

/** A sender or contact; phone-number and LID forms of one person share one id. Never in a subject. */
export const PersonId = text(/^p[a-z0-9]{6,31}$/u, "a person, a random pseudonym").pipe(
  Schema.brand("PersonId")
)
export type PersonId = typeof PersonId.Type

/** Hash of (account, chat, sender, hidden message id): senders choose message ids, so an id alone is no key. */
export const MessageKey = text(/^[0-9a-f]{40}$/u, "one message of one sender in one chat").pipe(
  Schema.brand("MessageKey")
)
export type MessageKey = typeof MessageKey.Type

/** Keyed hash of a canonical URL; see `contracts/link/link-id.ts`. */
export const LinkId = text(/^[0-9a-f]{40}$/u, "one canonical URL, a keyed hash").pipe(Schema.brand("LinkId"))
export type LinkId = typeof LinkId.Type

/** Keyed hash of a host name, made like a `LinkId`, so that host and domain overrides match without plain text. */
export const HostId = text(/^[0-9a-f]{40}$/u, "one host name, a keyed hash").pipe(Schema.brand("HostId"))
export type HostId = typeof HostId.Type

/** Hash of (cause, recipient, part): one message to one chat, for ever. */
export const OutboxId = text(/^[0-9a-f]{40}$/u, "one message to one recipient").pipe(Schema.brand("OutboxId"))
export type OutboxId = typeof OutboxId.Type

/** The WhatsApp message id that the outside sees, derived from the `OutboxId`. */
export const WhatsAppId = text(/^[0-9A-F]{20}$/u, "a WhatsApp message id made by Wadjet").pipe(
  Schema.brand("WhatsAppId")
)
export type WhatsAppId = typeof WhatsAppId.Type

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u

/** A rule of the operator or of a chat's admins about a URL, a host or a domain: UUIDv7. */
export const OverrideId = text(uuid, "an allow or deny rule").pipe(Schema.brand("OverrideId"))
export type OverrideId = typeof OverrideId.Type

/** A job of the schedule: UUIDv7. */
export const JobId = text(uuid, "a job of the schedule").pipe(Schema.brand("JobId"))
export type JobId = typeof JobId.Type

/** Somebody whom jobs may name: UUIDv7. */
export const ContactId = text(uuid, "somebody whom jobs may name").pipe(Schema.brand("ContactId"))
export type ContactId = typeof ContactId.Type

/** An API key: UUIDv7. The secret itself is never in the log. */
export const KeyId = text(uuid, "an API key").pipe(Schema.brand("KeyId"))
export type KeyId = typeof KeyId.Type

/** A person who may sign in to the page: UUIDv7. The name is never in the log. */
export const UserId = text(uuid, "a person who may sign in").pipe(Schema.brand("UserId"))
export type UserId = typeof UserId.Type

/** A browser in which somebody signed in: UUIDv7. */
export const SignInId = text(uuid, "a browser in which somebody signed in").pipe(Schema.brand("SignInId"))
export type SignInId = typeof SignInId.Type

/** A link that lets somebody in once, to choose a password: UUIDv7. */
export const PassId = text(uuid, "a one-time link").pipe(Schema.brand("PassId"))
export type PassId = typeof PassId.Type

/** A program elsewhere that is told of events: UUIDv7. Its URL and its secret are never in the log. */
export const WebhookId = text(uuid, "a program that is told of events").pipe(Schema.brand("WebhookId"))
export type WebhookId = typeof WebhookId.Type

/** Milliseconds since the Unix epoch, UTC. */
export const EpochMillis = Schema.Int.pipe(
  Schema.check(Schema.isGreaterThanOrEqualTo(0)),
  Schema.annotate({ identifier: "EpochMillis", description: "milliseconds since 1970-01-01T00:00:00Z" })
)

/**
 * A hash of its parts, 40 lower-case hexadecimal digits (160 bits of SHA-256). Parts are length-prefixed,
 * so that ("ab", "c") and ("a", "bc") differ.
 */
export const hashOf = (...parts: ReadonlyArray<string | number>): string => {
  let text = ""
  for (const part of parts) text += `${String(part).length}:${part}`
  return hash("sha256", text).slice(0, 40)
}

/**
 * The key of a message, from identities that are already pseudonyms and the id its sender chose. That one may
 * say something, or be made from what was said: it comes in as a keyed hash of the keyring.
 */
export const messageKey = (
  account: AccountId,
  chat: ChatId,
  sender: PersonId,
  hiddenId: string
): MessageKey => MessageKey.make(hashOf("message", account, chat, sender, hiddenId))

/**
 * One outgoing message: what caused it, who gets it, and which part of it this is (0 for the only one). A cause
 * in somebody's words comes in as a keyed hash of the keyring.
 */
export const outboxId = (cause: string, recipient: ChatId, part: number): OutboxId =>
  OutboxId.make(hashOf("outbox", cause, recipient, part))

/**
 * The WhatsApp message id of an outbox entry: `3EB0`, as web clients start theirs, and 16 hexadecimal
 * digits of the outbox id. Deterministic, so that a transmission repeated after a crash repeats the id. A step
 * on the way to what the entry says, such as the revoke before a replacement, has an id of its own.
 */
export const whatsAppIdOf = (outbox: OutboxId, step?: "edit" | "revoke" | "unreact"): WhatsAppId =>
  WhatsAppId.make(
    `3EB0${(step === undefined ? outbox : hashOf("step", outbox, step)).slice(0, 16).toUpperCase()}`
  )

/** The id of an event whose cause is known: the same cause, actor and ordinal always give the same id. */
export const eventId = (cause: string, actor: string, ordinal: string | number): string =>
  hashOf("event", cause, actor, ordinal)
