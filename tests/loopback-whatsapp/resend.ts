import { copyFor, distribution, encryptFor } from "./ciphertexts.ts"
import { stanza } from "./envelope.ts"
import { bytes, child, number, type Node } from "./protocol/nodes.ts"
import { push } from "./push.ts"
import type { Bundle } from "./signal/identity.ts"
import { deviceName } from "./simulated-device.ts"
import type { LinkedDevice, SimulatedDevice, World } from "./world.ts"

/** The keys that a client puts into its retry receipt once it gives its session up. */
const bundleIn = (receipt: Node): Bundle | undefined => {
  const keys = child(receipt, "keys")
  const signed = child(keys, "skey")
  if (keys === undefined || signed === undefined) return undefined
  const key = child(keys, "key")
  return {
    registrationId: number(child(receipt, "registration")),
    identityKey: bytes(child(keys, "identity")),
    signedPreKey: {
      keyId: number(child(signed, "id")),
      publicKey: bytes(child(signed, "value")),
      signature: bytes(child(signed, "signature"))
    },
    preKey:
      key === undefined
        ? undefined
        : { keyId: number(child(key, "id")), publicKey: bytes(child(key, "value")) }
  }
}

const again = async (
  world: World,
  device: SimulatedDevice,
  client: LinkedDevice,
  receipt: Node,
  id: string
): Promise<void> => {
  const sent = device.sent.get(id)
  if (sent === undefined) return
  const { attributes, chat, message } = sent
  const bundle = bundleIn(receipt)
  const name = deviceName(client)
  device.signal.forgetSession(name)
  if (bundle !== undefined) await device.signal.startSession(name, bundle)
  const isShared = chat.kind === "group" || chat.kind === "status"
  const content = isShared
    ? { ...message, ...distribution(world, device, chat) }
    : copyFor(device, client, chat, message)
  const part = await encryptFor(world, device, client, content)
  const count = child(receipt, "retry")?.attrs.count ?? "1"
  const envelope = {
    id,
    chat,
    sender: device,
    time: world.clock.now(),
    attributes,
    extra: [],
    parts: [{ ...part, attributes: { count } }]
  }
  push(world, client, stanza(envelope, client.person))
}

/** A client could not decrypt a message of a simulated device, and asks for it again. */
export const sendAgain = async (
  world: World,
  device: SimulatedDevice,
  client: LinkedDevice,
  receipt: Node
): Promise<void> => {
  const id = receipt.attrs.id ?? ""
  world.witness.record({
    kind: "phone",
    person: device.person.name,
    device: device.id,
    what: "asked to send again",
    details: { id, count: child(receipt, "retry")?.attrs.count }
  })
  if (!device.answersRetries) return
  const work = device.work.then(() => again(world, device, client, receipt, id))
  device.work = work.catch(() => undefined)
  await work
}
