/**
 * From the bytes of a message to what was heard: posts, edits, deletions, reactions, and what could not be read.
 * Pure, and it never throws: bytes that are no message are heard as unreadable.
 */
import type { proto } from "@whiskeysockets/baileys"
import type { ContentKind } from "./content-kinds.ts"
import type { Forms, Heard, HeardFrom, Origin, Target, Texts } from "./heard.ts"
import { kindOf, statusJid } from "./jid.ts"
import { joinTexts, messageReader, type Reading } from "./read-message.ts"
import { formsOf, type SelfForms, selfForms } from "./stanza.ts"
import { stubHeard } from "./stub.ts"
import { fieldContent, unknownFieldFinder } from "./unknown-fields.ts"
import { webOriginOf } from "./web-origin.ts"

/** A message that lies deeper than this within others is not looked for any more. */
const nestedMax = 8

/** The field of `proto.WebMessageInfo` that holds the message. */
const webMessageField = 2

const textsOf = ({ answers, posted, quoted }: Reading, unread: ReadonlyArray<string>): Texts => ({
  posted: joinTexts(posted),
  quoted: joinTexts(quoted),
  unread,
  ...(answers === undefined ? {} : { answers })
})

const namesOf = ({ kinds }: Reading, kind: ContentKind): ReadonlyArray<string> => [...(kinds.get(kind) ?? [])]

/** What a message is when it is nothing else. */
const asideOf = (reading: Reading): Heard => {
  const [of] = [...namesOf(reading, "aside"), ...namesOf(reading, "action"), ...namesOf(reading, "wrapper")]
  return { what: "aside", of: of ?? "nothing" }
}

/** Whose message a key is about: keys are written as their writer sees the chat. */
const authorOf = (key: proto.IMessageKey, origin: Origin, self: SelfForms): Forms | undefined => {
  if (key.fromMe === true) return origin.sender
  if (key.participant !== null && key.participant !== undefined && key.participant !== "")
    return formsOf(self, key.participant)
  if (kindOf(origin.chat[0]) === "channel") return origin.chat
  if (kindOf(origin.chat[0]) === "group") return undefined
  return origin.own ? origin.chat : selfForms(self)
}

const targetOf = (
  key: proto.IMessageKey | null | undefined,
  origin: Origin,
  self: SelfForms
): Target | undefined => {
  const id = key?.id ?? ""
  const sender = key === null || key === undefined ? undefined : authorOf(key, origin, self)
  return sender === undefined || id === "" ? undefined : { sender, id }
}

/** Only its sender deletes a message for everyone; in a group, an admin may delete another one's. */
const mayRevoke = (target: Target, origin: Origin): boolean =>
  kindOf(origin.chat[0]) === "group" || target.sender[0] === origin.sender[0]

/** Whether pictures are looked at there: not those of the past, nor those of a status. */
const brings = ({ arrival, chat: [chat] }: Origin): boolean => arrival !== "imported" && chat !== statusJid

/** Makes a decoder out of Baileys' definition of the protocol. */
export const messageDecoder = (protocol: typeof proto) => {
  const read = messageReader(protocol)
  const unknownFields = unknownFieldFinder(protocol)
  const { Type } = protocol.Message.ProtocolMessage

  const reactionOf = (
    { key, text }: proto.Message.IReactionMessage,
    origin: Origin,
    self: SelfForms
  ): Heard => {
    const target = targetOf(key, origin, self)
    if (target === undefined && (text ?? "") !== "")
      return { what: "post", texts: { posted: text ?? "", quoted: "", unread: [] } }
    if (target === undefined) return { what: "aside", of: "reactionMessage" }
    return { what: "reaction", target, text: text ?? "", at: origin.at }
  }

  /** New words that do not say of which message they are: they are words all the same. */
  const strayWords = (edited: proto.IMessage, unread: ReadonlyArray<string>): Heard => ({
    what: "post",
    texts: textsOf(read(edited), unread)
  })

  /** A device of ours asked the phone for a message that came without its content. Anybody could say so of theirs. */
  const resent = (
    response: proto.Message.IPeerDataOperationRequestResponseMessage | null | undefined,
    origin: Origin,
    self: SelfForms,
    depth: number
  ): ReadonlyArray<HeardFrom> =>
    !origin.own || depth >= nestedMax
      ? []
      : (response?.peerDataOperationResult ?? []).flatMap(({ placeholderMessageResendResponse }) => {
          const bytes = placeholderMessageResendResponse?.webMessageInfoBytes
          if (bytes === null || bytes === undefined || bytes.length === 0) return []
          return decodeWebMessage(bytes, "replayed", self, origin.at, depth + 1)
        })

  const protocolHeard = (
    message: proto.Message.IProtocolMessage,
    origin: Origin,
    self: SelfForms,
    unread: ReadonlyArray<string>,
    depth: number
  ): ReadonlyArray<HeardFrom> => {
    // Where it does not say, it is the first of them, as in every client that follows the definition.
    const type = message.type ?? Type.REVOKE
    const id = message.key?.id ?? ""
    const { editedMessage: edited } = message
    // The sender's own clock says when, too, but it could say anything, and hide every later edit behind it.
    if (type === Type.MESSAGE_EDIT && edited && id !== "")
      return [{ origin, heard: { what: "edit", id, at: origin.at, texts: textsOf(read(edited), unread) } }]
    if (edited) return [{ origin, heard: strayWords(edited, unread) }]
    if (type === Type.REVOKE) {
      const target = targetOf(message.key, origin, self)
      if (target !== undefined && mayRevoke(target, origin))
        return [{ origin, heard: { what: "revoke", target } }]
    }
    if (type === Type.PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE)
      return resent(message.peerDataOperationRequestResponseMessage, origin, self, depth)
    return [{ origin, heard: { what: "aside", of: `protocolMessage.${Type[type] ?? String(type)}` } }]
  }

  const heardIn = (
    message: proto.IMessage,
    unread: ReadonlyArray<string>,
    origin: Origin,
    self: SelfForms,
    depth: number
  ): ReadonlyArray<HeardFrom> => {
    const reading = read(message)
    const missed = reading.tooDeep ? [...unread, "deeper"] : unread
    const actions = [
      ...reading.protocol.flatMap((it) => protocolHeard(it, origin, self, missed, depth)),
      ...reading.reactions.map((it) => ({ origin, heard: reactionOf(it, origin, self) }))
    ]
    const own: Array<Heard> = []
    const encrypted = namesOf(reading, "encrypted")
    const isSaid = reading.posted.length > 0 || namesOf(reading, "post").length > 0
    if (isSaid) own.push({ what: "post", texts: textsOf(reading, missed) })
    else if (encrypted.length > 0) own.push({ what: "unreadable", reason: "encrypted", fields: encrypted })
    else if (missed.length > 0 && !actions.some(({ heard }) => heard.what === "edit"))
      own.push({ what: "unreadable", reason: "unknown", fields: missed })
    else if (actions.length === 0) own.push(asideOf(reading))
    const { pictures } = reading
    const brought = pictures.length > 0 && brings(origin) ? { pictures } : {}
    return [...own.map((heard) => ({ origin, heard, ...(heard.what === "post" ? brought : {}) })), ...actions]
  }

  const malformed = (origin: Origin): ReadonlyArray<HeardFrom> => [
    { origin, heard: { what: "unreadable", reason: "malformed", fields: [] } }
  ]

  const decodeMessage = (
    bytes: Uint8Array,
    origin: Origin,
    self: SelfForms,
    depth = 0
  ): ReadonlyArray<HeardFrom> => {
    const message = decoded(() => protocol.Message.decode(bytes))
    return message === undefined
      ? malformed(origin)
      : heardIn(message, unknownFields(bytes), origin, self, depth)
  }

  /** A message as phones hand them over, with its envelope. Empty where it does not say whose it is. */
  const decodeWebMessage = (
    bytes: Uint8Array,
    arrival: Origin["arrival"],
    self: SelfForms,
    arrivedAt: number,
    depth = 0
  ): ReadonlyArray<HeardFrom> => {
    const info = decoded(() => protocol.WebMessageInfo.decode(bytes))
    const origin = info === undefined ? undefined : webOriginOf(info, arrival, self, arrivedAt)
    if (info === undefined || origin === undefined) return []
    const content = fieldContent(bytes, webMessageField)
    return content === undefined
      ? stubHeard(protocol, info, origin, self).map((heard) => ({ origin, heard }))
      : decodeMessage(content, origin, self, depth)
  }

  return { decodeMessage, decodeWebMessage }
}

export type MessageDecoder = ReturnType<typeof messageDecoder>

/** Runs what Baileys may refuse; `undefined` then. */
const decoded = <A>(run: () => A): A | undefined => {
  try {
    return run()
  } catch {
    return undefined
  }
}
