/** What is at hand while items are taken, and the facts that they come to. */
import type { Fact } from "../../../contracts/event.ts"
import { eventId } from "../../../contracts/ids.ts"
import {
  AdminsChanged,
  ChatJoined,
  ChatLeft,
  ChatLinked,
  PersonLinked
} from "../../../contracts/membership.ts"
import {
  ChatRenamed,
  MessageEdited,
  MessageReacted,
  MessageReceived,
  MessageRevoked,
  MessageUnreadable
} from "../../../contracts/message.ts"
import type { Caused, Self } from "../../../infra/actor/process-manager.ts"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"
import type { Book } from "./book.ts"
import type { Item } from "./item.ts"

export const publishes = [
  MessageReceived,
  MessageEdited,
  MessageRevoked,
  MessageReacted,
  MessageUnreadable,
  ChatRenamed,
  ChatJoined,
  ChatLeft,
  AdminsChanged,
  PersonLinked,
  ChatLinked
] as const
export type Published = Fact<(typeof publishes)[number]>

export interface Taking {
  readonly keyring: KeyringService
  readonly book: Book
  readonly self: Self<Published>
  readonly facts: Array<Caused<Published>>
  links: number
}

export type Heard<What extends Item["heard"]["what"]> = Extract<Item["heard"], { readonly what: What }>

/** A fact that has no message of its own is known by its event's id. */
export const takeOnce = (taking: Taking, cause: string, part: string, fact: Published): void => {
  if (!taking.book.isTaken(eventId(cause, "whatsapp", part))) taking.facts.push({ cause, part, fact })
}
