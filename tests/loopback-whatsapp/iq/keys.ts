import { bundleOf } from "../linked-device.ts"
import {
  bigEndian,
  bytes,
  child,
  children,
  node,
  number,
  result,
  server,
  type Node
} from "../protocol/nodes.ts"
import { push } from "../push.ts"
import type { Bundle } from "../signal/identity.ts"
import type { Device, LinkedDevice, World } from "../world.ts"

const keyNode = (tag: string, keyId: number, content: readonly Node[]): Node =>
  node(tag, {}, [node("id", {}, bigEndian(keyId, 3)), ...content])

const bundleNode = (jid: string, { identityKey, preKey, registrationId, signedPreKey }: Bundle): Node =>
  node("user", { jid }, [
    node("registration", {}, bigEndian(registrationId, 4)),
    node("type", {}, Buffer.from([5])),
    node("identity", {}, identityKey),
    keyNode("skey", signedPreKey.keyId, [
      node("value", {}, signedPreKey.publicKey),
      node("signature", {}, signedPreKey.signature)
    ]),
    ...(preKey === undefined ? [] : [keyNode("key", preKey.keyId, [node("value", {}, preKey.publicKey)])])
  ])

/** With fewer one-time keys than this left, a client is asked for more. */
const preKeysMin = 5

/** A bundle of a device, from its own stock or from what the client uploaded. */
export const takeBundle = (world: World, device: Device): Bundle => {
  if (device.kind === "simulated") return device.signal.bundle()
  const bundle = bundleOf(device)
  if (device.preKeys.length < preKeysMin)
    push(
      world,
      device,
      node(
        "notification",
        { from: server, type: "encrypt", id: world.ids.stanza("keys"), t: world.clock.seconds() },
        [node("count", { value: String(device.preKeys.length) })]
      )
    )
  return bundle
}

const upload = (device: LinkedDevice, stanza: Node): void => {
  for (const key of children(child(stanza, "list"), "key"))
    device.preKeys.push({ keyId: number(child(key, "id")), publicKey: bytes(child(key, "value")) })
  const signed = child(stanza, "skey") ?? child(child(stanza, "rotate"), "skey")
  if (signed !== undefined)
    device.signedPreKey = {
      keyId: number(child(signed, "id")),
      publicKey: bytes(child(signed, "value")),
      signature: bytes(child(signed, "signature"))
    }
}

const fetched = (world: World, jid: string): Node => {
  const device = world.people.device(jid)
  return device === undefined
    ? node("user", { jid }, [node("error", { code: "404", text: "item-not-found" })])
    : bundleNode(jid, takeBundle(world, device))
}

/** `xmlns="encrypt"`: uploading one-time keys, counting them, checking them, fetching those of others. */
export const answerKeys = (world: World, device: LinkedDevice, stanza: Node): Node => {
  if (stanza.attrs.type === "set") {
    upload(device, stanza)
    return result(stanza)
  }
  if (child(stanza, "count") !== undefined)
    return result(stanza, [node("count", { value: String(device.preKeys.length) })])
  if (child(stanza, "digest") !== undefined)
    return result(stanza, [
      node("digest", {}, [
        node("registration", {}, bigEndian(device.registrationId, 4)),
        node("identity", {}, device.identityKey),
        keyNode("skey", device.signedPreKey.keyId, []),
        node(
          "list",
          {},
          device.preKeys.map(({ keyId }) => node("id", {}, bigEndian(keyId, 3)))
        )
      ])
    ])
  const users = children(child(stanza, "key"), "user")
  return result(stanza, [
    node(
      "list",
      {},
      users.map(({ attrs }) => fetched(world, attrs.jid ?? ""))
    )
  ])
}
