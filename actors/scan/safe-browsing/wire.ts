/**
 * Reading Protocol Buffers, which is what Safe Browsing answers: the wire format alone, a field at a time.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */

/** What cannot be read as a message. */
export class WireBroken extends Error {}

/** One field as it stands in a message: a whole number of any kind, or bytes (a text, a message, a packed row). */
export type Field = {
  readonly number: number
  readonly value: bigint | Buffer
}

const varintBytesMax = 10
const fieldNumberMax = 0x1f_ff_ff_ffn
const kinds = { varint: 0, eightBytes: 1, delimited: 2, fourBytes: 5 } as const

/** Walks over the fields of a message in their order; unknown ones are for the caller to pass over. */
export function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let byte = 0; byte < varintBytesMax; byte++) {
      const next = message[at++]
      if (next === undefined) throw new WireBroken("it ends within a number")
      value |= BigInt(next & 0x7f) << BigInt(7 * byte)
      if (next < 0x80) return BigInt.asUintN(64, value)
    }
    throw new WireBroken("a number in it has no end")
  }
  const bytes = (length: number): Buffer => {
    if (length > message.length - at) throw new WireBroken("it ends within a field")
    at += length
    return message.subarray(at - length, at)
  }
  while (at < message.length) {
    const tag = varint()
    const number = tag >> 3n
    if (number === 0n || number > fieldNumberMax) throw new WireBroken("a field in it has no number")
    const kind = Number(tag & 7n)
    if (kind === kinds.varint) yield { number: Number(number), value: varint() }
    else if (kind === kinds.eightBytes) yield { number: Number(number), value: bytes(8).readBigUInt64LE() }
    else if (kind === kinds.fourBytes)
      yield { number: Number(number), value: BigInt(bytes(4).readUInt32LE()) }
    else if (kind === kinds.delimited) yield { number: Number(number), value: bytes(Number(varint())) }
    else throw new WireBroken(`a field in it is of kind ${kind}, which there is not`)
  }
}

/** A field that is a message, a text or bytes. */
export const bytesIn = ({ value }: Field): Buffer => {
  if (typeof value === "bigint") throw new WireBroken("a number stands where bytes are expected")
  return value
}

/** A field that is a number without a sign, of 64 bits at most. */
export const unsignedIn = ({ value }: Field): bigint => {
  if (typeof value !== "bigint") throw new WireBroken("bytes stand where a number is expected")
  return value
}

/** A field that is an `int32`, an `int64`, a `bool` or an `enum`, whose sign is that of 64 bits. */
export const numberIn = (field: Field): number => Number(BigInt.asIntN(64, unsignedIn(field)))

/** A `google.protobuf.Duration` in seconds; parts of one are dropped. */
export const secondsIn = (field: Field): number => {
  let seconds = 0
  for (const part of fieldsOf(bytesIn(field))) if (part.number === 1) seconds = numberIn(part)
  return seconds
}
