/**
 * Reading a message: every text in it, at any depth and through every wrapper, and what it is besides.
 *
 * It walks over what Baileys decoded, whatever the kinds of message are, in the order in which the protocol's
 * definition declares the fields; what comes along as context is read last.
 */
import type { proto } from "@whiskeysockets/baileys"
import { contentKinds, type ContentKind } from "./content-kinds.ts"
import { quotedFields, silentFields, silentTypes, spelledFields } from "./field-rules.ts"
import { isPicture, type Picture, pictureOf } from "./pictures/picture.ts"
import { jsonTexts } from "./json-texts.ts"
import { vcardTexts } from "./vcard.ts"

/** How many objects may lie within one another: twice the wrappers, for each is two. Real messages need ten. */
const depthMax = 200

export interface Reading {
  /** What is shown in the chat, or opened from it. */
  readonly posted: Array<string>
  /** What the sender made out somebody else to have said before. */
  readonly quoted: Array<string>
  /** The kinds of message that it is, with the fields that say so. */
  readonly kinds: Map<ContentKind, Set<string>>
  readonly protocol: Array<proto.Message.IProtocolMessage>
  readonly reactions: Array<proto.Message.IReactionMessage>
  /** What may have codes in it. */
  readonly pictures: Array<Picture>
  /** Something lies deeper than anybody reads. */
  tooDeep: boolean
  /** The id of the message that it replies to. */
  answers?: string
}

interface TypeRules {
  /** Without `proto.` and `Message.` in front; `Message` itself. */
  readonly name: string
  /** In the order in which they are read. */
  readonly fields: ReadonlyArray<string>
}

const rulesByType = new Map<unknown, TypeRules | undefined>()

const contextFields: ReadonlyArray<string> = ["contextInfo", "messageContextInfo"]

/** What a decoded object is an instance of; `undefined` for bytes and large numbers. */
const rulesOf = (value: object): TypeRules | undefined => {
  const type: unknown = value.constructor
  if (rulesByType.has(type)) return rulesByType.get(type)
  const rules = makeRules(type)
  rulesByType.set(type, rules)
  return rules
}

const makeRules = (type: unknown): TypeRules | undefined => {
  if (typeof type !== "function" || !("getTypeUrl" in type) || typeof type.getTypeUrl !== "function") return
  const name = String(type.getTypeUrl("")).replace(/^\/proto\.(?:Message\.)?/u, "")
  if (silentTypes.has(name)) return { name, fields: [] }
  const silent = silentFields[name]
  // Fields are the prototype's default values; the functions beside them are its methods.
  const declared = Object.entries(type.prototype as object)
    .filter(([, value]) => typeof value !== "function")
    .map(([field]) => field)
    .filter((field) => silent?.has(field) !== true)
  const isContext = (field: string) => contextFields.includes(field)
  return { name, fields: [...declared.filter((it) => !isContext(it)), ...declared.filter(isContext)] }
}

const spelled = (place: string, text: string): ReadonlyArray<string> => {
  const spelling = spelledFields[place]
  if (spelling === undefined) return [text]
  return spelling === "json" ? jsonTexts(text) : vcardTexts(text)
}

/** The code of a group is shown as a button; what it opens is this link. */
const inviteLink = (code: string | null | undefined): ReadonlyArray<string> =>
  code === null || code === undefined || code === "" ? [] : [`https://chat.whatsapp.com/${code}`]

/** Makes a reader of messages that were decoded by `proto`. */
export const messageReader = (protocol: typeof proto) => {
  const { Message } = protocol

  const noteKinds = (message: object, into: Reading) => {
    for (const [field, value] of Object.entries(message)) {
      if (value === null || value === undefined) continue
      // A kind that is not decided about is shown, until somebody decides.
      const kind: ContentKind =
        field in contentKinds ? contentKinds[field as keyof typeof contentKinds] : "post"
      into.kinds.set(kind, (into.kinds.get(kind) ?? new Set()).add(field))
    }
  }

  const readValue = (value: unknown, place: string, quoted: boolean, depth: number, into: Reading): void => {
    if (typeof value === "string") {
      if (value !== "") (quoted ? into.quoted : into.posted).push(...spelled(place, value))
    } else if (Array.isArray(value)) {
      for (const item of value) readValue(item, place, quoted, depth, into)
    } else if (value instanceof Uint8Array) {
      if (place in spelledFields) readValue(Buffer.from(value).toString("utf8"), place, quoted, depth, into)
    } else if (typeof value === "object" && value !== null) readObject(value, quoted, depth, into)
  }

  const readObject = (value: object, quoted: boolean, depth: number, into: Reading): void => {
    const rules = rulesOf(value)
    if (rules === undefined) return
    if (depth > depthMax) {
      into.tooDeep = true
      return
    }
    if (!quoted) {
      if (value instanceof protocol.ContextInfo && value.stanzaId) into.answers ??= value.stanzaId
      if (value instanceof Message) noteKinds(value, into)
      if (value instanceof Message.ImageMessage) into.pictures.push(pictureOf("image", value))
      if (value instanceof Message.DocumentMessage && isPicture(value))
        into.pictures.push(pictureOf("document", value))
      if (value instanceof Message.ReactionMessage) return void into.reactions.push(value)
      if (value instanceof Message.ProtocolMessage) into.protocol.push(value)
      if (value instanceof Message.GroupInviteMessage) into.posted.push(...inviteLink(value.inviteCode))
    }
    for (const field of rules.fields) {
      // What is unset stands on the prototype only. An edit's new words are read by who reads the edit.
      if (
        !Object.hasOwn(value, field) ||
        (value instanceof Message.ProtocolMessage && field === "editedMessage")
      )
        continue
      const place = `${rules.name}.${field}`
      readValue(Reflect.get(value, field), place, quoted || quotedFields.has(place), depth + 1, into)
    }
  }

  return (message: proto.IMessage): Reading => {
    const into: Reading = {
      posted: [],
      quoted: [],
      kinds: new Map(),
      protocol: [],
      reactions: [],
      pictures: [],
      tooDeep: false
    }
    readObject(message, false, 0, into)
    return into
  }
}

/** Texts one below the other. One that an earlier one is, or has as a word, is not said again. */
export const joinTexts = (texts: ReadonlyArray<string>): string => {
  const seen = new Set<string>()
  return texts
    .filter((text) => {
      if (text.trim() === "" || seen.has(text)) return false
      seen.add(text)
      for (const word of text.split(/\s+/u)) seen.add(word)
      return true
    })
    .join("\n")
}
