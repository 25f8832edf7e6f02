import { acceptMessage } from "./accept.ts"
import {
  answerAppState,
  answerMediaConnection,
  answerMex,
  answerPrivacy,
  removeCompanion
} from "./iq/account.ts"
import { answerGroups } from "./iq/groups.ts"
import { answerKeys } from "./iq/keys.ts"
import { answerUsync } from "./iq/usync.ts"
import { answerCodeFlow } from "./pairing-code.ts"
import { acceptSignature } from "./pairing.ts"
import { acceptReceipt } from "./accept-receipt.ts"
import { child, children, node, result, type Node } from "./protocol/nodes.ts"
import { deliverWaiting } from "./push.ts"
import { introducePhone } from "./phone.ts"
import type { AccountState, Connection, LinkedDevice, World } from "./world.ts"

/** A query of a client that is not logged in: only pairing is answered. */
const answerStranger = (world: World, connection: Connection, stanza: Node): void => {
  if (child(stanza, "pair-device-sign") !== undefined) acceptSignature(connection)
  else if (child(stanza, "link_code_companion_reg") !== undefined) answerCodeFlow(world, connection, stanza)
  else if (stanza.attrs.type !== "result") connection.send(result(stanza))
}

const answer = (world: World, account: AccountState, device: LinkedDevice, stanza: Node): Node => {
  switch (stanza.attrs.xmlns) {
    case "encrypt":
      return answerKeys(world, device, stanza)
    case "usync":
      return answerUsync(world, stanza)
    case "w:g2":
      return answerGroups(world, device, stanza)
    case "privacy":
      return answerPrivacy(stanza)
    case "w:sync:app:state":
      return answerAppState(account, stanza)
    case "w:mex":
      return answerMex(world, account, stanza)
    case "w:m":
      return answerMediaConnection(world, stanza)
    case "abt":
      return result(stanza, [node("props", { hash: "loopback" })])
    case "blocklist":
      return result(stanza, [node("list")])
    case "md":
      return removeCompanion(world, device, stanza)
    default:
      // Pings, presence of being active, statistics and the like: an empty result is all they need.
      return result(stanza)
  }
}

const query = async (
  world: World,
  connection: Connection,
  device: LinkedDevice,
  stanza: Node
): Promise<void> => {
  if (stanza.attrs.type === "result" || stanza.attrs.type === "error") return
  const account = world.accounts.get(device.person)
  if (account === undefined) throw new Error(`expected an account of ${device.person.name}, found none`)
  connection.send(answer(world, account, device, stanza))
  const isActive = stanza.attrs.xmlns === "passive" && child(stanza, "active") !== undefined
  if (isActive && !device.isIntroduced) await introducePhone(world, account, device)
  if (device.isRemoved) connection.end()
}

/** Everything that a client says once its stream is open. */
export const dispatch = async (world: World, connection: Connection, stanza: Node): Promise<void> => {
  const { device } = connection
  if (device === undefined) {
    if (stanza.tag === "iq") answerStranger(world, connection, stanza)
    return
  }
  switch (stanza.tag) {
    case "iq":
      return query(world, connection, device, stanza)
    case "message":
      return acceptMessage(world, connection, device, stanza)
    case "receipt":
      return acceptReceipt(world, connection, device, stanza)
    case "call":
      connection.send(node("ack", { class: "call", id: stanza.attrs.id, from: stanza.attrs.to }))
      return
    case "ack":
      device.queue.settle(stanza)
      return world.witness.changed()
    case "ib":
      if (children(stanza).some(({ tag }) => tag === "offline_batch")) deliverWaiting(connection, device)
      return
    default:
  }
}
