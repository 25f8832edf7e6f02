/** What came in over the socket, in our words and before anybody has a pseudonym: JIDs and ids as WhatsApp has them. */
import type { UnreadableReason } from "../../../contracts/message.ts"
import type { Picture } from "./pictures/picture.ts"

/** One who is known by several JIDs, bare: phone number and LID, or a group's one. At least one. */
export type Forms = readonly [string, ...ReadonlyArray<string>]

/** Where, when and by whom something was said or done. */
export interface Origin {
  readonly chat: Forms
  readonly sender: Forms
  /** By the linked account itself, on another of its devices. */
  readonly own: boolean
  /** The id that the sender gave it. */
  readonly id: string
  /** By the sender's or the server's clock, in milliseconds since the epoch. */
  readonly at: number
  readonly arrival: "live" | "replayed" | "imported"
  /** The name that the sender goes by. */
  readonly name?: string
  /** It was asked for: who did it is not known. */
  readonly learnt?: true
}

/** Everything in a message that could hold a link. */
export interface Texts {
  readonly posted: string
  readonly quoted: string
  /** What could not be read in it: names or numbers of fields, never their content. */
  readonly unread: ReadonlyArray<string>
  /** The id of the message that it replies to. */
  readonly answers?: string
}

/** An earlier message. Ids are chosen by senders, so that one is found by both. */
export interface Target {
  readonly sender: Forms
  readonly id: string
}

export type Heard =
  | { readonly what: "post"; readonly texts: Texts }
  /** `at` is when it was edited; the message is one of the same sender. */
  | { readonly what: "edit"; readonly id: string; readonly at: number; readonly texts: Texts }
  | { readonly what: "revoke"; readonly target: Target }
  /** An empty text takes the reaction back. */
  | { readonly what: "reaction"; readonly target: Target; readonly text: string; readonly at: number }
  | { readonly what: "unreadable"; readonly reason: UnreadableReason; readonly fields: ReadonlyArray<string> }
  /** Members came; `own`: the account is among them. */
  | {
      readonly what: "joined"
      readonly people: ReadonlyArray<Forms>
      readonly self: boolean
      readonly how: JoinedHow
    }
  | {
      readonly what: "left"
      readonly people: ReadonlyArray<Forms>
      readonly self: boolean
      readonly how: LeftHow
    }
  /** `self`: what became of the account, where it is among them. */
  | {
      readonly what: "admins"
      readonly added: ReadonlyArray<Forms>
      readonly removed: ReadonlyArray<Forms>
      readonly self?: "added" | "removed"
    }
  | { readonly what: "name"; readonly text: string }
  | { readonly what: "description"; readonly text: string }
  /** Nothing that the log keeps; `of` says what it was, for the metrics. */
  | { readonly what: "aside"; readonly of: string }

export type JoinedHow = "added" | "joined" | "created"
export type LeftHow = "removed" | "left"

export interface HeardFrom {
  readonly origin: Origin
  readonly heard: Heard
  /** What a post brought that may have codes in it; absent where there is none. */
  readonly pictures?: ReadonlyArray<Picture>
}
