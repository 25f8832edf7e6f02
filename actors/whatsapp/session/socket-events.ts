/** From stanzas and Baileys' events to ours. Pure. */
import type { BinaryNode, WACallEvent } from "@whiskeysockets/baileys"
import type { SocketEvent } from "./connection.ts"
import { childrenOf } from "./stanza.ts"

const second = 1_000

/** A receipt without a type says that the message was delivered. */
const kindOf = (type: string | undefined): string => type ?? "delivered"

/** One stanza may be about several messages: its own id, and those of the items within. */
const idsOf = (node: BinaryNode): ReadonlyArray<string> => {
  const items = childrenOf(node).flatMap((child) => childrenOf(child).filter(({ tag }) => tag === "item"))
  return [node.attrs["id"], ...items.map(({ attrs }) => attrs["id"])].filter((id) => id !== undefined)
}

/** `now` stands in where the server gives no time. */
export const receiptEvent = (node: BinaryNode, now: number): SocketEvent & { event: "receipt" } => {
  const { from = "", participant, recipient, t, type } = node.attrs
  const seconds = Number(t)
  const at = Number.isFinite(seconds) && seconds > 0 ? seconds * second : now
  return { event: "receipt", ids: idsOf(node), kind: kindOf(type), from, participant, recipient, at }
}

export const callEvent = (call: WACallEvent): SocketEvent => ({
  event: "call",
  id: call.id,
  from: call.from,
  status: call.status,
  isGroup: call.isGroup === true,
  isVideo: call.isVideo === true,
  at: call.date.getTime()
})
