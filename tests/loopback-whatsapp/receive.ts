import { proto, unpadRandomMax16 } from "@whiskeysockets/baileys"
import { chatName, senderKeyName } from "./envelope.ts"
import { isAdmin } from "./group.ts"
import { canonical } from "./people.ts"
import { requestAgain, sendReceipt } from "./receipts.ts"
import { textOf, typeOf, type Outcome } from "./screen.ts"
import { deviceName } from "./simulated-device.ts"
import type { Envelope, Part, SimulatedDevice, World } from "./world.ts"

/** How often a device asks for the same message again. */
const retriesMax = 5
const retries = new WeakMap<SimulatedDevice, Map<string, number>>()

const open = async (device: SimulatedDevice, envelope: Envelope, part: Part): Promise<Buffer> => {
  if (part.type === "skmsg")
    return device.othersSenderKeys.decrypt(senderKeyName(envelope.chat, envelope.sender), part.content)
  return device.signal.decrypt(deviceName(envelope.sender), { type: part.type, content: part.content })
}

const learn = (device: SimulatedDevice, envelope: Envelope, message: proto.IMessage): void => {
  const distribution = message.senderKeyDistributionMessage?.axolotlSenderKeyDistributionMessage
  if (distribution) device.othersSenderKeys.learn(senderKeyName(envelope.chat, envelope.sender), distribution)
}

const decrypt = async (device: SimulatedDevice, envelope: Envelope): Promise<proto.IMessage> => {
  const message: proto.IMessage = {}
  for (const part of envelope.parts) {
    const decoded = proto.Message.decode(unpadRandomMax16(await open(device, envelope, part)))
    const content = decoded.deviceSentMessage?.message ?? decoded
    learn(device, envelope, content)
    Object.assign(message, content)
  }
  return message
}

/** Puts a message on the screen, and into the record. */
export const show = (
  world: World,
  device: SimulatedDevice,
  envelope: Omit<Envelope, "parts">,
  message: proto.IMessage
): Outcome => {
  const { chat, id, sender, time } = envelope
  const from = canonical(sender.person)
  const name = chatName(chat, device.person)
  const outcome = device.screen.show(
    { id, chat: name, from, message, isAdmin: chat.kind === "group" && isAdmin(chat.group, sender.person) },
    time
  )
  world.witness.record({
    kind: "phone",
    person: device.person.name,
    device: device.id,
    what: "received",
    details: { id, chat: name, from, type: typeOf(message), text: textOf(message), outcome }
  })
  return outcome
}

const askAgain = (world: World, device: SimulatedDevice, envelope: Envelope, error: unknown): void => {
  const counts = retries.get(device) ?? new Map<string, number>()
  retries.set(device, counts)
  const count = (counts.get(envelope.id) ?? 0) + 1
  counts.set(envelope.id, count)
  world.witness.record({
    kind: "phone",
    person: device.person.name,
    device: device.id,
    what: "cannot read",
    details: {
      id: envelope.id,
      from: canonical(envelope.sender.person),
      reason: error instanceof Error ? error.message : String(error)
    }
  })
  if (count <= retriesMax) requestAgain(world, device, envelope.sender, envelope.chat, envelope.id, count)
}

/** What became of a message, and what the device says about it to the author. */
export interface Reception {
  readonly outcome: Outcome
  /** What was read; undefined when nothing could be. */
  readonly message: proto.IMessage | undefined
  readonly answer: () => void
}

const read = async (world: World, device: SimulatedDevice, envelope: Envelope): Promise<Reception> => {
  let message: proto.IMessage
  try {
    if (device.failures > 0) {
      device.failures -= 1
      device.signal.forgetSession(deviceName(envelope.sender))
      throw new Error("told to fail")
    }
    message = await decrypt(device, envelope)
  } catch (error) {
    return {
      outcome: "unknown message",
      message: undefined,
      answer: () => askAgain(world, device, envelope, error)
    }
  }
  const outcome = show(world, device, envelope, message)
  const { chat, id, sender } = envelope
  return {
    outcome,
    message,
    answer: () => {
      if (device.receipts !== "none") sendReceipt(world, device, sender, chat, [id], "delivered")
      if (device.receipts === "read") sendReceipt(world, device, sender, chat, [id], "read")
    }
  }
}

const nothing = (): void => {}

/** Brings a message to a simulated device; while that is offline the message waits. */
export const receive = (world: World, device: SimulatedDevice, envelope: Envelope): Promise<Reception> => {
  if (!device.isOnline) {
    device.held.push(envelope)
    return Promise.resolve({ outcome: "applied", message: undefined, answer: nothing })
  }
  const work = device.work.then(() => read(world, device, envelope))
  device.work = work.catch(() => undefined)
  return work
}

/** The device comes online and reads what waited. */
export const goOnline = async (world: World, device: SimulatedDevice): Promise<void> => {
  device.isOnline = true
  for (const envelope of device.held.splice(0)) (await receive(world, device, envelope)).answer()
}
