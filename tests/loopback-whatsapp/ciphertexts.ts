import { encodeWAMessage, proto } from "@whiskeysockets/baileys"
import { chatName } from "./envelope.ts"
import { takeBundle } from "./iq/keys.ts"
import { address } from "./people.ts"
import { makeSenderKey } from "./signal/sender-key.ts"
import { deviceName } from "./simulated-device.ts"
import type { Chat, Device, LinkedDevice, OwnSenderKey, Part, SimulatedDevice, World } from "./world.ts"

/** How a message is made unreadable for clients. */
export type Spoiling =
  /** A byte of the ciphertext is changed. */
  | "corrupted"
  /** It is encrypted for a session that the client does not have. */
  | "unknown session"
  /** Its sender key is not handed out. Groups only. */
  | "no sender key"
  /** The stanza holds no ciphertext. */
  | "absent"

/** A ciphertext for one device; a session is opened if there is none. */
export const encryptFor = async (
  world: World,
  device: SimulatedDevice,
  recipient: Device,
  message: proto.IMessage
): Promise<Part> => {
  const name = deviceName(recipient)
  if (!device.signal.hasSession(name)) await device.signal.startSession(name, takeBundle(world, recipient))
  return device.signal.encrypt(name, encodeWAMessage(proto.Message.fromObject(message)))
}

const senderKey = (world: World, device: SimulatedDevice, chat: Chat): OwnSenderKey => {
  const name = chatName(chat, device.person)
  const known = device.senderKeys.get(name)
  if (known !== undefined) return known
  const fresh = { key: makeSenderKey(1 + world.ids.number(2 ** 31 - 2)), given: new Set<string>() }
  device.senderKeys.set(name, fresh)
  return fresh
}

/** The message that hands out a device's sender key. */
export const distribution = (world: World, device: SimulatedDevice, chat: Chat): proto.IMessage => ({
  senderKeyDistributionMessage: {
    groupId: chatName(chat, device.person),
    axolotlSenderKeyDistributionMessage: senderKey(world, device, chat).key.distribution()
  }
})

/** A message as a recipient gets it: the sender's own other devices are told whom it was for. */
export const copyFor = (
  sender: SimulatedDevice,
  recipient: Device,
  chat: Chat,
  message: proto.IMessage
): proto.IMessage => {
  if (chat.kind !== "direct" || recipient.person !== sender.person) return message
  const other = chat.between.find((person) => person !== sender.person)
  if (other === undefined) return message
  return { deviceSentMessage: { destinationJid: address(other, other.addressing), message } }
}

/** A ciphertext with one byte changed. */
const flipped = (part: Part): Part => {
  const content = Buffer.from(part.content)
  const at = content.length - 12
  content[at] = (content[at] ?? 0) ^ 0xff
  return { ...part, content }
}

/** What a first message holds for who has the session already. */
const innerMessage = (part: Part): Part =>
  part.type === "pkmsg"
    ? {
        ...part,
        type: "msg",
        content: Buffer.from(proto.PreKeySignalMessage.decode(part.content.subarray(1)).message ?? [])
      }
    : part

/** The ciphertext of a direct message for one client. */
export const directParts = async (
  world: World,
  sender: SimulatedDevice,
  recipient: LinkedDevice,
  chat: Chat,
  message: proto.IMessage,
  spoil: Spoiling | undefined
): Promise<readonly Part[]> => {
  if (spoil === "absent" || chat.kind === "channel") return []
  if (spoil === "unknown session") sender.signal.forgetSession(deviceName(recipient))
  const part = await encryptFor(world, sender, recipient, copyFor(sender, recipient, chat, message))
  if (spoil === "corrupted") return [flipped(part)]
  return [spoil === "unknown session" ? innerMessage(part) : part]
}

/** Encrypts once for everyone; each recipient that lacks the key gets it beside the message. */
export const groupParts = (
  world: World,
  sender: SimulatedDevice,
  chat: Chat,
  message: proto.IMessage,
  spoil: Spoiling | undefined
) => {
  if (spoil === "no sender key") sender.senderKeys.delete(chatName(chat, sender.person))
  const own = senderKey(world, sender, chat)
  const keyMessage = distribution(world, sender, chat)
  const content = own.key.encrypt(encodeWAMessage(proto.Message.fromObject(message)))
  const shared: Part = { type: "skmsg", content }
  return async (recipient: LinkedDevice): Promise<readonly Part[]> => {
    if (spoil === "absent") return []
    const spoiled = spoil === "corrupted" ? flipped(shared) : shared
    const name = deviceName(recipient)
    if (own.given.has(name) || spoil === "no sender key") return [spoiled]
    own.given.add(name)
    return [await encryptFor(world, sender, recipient, keyMessage), spoiled]
  }
}
