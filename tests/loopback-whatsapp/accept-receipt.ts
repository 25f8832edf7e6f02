import { answerMediaRetry } from "./media/retry.ts"
import { canonical } from "./people.ts"
import { node, type Node } from "./protocol/nodes.ts"
import { answeredIds } from "./queue.ts"
import { sendAgain } from "./resend.ts"
import type { Connection, LinkedDevice, World } from "./world.ts"

/** A receipt of a client: what it is for needs no redelivery; a request for a retry goes to the author. */
export const acceptReceipt = async (
  world: World,
  connection: Connection,
  from: LinkedDevice,
  receipt: Node
): Promise<void> => {
  from.queue.settle(receipt)
  connection.send(
    node("ack", { class: "receipt", id: receipt.attrs.id, from: receipt.attrs.to, type: receipt.attrs.type })
  )
  const author = world.people.device(receipt.attrs.participant ?? receipt.attrs.to)
  const type = receipt.attrs.type ?? "delivered"
  if (author?.kind === "simulated") author.screen.note(answeredIds(receipt), canonical(from.person), type)
  world.witness.changed()
  if (type === "server-error") answerMediaRetry(world, from, receipt)
  if (type !== "retry") return
  if (author?.kind === "simulated") await sendAgain(world, author, from, receipt)
}
