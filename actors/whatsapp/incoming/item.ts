/** What was heard, with chats and people under their pseudonyms: what every gateway hands to `take.ts`. */
import type { UnreadReason } from "../../../contracts/consent.ts"
import type { ChatId, PersonId } from "../../../contracts/ids.ts"
import type { Arrival, Gateway, UnreadableReason } from "../../../contracts/message.ts"
import type { JoinedHow, LeftHow, Texts } from "./heard.ts"

/** An earlier message, by whom and under which id it was said. */
export interface TargetItem {
  readonly sender: PersonId
  readonly id: string
}

export type ItemHeard =
  | { readonly what: "post"; readonly texts: Texts }
  | { readonly what: "edit"; readonly id: string; readonly at: number; readonly texts: Texts }
  | { readonly what: "revoke"; readonly target: TargetItem }
  | { readonly what: "reaction"; readonly target: TargetItem; readonly text: string; readonly at: number }
  | { readonly what: "unreadable"; readonly reason: UnreadableReason; readonly fields: ReadonlyArray<string> }
  | {
      readonly what: "joined"
      readonly people: ReadonlyArray<PersonId>
      readonly self: boolean
      readonly how: JoinedHow
    }
  | {
      readonly what: "left"
      readonly people: ReadonlyArray<PersonId>
      readonly self: boolean
      readonly how: LeftHow
    }
  | {
      readonly what: "admins"
      readonly added: ReadonlyArray<PersonId>
      readonly removed: ReadonlyArray<PersonId>
      readonly self?: "added" | "removed"
    }
  /** The texts of the codes in a message's pictures, and why there are not all of them. */
  | {
      readonly what: "picture"
      readonly codes: ReadonlyArray<string>
      readonly failed?: UnreadableReason
    }
  | { readonly what: "name"; readonly text: string }
  | { readonly what: "description"; readonly text: string }
  /** It may not be read. */
  | { readonly what: "withheld"; readonly reason: UnreadReason }

export interface Item {
  readonly gateway: Gateway
  readonly arrival: Arrival
  readonly chat: ChatId
  readonly sender: PersonId
  readonly own: boolean
  /** As its sender gave it. */
  readonly id: string
  readonly at: number
  /** The name that the sender goes by. */
  readonly name?: string
  /** What the chat is called where it has no name yet. */
  readonly chatName?: string
  /** It was asked for: who did it is not known. */
  readonly learnt?: true
  /** It is of the past: it is taken while fewer messages of its chat's past than these are in the log. */
  readonly earlierMax?: number
  readonly heard: ItemHeard
}

/** The longest name that is kept, in UTF-16 code units. WhatsApp's own limits are far below; senders may not be. */
const nameLengthMax = 200

export const shortName = (name: string): string => name.slice(0, nameLengthMax).toWellFormed()
