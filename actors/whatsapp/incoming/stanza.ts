/** From a stanza's attributes to where a message belongs: the chat, who said it, when, and how it arrived. */
import type { Forms, Origin } from "./heard.ts"
import { bareJid, isPerson, jidsOf, kindOf, statusJid } from "./jid.ts"

type Attributes = Readonly<Record<string, string>>

/** Who we are: JIDs of the linked account, bare. */
export interface SelfForms {
  readonly phone: string
  readonly lid?: string
}

export const selfForms = ({ phone, lid }: SelfForms): Forms => [phone, ...(lid === undefined ? [] : [lid])]

export const isSelf = (self: SelfForms, jid: string | undefined): boolean =>
  jid !== undefined && (jid === self.phone || jid === self.lid)

/** All forms of one account: those of `self` where it is the linked one. */
export const formsOf = (
  self: SelfForms,
  ...candidates: ReadonlyArray<string | null | undefined>
): Forms | undefined => {
  const [first, ...rest] = jidsOf(...candidates)
  if (first === undefined) return undefined
  if ([first, ...rest].some((jid) => isSelf(self, jid))) return selfForms(self)
  // Only people have two forms.
  return isPerson(first) ? [first, ...rest.filter(isPerson)] : [first]
}

/** WhatsApp's clock counts seconds. */
export const millisOf = (seconds: string | number | undefined, otherwise: number): number => {
  const millis = Number(seconds) * 1_000
  return Number.isSafeInteger(millis) && millis > 0 ? millis : otherwise
}

interface Place {
  readonly chat: Forms | undefined
  readonly sender: Forms | undefined
}

const placeOf = (attributes: Attributes, self: SelfForms): Place => {
  const { participant, recipient } = attributes
  const from = bareJid(attributes.from)
  if (from === undefined) return { chat: undefined, sender: undefined }
  const member = () => formsOf(self, participant, attributes.participant_lid, attributes.participant_pn)
  switch (kindOf(from)) {
    case "group":
      return { chat: [from], sender: member() }
    case "broadcast":
      // What is sent to a list of ours or of theirs is shown in the chat with them; a status is shown by itself.
      return from === statusJid ? { chat: [from], sender: member() } : { chat: member(), sender: member() }
    case "phone":
    case "lid":
    case "bot": {
      const { sender_lid, sender_pn, peer_recipient_lid, peer_recipient_pn } = attributes
      const sender = formsOf(self, from, sender_lid, sender_pn)
      if (recipient === undefined) return { chat: sender, sender }
      const { recipient_lid, recipient_pn } = attributes
      const others = [recipient_lid, recipient_pn, peer_recipient_lid, peer_recipient_pn]
      return { chat: formsOf(self, recipient, ...others), sender }
    }
    case "channel":
    case "other":
      return { chat: [from], sender: [from] }
  }
}

/** Where a message belongs; `undefined` where its envelope does not say. */
export const originOf = (attributes: Attributes, self: SelfForms, arrivedAt: number): Origin | undefined => {
  const { chat, sender } = placeOf(attributes, self)
  const { id, notify } = attributes
  if (chat === undefined || sender === undefined || id === undefined || id === "") return undefined
  return {
    chat,
    sender,
    own: isSelf(self, sender[0]),
    id,
    at: millisOf(attributes.t, arrivedAt),
    arrival: attributes.offline === undefined ? "live" : "replayed",
    ...(notify === undefined || notify === "" ? {} : { name: notify })
  }
}
