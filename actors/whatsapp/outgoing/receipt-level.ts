/** How far a message came, by the kind of a receipt. */
import type { ReceiptLevel } from "../../../contracts/outbox.ts"

const levels: Readonly<Record<string, ReceiptLevel>> = {
  delivered: "delivered",
  // It came to a phone that its owner was not looking at.
  inactive: "delivered",
  read: "read",
  played: "played"
}

/** `undefined` for receipts of another kind, such as those by which a receiver asks for a message again. */
export const levelOf = (kind: string): ReceiptLevel | undefined => levels[kind]

const order: ReadonlyArray<ReceiptLevel> = ["delivered", "read", "played"]

/** Whether one level is further than another; anything is further than none. */
export const isFurther = (level: ReceiptLevel, than: ReceiptLevel | undefined): boolean =>
  than === undefined || order.indexOf(level) > order.indexOf(than)
