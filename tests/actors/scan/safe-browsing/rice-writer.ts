/** Coding hashes and positions as Safe Browsing's service does. */
import type { HashWidth } from "../../../../actors/scan/safe-browsing/lists/rice.ts"
import { bytes, fixed64, number } from "./protobuf.ts"

/** Bits, from the lowest of each byte on. */
class Bits {
  private data = Buffer.alloc(1_024)
  private bit = 0

  write(value: number, count: number): void {
    if (this.data.length < (this.bit >>> 3) + 8)
      this.data = Buffer.concat([this.data, Buffer.alloc(this.data.length)])
    for (let at = 0; at < count; at++, this.bit++)
      if (((value >>> at) & 1) === 1) this.data[this.bit >>> 3]! |= 1 << (this.bit & 7)
  }

  done(): Buffer {
    return Buffer.from(this.data.subarray(0, Math.ceil(this.bit / 8)))
  }
}

const wordBits = 32

/** The parameter that suits numbers which are spread evenly over their range. */
export const parameterFor = (width: HashWidth, size: number): number => {
  const top = Math.round(wordBits - Math.log2(Math.max(1, size)))
  return wordBits * (width / 4 - 1) + Math.min(30, Math.max(3, top))
}

/** Numbers of some words each, in ascending order. */
interface Numbers {
  readonly size: number
  readonly words: number
  readonly wordAt: (entry: number, word: number) => number
}

const differences = ({ size, wordAt, words }: Numbers, parameter: number): Buffer => {
  const bits = new Bits()
  const topBits = parameter - wordBits * (words - 1)
  for (let at = 1; at < size; at++) {
    const lower: Array<number> = []
    let borrow = 0
    let top = 0
    for (let word = words - 1; word >= 0; word--) {
      const difference = wordAt(at, word) - wordAt(at - 1, word) - borrow
      borrow = difference < 0 ? 1 : 0
      if (word > 0) lower.push(difference >>> 0)
      else top = difference
    }
    for (let ones = Math.floor(top / 2 ** topBits); ones > 0; ones--) bits.write(1, 1)
    bits.write(0, 1)
    for (const word of lower) bits.write(word, wordBits)
    bits.write(top % 2 ** topBits, topBits)
  }
  return bits.done()
}

const firstParts = ({ wordAt, words }: Numbers): ReadonlyArray<Buffer> => {
  if (words === 1) return [number(1, wordAt(0, 0))]
  return Array.from({ length: words / 2 }, (_, part) => {
    const value = (BigInt(wordAt(0, part * 2)) << 32n) | BigInt(wordAt(0, part * 2 + 1))
    return part === 0 ? number(1, value) : fixed64(part + 1, value)
  })
}

const messageOf = (numbers: Numbers, parameter: number): Buffer => {
  const parts = firstParts(numbers)
  if (numbers.size === 1) return Buffer.concat(parts)
  return Buffer.concat([
    ...parts,
    number(parts.length + 1, parameter),
    number(parts.length + 2, numbers.size - 1),
    bytes(parts.length + 3, differences(numbers, parameter))
  ])
}

/** A message `RiceDeltaEncoded…Bit` of hashes in ascending order, of which there is at least one. */
export const riceMessage = (
  width: HashWidth,
  hashes: ReadonlyArray<Buffer>,
  parameter = parameterFor(width, hashes.length)
): Buffer =>
  messageOf(
    {
      size: hashes.length,
      words: width / 4,
      wordAt: (entry, word) => hashes[entry]!.readUInt32BE(word * 4)
    },
    parameter
  )

/** The same of four-byte hashes or of positions, as they are in memory. */
export const riceMessageOf = (values: Uint32Array): Buffer =>
  messageOf(
    { size: values.length, words: 1, wordAt: (entry) => values[entry]! },
    parameterFor(4, values.length)
  )
