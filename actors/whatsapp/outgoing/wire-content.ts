/** What is written to WhatsApp: a message of its protocol, and the attributes of its stanza. Pure. */
import type { proto } from "@whiskeysockets/baileys"
import type { WireMessage } from "../gateway.ts"

/** The numbers of `Message.ProtocolMessage.Type`: the library that has them is loaded only once it is used. */
const revokeType = 0
const editType = 14

/** What WhatsApp has in the stanza's `edit` attribute. */
const editedMark = "1"
const revokedMark = "7"
const deletedByAdminMark = "8"

/** The message that is answered or reacted to, in JIDs of the chat's own kind. */
export interface Answered {
  readonly author: string
  readonly isOurs: boolean
}

export interface Placed {
  /** The JID of the chat. */
  readonly jid: string
  readonly isGroup: boolean
  readonly answered?: Answered
  /** The JIDs of those who are mentioned. */
  readonly mentioned?: ReadonlyArray<string>
  /** The file, where WhatsApp's media host has it by now. */
  readonly uploaded?: proto.IMessage
  /** 32 bytes that make keys for what refers to the message; the same whenever it is written again. */
  readonly secret: Uint8Array
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface WireContent {
  readonly message: proto.IMessage
  readonly attributes: Readonly<Record<string, string>>
}

/** The message that is replied to, as it is shown above the reply, and who is mentioned. */
const contextOf = ({ quoted, quotes }: WireMessage, { answered, mentioned = [] }: Placed) => {
  const context: proto.IContextInfo = {
    ...(quotes === undefined || answered === undefined
      ? {}
      : { stanzaId: quotes, participant: answered.author, quotedMessage: { conversation: quoted ?? "" } }),
    ...(mentioned.length === 0 ? {} : { mentionedJid: [...mentioned] })
  }
  return Object.keys(context).length === 0 ? {} : { contextInfo: context }
}

const text = (message: WireMessage, placed: Placed): proto.IMessage => ({
  extendedTextMessage: { text: message.text, ...contextOf(message, placed) }
})

/** What was uploaded is one field, which has the quote in it. */
const media = (message: WireMessage, placed: Placed): proto.IMessage => {
  const { uploaded } = placed
  if (uploaded === undefined) throw new Error("expected a file that was uploaded, found none")
  const context = contextOf(message, placed)
  if (uploaded.imageMessage) return { imageMessage: { ...uploaded.imageMessage, ...context } }
  if (uploaded.videoMessage) return { videoMessage: { ...uploaded.videoMessage, ...context } }
  if (uploaded.audioMessage) return { audioMessage: { ...uploaded.audioMessage, ...context } }
  return { documentMessage: { ...uploaded.documentMessage, ...context } }
}

/** A message of ours in the same chat. */
const ours = ({ target }: WireMessage, { jid }: Placed): proto.IMessageKey => {
  if (target === undefined) throw new Error("expected an edit or a revoke to name its message, found none")
  return { remoteJid: jid, fromMe: true, id: target }
}

const reaction = (
  { quotes }: WireMessage,
  { answered, isGroup, jid, now }: Placed,
  emoji: string
): proto.IMessage => {
  if (quotes === undefined || answered === undefined)
    throw new Error("expected a reaction to name its message and who sent that, found none")
  const key = { remoteJid: jid, fromMe: answered.isOurs, id: quotes }
  return {
    reactionMessage: {
      key: isGroup ? { ...key, participant: answered.author } : key,
      text: emoji,
      senderTimestampMs: now
    }
  }
}

/** Another one's message, deleted for everyone: only admins of a group may. */
const deletion = ({ quotes }: WireMessage, { answered, isGroup, jid }: Placed): WireContent => {
  if (quotes === undefined || answered === undefined)
    throw new Error("expected a deletion to name its message and who sent that, found none")
  const key = { remoteJid: jid, fromMe: answered.isOurs, id: quotes }
  return {
    message: {
      protocolMessage: {
        key: isGroup && !answered.isOurs ? { ...key, participant: answered.author } : key,
        type: revokeType
      }
    },
    attributes: { edit: isGroup && !answered.isOurs ? deletedByAdminMark : revokedMark }
  }
}

const secretly = (message: proto.IMessage, { secret }: Placed): WireContent => ({
  message: { ...message, messageContextInfo: { messageSecret: secret } },
  attributes: {}
})

export const contentOf = (message: WireMessage, placed: Placed): WireContent => {
  switch (message.wire) {
    case "text":
      return secretly(text(message, placed), placed)
    case "media":
      return secretly(media(message, placed), placed)
    case "edit":
      return {
        message: {
          protocolMessage: {
            key: ours(message, placed),
            type: editType,
            editedMessage: text(message, placed),
            timestampMs: placed.now
          }
        },
        attributes: { edit: editedMark }
      }
    case "revoke":
      return {
        message: { protocolMessage: { key: ours(message, placed), type: revokeType } },
        attributes: { edit: revokedMark }
      }
    case "delete":
      return deletion(message, placed)
    case "admit":
      throw new Error("expected a message, found people to let into a group")
    case "reaction":
      return { message: reaction(message, placed, message.text), attributes: {} }
    case "unreact":
      return { message: reaction(message, placed, ""), attributes: {} }
  }
}
