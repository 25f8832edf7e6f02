/**
 * Rice-delta coded hashes and positions: the first as it is, and of each other how far it is from the one before, the
 * upper bits of that in unary, the lower ones as they are.
 *
 * @see https://developers.google.com/safe-browsing/reference/Local.Database
 */

/** What is no such coding. */
export class RiceBroken extends Error {}

/** How many bytes the hashes of a list have. */
export type HashWidth = 4 | 8 | 16 | 32

/** Numbers of `width` bytes in ascending order, coded. */
export interface RiceCoded {
  readonly width: HashWidth
  /** The first number, in words of 32 bits, the most significant first. */
  readonly first: Uint32Array
  /** How many bits of a difference stand as they are. */
  readonly parameter: number
  /** How many numbers come after the first. */
  readonly count: number
  readonly data: Buffer
}

const wordBytes = 4
const wordBits = 32
const wordMax = 0xff_ff_ff_ff
/** Of the bits in the uppermost word; the same for every width. */
const parameterLeast = 3
const parameterMost = 30

/** Reads the numbers one part after the other, so that a long list holds up nobody. */
export class RiceReader {
  /** How many numbers there are. */
  readonly size: number
  /** How many words each has. */
  readonly words: number
  private readonly last: Uint32Array
  private readonly data: Buffer
  private readonly topBits: number
  private bit = 0
  private done = 0

  constructor({ count, data, first, parameter, width }: RiceCoded) {
    this.words = width / wordBytes
    this.topBits = parameter - wordBits * (this.words - 1)
    this.size = count + 1
    this.data = data
    this.last = first.slice()
    if (first.length !== this.words) throw new RiceBroken("the first number is of another width")
    if (count === 0) return
    if (this.topBits < parameterLeast || this.topBits > parameterMost)
      throw new RiceBroken(`a parameter of ${parameter} is none for ${width} bytes`)
    if (count < 0 || count * (parameter + 1) > data.length * 8)
      throw new RiceBroken(`${count} numbers do not fit into ${data.length} bytes`)
  }

  /** Puts the next numbers into `into`, as many as it has room for, and says how many: 0 at the end. */
  read(into: Uint32Array): number {
    const { last, words } = this
    const wanted = Math.min(Math.floor(into.length / words), this.size - this.done)
    for (let entry = 0; entry < wanted; entry++) {
      if (this.done > 0) this.advance()
      for (let word = 0; word < words; word++) into[entry * words + word] = last[word]!
      this.done++
    }
    return wanted
  }

  private advance(): void {
    const { last, topBits } = this
    const upper = this.ones() * 2 ** topBits
    let carry = 0
    // The lower words come first, as the lower bits do.
    for (let word = this.words - 1; word > 0; word--) {
      const sum = last[word]! + this.bits(wordBits) + carry
      last[word] = sum
      carry = sum > wordMax ? 1 : 0
    }
    const sum = last[0]! + upper + this.bits(topBits) + carry
    if (sum > wordMax) throw new RiceBroken("a number is too large")
    last[0] = sum
  }

  private ones(): number {
    let count = 0
    while (this.bits(1) === 1) count++
    return count
  }

  /** The next bits, up to 32 of them: from the lowest of each byte on. */
  private bits(wanted: number): number {
    const { data } = this
    let value = 0
    for (let got = 0; got < wanted;) {
      const byte = data[this.bit >>> 3]
      if (byte === undefined) throw new RiceBroken("it ends within a number")
      const from = this.bit & 7
      const taken = Math.min(8 - from, wanted - got)
      value |= ((byte >>> from) & ((1 << taken) - 1)) << got
      got += taken
      this.bit += taken
    }
    return value >>> 0
  }
}
