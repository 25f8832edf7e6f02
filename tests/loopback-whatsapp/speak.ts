import { normalizeMessageContent, proto } from "@whiskeysockets/baileys"
import { directParts, groupParts, type Spoiling } from "./ciphertexts.ts"
import { stanza } from "./envelope.ts"
import { node, type Attributes, type Node } from "./protocol/nodes.ts"
import { push } from "./push.ts"
import { show } from "./receive.ts"
import type { Chat, Device, Envelope, LinkedDevice, Person, SimulatedDevice, World } from "./world.ts"

export interface SpeakOptions {
  readonly id?: string
  readonly spoil?: Spoiling
  /** More attributes of the stanza, over the usual ones. */
  readonly attributes?: Attributes
  /** More nodes of the stanza. */
  readonly extra?: readonly Node[]
  /** Only these linked devices get it, instead of all in the chat. */
  readonly only?: readonly LinkedDevice[]
}

/** Who gets what is said in a chat. */
const audience = (chat: Chat, world: World): readonly Person[] => {
  switch (chat.kind) {
    case "direct":
      return chat.between
    case "group":
      return [...chat.group.members.keys()]
    case "status":
    case "channel":
      return world.people.all()
  }
}

/** What a stanza holds beside or instead of ciphertexts. */
const unencrypted = (chat: Chat, message: proto.IMessage, spoil: Spoiling | undefined): readonly Node[] => {
  if (spoil === "absent") return [node("unavailable", { hosted: "false" })]
  if (chat.kind !== "channel") return []
  return [node("plaintext", {}, proto.Message.encode(proto.Message.fromObject(message)).finish())]
}

const recipients = (world: World, sender: SimulatedDevice, chat: Chat): readonly Device[] =>
  [...new Set(audience(chat, world))]
    .flatMap((person) => [...person.devices.values()])
    .filter((device) => device !== sender)

/** The `type` of a stanza, by what its message holds. */
const stanzaType = (message: proto.IMessage): string => {
  const content = normalizeMessageContent(message) ?? {}
  if (content.reactionMessage) return "reaction"
  if (content.pollCreationMessage ?? content.pollCreationMessageV3 ?? content.pollUpdateMessage) return "poll"
  if (content.eventMessage) return "event"
  return (content.imageMessage ?? content.videoMessage ?? content.documentMessage ?? content.audioMessage)
    ? "media"
    : "text"
}

const say = async (
  world: World,
  sender: SimulatedDevice,
  chat: Chat,
  message: proto.IMessage,
  options: SpeakOptions & { readonly id: string }
): Promise<void> => {
  const { extra = [], id, only, spoil } = options
  const attributes: Attributes = { type: stanzaType(message), ...options.attributes }
  sender.sent.set(id, { chat, message, attributes })
  const base: Omit<Envelope, "parts"> = { id, chat, sender, time: world.clock.now(), attributes, extra }
  const everyone = recipients(world, sender, chat)
  const linked = everyone.filter((device) => device.kind === "linked")
  const isShared = chat.kind === "group" || chat.kind === "status"
  const shared = isShared ? groupParts(world, sender, chat, message, spoil) : undefined
  for (const recipient of only ?? linked) {
    const parts = await (shared?.(recipient) ?? directParts(world, sender, recipient, chat, message, spoil))
    push(
      world,
      recipient,
      stanza({ ...base, parts, extra: [...extra, ...unencrypted(chat, message, spoil)] }, recipient.person)
    )
  }
  if (attributes.category === "peer") return
  if (chat.kind === "direct")
    for (const person of chat.between) world.accounts.get(person)?.known.add(sender.person)
  // Between two simulated devices there is nothing to test about the cipher, so none is used.
  for (const device of [sender, ...everyone])
    if (device.kind === "simulated") show(world, device, base, message)
}

/** A simulated device says something; its id, once it is on its way to every client in the chat. */
export const speak = async (
  world: World,
  sender: SimulatedDevice,
  chat: Chat,
  message: proto.IMessage,
  options: SpeakOptions = {}
): Promise<string> => {
  const id = options.id ?? world.ids.message()
  const work = sender.work.then(() => say(world, sender, chat, message, { ...options, id }))
  sender.work = work.catch(() => undefined)
  await work
  return id
}
