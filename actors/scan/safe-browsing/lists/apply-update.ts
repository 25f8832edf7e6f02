/** Making the next list of the one before and what the service says has changed. */
import { createHash } from "node:crypto"
import { pause } from "../../feeds/feed-file.ts"
import { type Hashes, hashesBuilder } from "./hashes.ts"
import { RiceBroken, type RiceCoded, RiceReader } from "./rice.ts"

/** Hashes handled in one go: about a millisecond. */
export const hashesAtOnce = 8_192

export interface Changes {
  /** Places in the list before, in ascending order. */
  readonly removals: RiceCoded | undefined
  readonly additions: RiceCoded | undefined
}

/** Walks over hashes or places in ascending order, with the one it stands at in `words` from `at` on. */
class Cursor {
  readonly words: Uint32Array
  at = 0
  private end = 0
  private readonly step: number
  private readonly refill: (into: Uint32Array) => number

  constructor(step: number, refill: (into: Uint32Array) => number) {
    this.words = new Uint32Array(hashesAtOnce * step)
    this.step = step
    this.refill = refill
    this.fill()
  }

  get isAtEnd(): boolean {
    return this.end === 0
  }

  advance(): void {
    this.at += this.step
    if (this.at === this.end) this.fill()
  }

  private fill(): void {
    this.at = 0
    this.end = this.refill(this.words) * this.step
  }
}

const coded = (it: RiceCoded | undefined): { readonly size: number; readonly cursor: Cursor } => {
  if (it === undefined) return { size: 0, cursor: new Cursor(1, () => 0) }
  const reader = new RiceReader(it)
  return { size: reader.size, cursor: new Cursor(reader.words, (into) => reader.read(into)) }
}

const isBefore = (one: Cursor, other: Cursor, words: number): boolean => {
  for (let word = 0; word < words; word++) {
    const difference = one.words[one.at + word]! - other.words[other.at + word]!
    if (difference !== 0) return difference < 0
  }
  return true
}

/** The hashes before without those that are removed, and with those that are added. Rejects what cannot be done. */
export const applyUpdate = async (before: Hashes, changes: Changes): Promise<Hashes> => {
  const additions = coded(changes.additions)
  const removals = coded(changes.removals)
  const { width } = before
  if (changes.additions !== undefined && changes.additions.width !== width)
    throw new RiceBroken(`expected hashes of ${width} bytes, found ${changes.additions.width}`)
  if (removals.size > before.size) throw new RiceBroken("more is removed than there was")
  const words = width / Uint32Array.BYTES_PER_ELEMENT
  const builder = hashesBuilder(width, before.size - removals.size + additions.size)
  let copied = 0
  const old = new Cursor(words, (into) => {
    const got = before.copy(copied, into)
    copied += got
    return got
  })
  let place = 0
  const [added, removed] = [additions.cursor, removals.cursor]
  for (let steps = 0; !old.isAtEnd || !added.isAtEnd; steps++) {
    if (steps % hashesAtOnce === 0) await pause()
    if (!old.isAtEnd && (added.isAtEnd || isBefore(old, added, words))) {
      const isRemoved = !removed.isAtEnd && removed.words[removed.at] === place
      if (isRemoved) removed.advance()
      else builder.add(old.words, old.at)
      place++
      old.advance()
    } else {
      builder.add(added.words, added.at)
      added.advance()
    }
  }
  if (!removed.isAtEnd) throw new RiceBroken("a place is removed that there is not, or twice")
  return builder.built()
}

/** The bytes of all hashes in their order, part by part. */
export async function* bytesOfHashes(hashes: Hashes): AsyncGenerator<Buffer> {
  const words = new Uint32Array((hashesAtOnce * hashes.width) / Uint32Array.BYTES_PER_ELEMENT)
  for (let from = 0; from < hashes.size;) {
    const copied = hashes.copy(from, words)
    from += copied
    const bytes = Buffer.alloc(copied * hashes.width)
    for (let at = 0; at < bytes.length; at += Uint32Array.BYTES_PER_ELEMENT)
      bytes.writeUInt32BE(words[at / Uint32Array.BYTES_PER_ELEMENT]!, at)
    yield bytes
    await pause()
  }
}

/** SHA-256 over all hashes in their order, in hexadecimal: what the service says of its own list. */
export const checksumOf = async (hashes: Hashes): Promise<string> => {
  const sum = createHash("sha256")
  for await (const bytes of bytesOfHashes(hashes)) sum.update(bytes)
  return sum.digest("hex")
}
