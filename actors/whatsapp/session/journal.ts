/**
 * The journal: what the socket delivered and the log does not hold yet. A decrypted message is written here in
 * the transaction that commits its ratchet, before WhatsApp is told that it arrived, so that no crash loses it.
 * Rows are sealed, and overwritten once they are deleted.
 */
import type { Effect } from "effect"
import type { SessionError } from "./session-error.ts"

/**
 * What a row holds:
 * - `message`: a decrypted message; the payload is the bytes of a `proto.Message`, unpadded.
 * - `unreadable`: a message that could not be decrypted; the payload is empty, `reason` says why.
 * - `history`: a message from before, given by the phone; the payload is the bytes of a `proto.WebMessageInfo`.
 * - `notice`: a change to a group or channel; the payload is the bytes of its binary node, from which `decodeNotice` makes it.
 * - `picture`: a `message` whose words are in the log, while its pictures are not read yet.
 */
export type JournalKind = "message" | "unreadable" | "history" | "notice" | "picture"

/**
 * A stanza's attributes as WhatsApp spelled them: `id`, `from`, `participant`, `recipient`, `t` (seconds),
 * `notify`, `offline`, `category`, `type`, `edit`, `addressing_mode`, `sender_pn`, `sender_lid`, `participant_pn`,
 * `participant_lid`, … For `history` they are made up: `id`, `from` (the chat), `participant`, `t`, `from_me`
 * ("true" or "false") and, where known, `sync_type` and `chat_name`.
 */
export type StanzaAttributes = Readonly<Record<string, string>>

export interface NewEntry {
  readonly kind: JournalKind
  readonly attributes: StanzaAttributes
  readonly payload: Uint8Array
  /** Why it could not be read, in a word of `UnreadableReason`; for `unreadable` only. */
  readonly reason?: UnreadableReason
}

/**
 * - `no-session`, `no-key`: the sender's keys are missing; a retry was asked for.
 * - `key-used`: its key was used before. Mostly a message that is known already, delivered once more.
 * - `corrupt`: it does not open.
 * - `absent`: WhatsApp sent its envelope without its content; the phone was asked for it.
 * - `unsupported`: a kind of encryption that this version does not know.
 */
export type UnreadableReason = "no-session" | "no-key" | "key-used" | "corrupt" | "absent" | "unsupported"

export interface JournalEntry extends NewEntry {
  /** Grows; never used again. */
  readonly position: number
  /** When it was written, in milliseconds since the epoch. */
  readonly arrivedAt: number
}

/**
 * One row per stanza and kind: an `unreadable` row is not written beside a readable one of the same stanza, and
 * disappears when the text arrives after all. Who reads it must still expect an `unreadable` row about a message
 * that is in the log already (`key-used`), and the same message twice.
 */
export interface Journal {
  /** Writes a row, durably. */
  readonly add: (entry: NewEntry) => Effect.Effect<void, SessionError>
  /**
   * The oldest rows after a position, at most `limit`; those that were set aside are passed over, and so are
   * pictures. A position that is missing was taken away or replaced, which is no gap.
   */
  readonly next: (limit: number, after?: number) => Effect.Effect<ReadonlyArray<JournalEntry>, SessionError>
  /** The same of rows of kind `picture` alone. */
  readonly pictures: (
    limit: number,
    after?: number
  ) => Effect.Effect<ReadonlyArray<JournalEntry>, SessionError>
  /** Makes rows of kind `picture` of messages whose words are in the log. They get new positions, the highest. */
  readonly leavePictures: (positions: ReadonlyArray<number>) => Effect.Effect<void, SessionError>
  /** Deletes rows whose content is in the log. Positions that are not there any more are passed over. */
  readonly done: (positions: ReadonlyArray<number>) => Effect.Effect<void, SessionError>
  /** Keeps a row that cannot be handled for a person to look at: `next` passes over it. */
  readonly setAside: (position: number, reason: string) => Effect.Effect<void, SessionError>
  /** The rows that were set aside, with the reason. */
  readonly aside: Effect.Effect<ReadonlyArray<JournalEntry & { readonly why: string }>, SessionError>
  /**
   * Completes when something was written since it completed the last time, or at once at the first call.
   * For one reader.
   */
  readonly arrived: Effect.Effect<void>
  /** How many rows wait, those set aside not counted. */
  readonly waiting: Effect.Effect<number, SessionError>
}
