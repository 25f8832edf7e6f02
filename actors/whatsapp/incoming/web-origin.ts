/** From the envelope of a message that a phone hands over, to where the message belongs. */
import type { proto } from "@whiskeysockets/baileys"
import type { Forms, Origin } from "./heard.ts"
import { bareJid, kindOf, statusJid } from "./jid.ts"
import { formsOf, millisOf, selfForms, type SelfForms } from "./stanza.ts"

const secondsOf = (time: proto.IWebMessageInfo["messageTimestamp"]): number | undefined =>
  time === null || time === undefined ? undefined : Number(time)

const senderOf = (info: proto.IWebMessageInfo, chat: string, self: SelfForms): Forms | undefined => {
  if (info.key?.fromMe === true) return selfForms(self)
  const kind = kindOf(chat)
  if (kind === "channel" || kind === "other") return [chat]
  return formsOf(self, info.key?.participant || info.participant || (kind === "group" ? undefined : chat))
}

/** Where such a message belongs; `undefined` where its envelope does not say. */
export const webOriginOf = (
  info: proto.IWebMessageInfo,
  arrival: Origin["arrival"],
  self: SelfForms,
  arrivedAt: number
): Origin | undefined => {
  const { key, pushName } = info
  const remote = bareJid(key?.remoteJid)
  const id = key?.id ?? ""
  if (remote === undefined || id === "") return undefined
  const sender = senderOf(info, remote, self)
  // What was sent to a list is shown in the chat with who sent it.
  const isList = kindOf(remote) === "broadcast" && remote !== statusJid && key?.fromMe !== true
  const chat = isList ? sender : formsOf(self, remote)
  if (chat === undefined || sender === undefined) return undefined
  return {
    chat,
    sender,
    own: key?.fromMe === true,
    id,
    at: millisOf(secondsOf(info.messageTimestamp), arrivedAt),
    arrival,
    ...(pushName === null || pushName === undefined || pushName === "" ? {} : { name: pushName })
  }
}
