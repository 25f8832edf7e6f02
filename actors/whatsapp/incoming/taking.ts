/** What is at hand while items are taken, and the facts that they come to. */
import type { Fact } from "../../../contracts/event.ts"
import { eventId } from "../../../contracts/ids.ts"
import type { Caused, Self } from "../../../infra/actor/process-manager.ts"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"
import type { Book } from "./book.ts"
import type { heardEvents } from "./heard-events.ts"
import type { Item } from "./item.ts"

export type Published = Fact<(typeof heardEvents)[number]>

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
