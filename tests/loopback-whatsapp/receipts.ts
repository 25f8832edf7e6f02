import { address } from "./people.ts"
import { bigEndian, node, type Node } from "./protocol/nodes.ts"
import { push } from "./push.ts"
import type { Chat, Device, SimulatedDevice, World } from "./world.ts"

/** What a receipt says; delivery has no name of its own on the wire. */
export type ReceiptType = "delivered" | "read" | "played" | "retry"

const receiptOrigin = (chat: Chat, { id, person }: SimulatedDevice): Record<string, string> => {
  switch (chat.kind) {
    case "group":
      return { from: chat.group.jid, participant: address(person, chat.group.addressing, id) }
    case "status":
      return { from: "status@broadcast", participant: address(person, "lid", id) }
    case "channel":
      return { from: chat.jid }
    case "direct":
      return { from: address(person, person.addressing, id) }
  }
}

/** Sends a receipt for `ids` to the client that wrote them. */
export const sendReceipt = (
  world: World,
  reader: SimulatedDevice,
  author: Device,
  chat: Chat,
  ids: readonly string[],
  type: ReceiptType
): void => {
  const [first, ...others] = ids
  if (author.kind !== "linked" || first === undefined || author.person === reader.person) return
  const list = others.map((id) => node("item", { id }))
  push(
    world,
    author,
    node(
      "receipt",
      {
        ...receiptOrigin(chat, reader),
        id: first,
        t: world.clock.seconds(),
        type: type === "delivered" ? undefined : type
      },
      list.length === 0 ? undefined : [node("list", {}, list)]
    )
  )
}

/** Asks the client to send a message again, because this device could not decrypt it. */
export const requestAgain = (
  world: World,
  reader: SimulatedDevice,
  author: Device,
  chat: Chat,
  id: string,
  count: number
): void => {
  if (author.kind !== "linked") return
  const content: Node[] = [
    node("retry", { count: String(count), id, t: world.clock.seconds(), v: "1" }),
    node("registration", {}, bigEndian(reader.signal.registrationId, 4))
  ]
  push(
    world,
    author,
    node("receipt", { ...receiptOrigin(chat, reader), id, t: world.clock.seconds(), type: "retry" }, content)
  )
}
