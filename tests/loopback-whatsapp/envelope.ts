import { address, canonical, otherForm } from "./people.ts"
import { node, type Attributes, type Node } from "./protocol/nodes.ts"
import { deviceName } from "./simulated-device.ts"
import type { Addressing, Chat, Device, Envelope, Person } from "./world.ts"

/** The server's one name for a chat, as `viewer` has it in their list. */
export const chatName = (chat: Chat, viewer: Person): string => {
  switch (chat.kind) {
    case "direct":
      return canonical(chat.between[0] === viewer ? chat.between[1] : chat.between[0])
    case "group":
      return chat.group.jid
    case "status":
      return "status@broadcast"
    case "channel":
      return chat.jid
  }
}

/** The name of a sender's key in a chat. */
export const senderKeyName = (chat: Chat, sender: Device): string =>
  `${chatName(chat, sender.person)}/${deviceName(sender)}`

/** The attribute that carries the other form of an address: `sender_pn` beside a LID and so on. */
const alternative = (prefix: string, person: Person, form: Addressing): Record<string, string> =>
  person.revealsOtherForm ? { [`${prefix}_${otherForm(form)}`]: address(person, otherForm(form)) } : {}

const direct = (sender: Device, other: Person, recipient: Person): Attributes => {
  if (sender.person !== recipient) {
    const form = sender.person.addressing
    return {
      from: address(sender.person, form, sender.id),
      addressing_mode: form,
      ...alternative("sender", sender.person, form)
    }
  }
  const form = other.addressing
  // Between devices of one account without a chat: histories, keys and the like.
  if (other === recipient) return { from: address(recipient, form, sender.id) }
  return {
    from: address(sender.person, form, sender.id),
    recipient: address(other, form),
    addressing_mode: form,
    ...alternative("peer_recipient", other, form)
  }
}

/** Who says it and where, as the stanza to a device of `recipient` tells it. */
export const origin = (chat: Chat, sender: Device, recipient: Person): Attributes => {
  const { person, id } = sender
  switch (chat.kind) {
    case "direct":
      return direct(sender, chat.between[0] === recipient ? chat.between[1] : chat.between[0], recipient)
    case "group": {
      const form = chat.group.addressing
      return {
        from: chat.group.jid,
        participant: address(person, form, id),
        addressing_mode: form,
        ...alternative("participant", person, form)
      }
    }
    case "status":
      return {
        from: "status@broadcast",
        participant: address(person, "lid", id),
        addressing_mode: "lid",
        ...alternative("participant", person, "lid")
      }
    case "channel":
      return { from: chat.jid, server_id: "1" }
  }
}

/** The stanza that brings an envelope to a device of `recipient`. */
export const stanza = (envelope: Envelope, recipient: Person): Node =>
  node(
    "message",
    {
      ...origin(envelope.chat, envelope.sender, recipient),
      id: envelope.id,
      t: String(Math.floor(envelope.time / 1000)),
      notify: envelope.sender.person.name,
      type: "text",
      ...envelope.attributes
    },
    [
      ...envelope.parts.map(({ attributes, content, type }) =>
        node("enc", { v: "2", type, ...attributes }, content)
      ),
      ...envelope.extra
    ]
  )
