/**
 * What decoding passes over in silence, found in the bytes: kinds of message that Baileys does not know.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
import type { proto } from "@whiskeysockets/baileys"

interface WireField {
  readonly number: number
  /** The content of a length-delimited field. */
  readonly content: Uint8Array | undefined
}

/** How far wrappers within wrappers are looked into. */
const depthMax = 100

/** How many are named: whoever makes up more says nothing new by it. */
const namedMax = 32

const readVarint = (bytes: Uint8Array, from: number): { readonly value: number; readonly end: number } => {
  let value = 0
  let scale = 1
  for (let at = from; at < bytes.length; at++, scale *= 128) {
    value += (bytes[at]! & 0x7f) * scale
    if (bytes[at]! < 0x80) return { value, end: at + 1 }
  }
  return { value, end: bytes.length }
}

/** The fields of one message in the order of its bytes. It ends at what is no field. */
const wireFields = (bytes: Uint8Array): ReadonlyArray<WireField> => {
  const fields: Array<WireField> = []
  let at = 0
  while (at < bytes.length) {
    const tag = readVarint(bytes, at)
    const number = Math.floor(tag.value / 8)
    const skip = { 1: 8, 5: 4 }[tag.value % 8]
    const length = readVarint(bytes, tag.end)
    at = skip === undefined ? length.end : tag.end + skip
    if (tag.value % 8 !== 2) {
      fields.push({ number, content: undefined })
      if (![0, 1, 5].includes(tag.value % 8)) return fields
      continue
    }
    fields.push({ number, content: bytes.subarray(at, at + length.value) })
    at += length.value
  }
  return fields
}

/** The content of the last field of a number, as decoding takes it. */
export const fieldContent = (bytes: Uint8Array, number: number): Uint8Array | undefined =>
  wireFields(bytes).findLast((field) => field.number === number)?.content

interface KnownField {
  readonly name: string
  /** The number, in what it holds, of the message that it wraps. */
  readonly wraps: number | undefined
}

const fieldNames = (prototype: object): ReadonlyArray<string> =>
  Object.entries(prototype)
    .filter(([, value]) => typeof value !== "function")
    .map(([name]) => name)

/** The fields of `proto.Message` by their numbers, which its encoder knows and its types do not tell. */
const knownFields = ({ Message }: typeof proto): ReadonlyMap<number, KnownField> => {
  /** Where an object of the protocol holds a message. */
  const wrapped = (holder: unknown): number | undefined => {
    if (holder instanceof Message.ProtocolMessage)
      return wireFields(Message.ProtocolMessage.encode({ editedMessage: {} }).finish())[0]?.number
    for (const type of [Message.FutureProofMessage, Message.DeviceSentMessage, Message.CommentMessage])
      if (holder instanceof type) return wireFields(type.encode({ message: {} }).finish())[0]?.number
    return undefined
  }
  return new Map(
    fieldNames(Message.prototype).map((name) => {
      const probe = Message.encode(Message.create({ [name]: "" })).finish()
      const holder: unknown = Reflect.get(Message.decode(probe), name)
      return [wireFields(probe)[0]!.number, { name, wraps: wrapped(holder) }] as const
    })
  )
}

/**
 * Makes a finder of what decoding passes over: unknown kinds by their field numbers, and kinds that are there
 * twice, marked with an asterisk, each with the wrappers that it lies in.
 */
export const unknownFieldFinder = (protocol: typeof proto) => {
  const known = knownFields(protocol)

  const find = (message: Uint8Array, path: string, depth: number): ReadonlyArray<string> => {
    const seen = new Set<number>()
    return wireFields(message).flatMap(({ number, content }) => {
      const field = known.get(number)
      if (field === undefined) return [`${path}#${number}`]
      // Baileys keeps the last of two; others join them, and may show what it dropped.
      if (seen.has(number)) return [`${path}${field.name}*`]
      seen.add(number)
      if (field.wraps === undefined || content === undefined || depth >= depthMax) return []
      return wireFields(content).flatMap((inner) =>
        inner.number === field.wraps && inner.content !== undefined
          ? find(inner.content, `${path}${field.name}.`, depth + 1)
          : []
      )
    })
  }

  /**
   * @example unknownFields(bytes) // ["ephemeralMessage.#200"]
   */
  return (message: Uint8Array): ReadonlyArray<string> => [...new Set(find(message, "", 0))].slice(0, namedMax)
}
