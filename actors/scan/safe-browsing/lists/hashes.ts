/** A list of hashes in ascending order, as small in memory as it can be searched, and shared between threads. */
import type { HashWidth } from "./rice.ts"

/** What a list consists of. The arrays lie in memory that threads share. */
export type SharedHashes =
  | {
      readonly width: 4
      readonly size: number
      /** The lower half of each hash, */
      readonly lower: Uint16Array
      /** and where those of each upper half begin; one more says where the last ones end. */
      readonly begins: Uint32Array
    }
  | { readonly width: Exclude<HashWidth, 4>; readonly size: number; readonly words: Uint32Array }

export interface Hashes {
  readonly width: HashWidth
  /** How many hashes there are. */
  readonly size: number
  /** What they take in memory, in bytes. */
  readonly bytes: number
  /** Whether a SHA-256 hash, or what it begins with, is among them. */
  readonly has: (hash: Buffer) => boolean
  /** What another thread finds them in, without a copy. */
  readonly shared: SharedHashes
  /** Writes hashes from the one at `from` on into `into`, in words of 32 bits, the most significant first; says how many. */
  readonly copy: (from: number, into: Uint32Array) => number
}

/** Takes hashes in ascending order, each in words. */
export interface HashesBuilder {
  readonly add: (words: Uint32Array, at: number) => void
  readonly built: () => Hashes
}

const halves = 0x1_00_00

type Short = Extract<SharedHashes, { readonly width: 4 }>
type Long = Exclude<SharedHashes, Short>

/**
 * Four-byte hashes: the upper half of each is the place where the lower half stands, so that a hash takes two bytes,
 * and all of them a quarter of a megabyte more.
 */
const shortHashes = (shared: Short): Hashes => {
  const { begins, lower, size } = shared
  const has = (hash: Buffer): boolean => {
    const upper = hash.readUInt16BE(0)
    const wanted = hash.readUInt16BE(2)
    let from = begins[upper]!
    let to = begins[upper + 1]!
    while (from < to) {
      const middle = (from + to) >>> 1
      if (lower[middle]! < wanted) from = middle + 1
      else to = middle
    }
    return from < begins[upper + 1]! && lower[from] === wanted
  }
  const upperOf = (at: number): number => {
    let from = 0
    let to = halves
    while (from < to) {
      const middle = (from + to) >>> 1
      if (begins[middle + 1]! <= at) from = middle + 1
      else to = middle
    }
    return from
  }
  const copy = (from: number, into: Uint32Array): number => {
    const copied = Math.max(0, Math.min(into.length, size - from))
    let upper = copied > 0 ? upperOf(from) : 0
    for (let at = 0; at < copied; at++) {
      while (begins[upper + 1]! <= from + at) upper++
      into[at] = ((upper << 16) | lower[from + at]!) >>> 0
    }
    return copied
  }
  return { width: 4, size, bytes: lower.byteLength + begins.byteLength, has, copy, shared }
}

const shortBuilder = (sizeMax: number): HashesBuilder => {
  const lower = new Uint16Array(new SharedArrayBuffer(sizeMax * Uint16Array.BYTES_PER_ELEMENT))
  const begins = new Uint32Array(new SharedArrayBuffer((halves + 1) * Uint32Array.BYTES_PER_ELEMENT))
  let size = 0
  return {
    add: (words, at) => {
      const word = words[at]!
      lower[size++] = word & 0xff_ff
      begins[(word >>> 16) + 1] = size
    },
    built: () => {
      // An upper half that no hash has begins, and ends, where the one before ended.
      for (let upper = 1; upper <= halves; upper++)
        if (begins[upper]! < begins[upper - 1]!) begins[upper] = begins[upper - 1]!
      return shortHashes({ width: 4, size, lower, begins })
    }
  }
}

/** Longer hashes, as they are. */
const longHashes = (shared: Long): Hashes => {
  const { size, width, words: all } = shared
  const words = width / Uint32Array.BYTES_PER_ELEMENT
  /** Whether an entry is less than the hash (-1), is it (0), or is more. */
  const compare = (entry: number, hash: Buffer): number => {
    for (let word = 0; word < words; word++) {
      const difference = all[entry * words + word]! - hash.readUInt32BE(word * Uint32Array.BYTES_PER_ELEMENT)
      if (difference !== 0) return difference
    }
    return 0
  }
  const has = (hash: Buffer): boolean => {
    let from = 0
    let to = size
    while (from < to) {
      const middle = (from + to) >>> 1
      const compared = compare(middle, hash)
      if (compared === 0) return true
      if (compared < 0) from = middle + 1
      else to = middle
    }
    return false
  }
  const copy = (from: number, into: Uint32Array): number => {
    const copied = Math.max(0, Math.min(Math.floor(into.length / words), size - from))
    into.set(all.subarray(from * words, (from + copied) * words))
    return copied
  }
  return { width, size, bytes: all.byteLength, has, copy, shared }
}

const longBuilder = (width: Long["width"], sizeMax: number): HashesBuilder => {
  const words = width / Uint32Array.BYTES_PER_ELEMENT
  const all = new Uint32Array(new SharedArrayBuffer(sizeMax * width))
  let size = 0
  return {
    add: (from, at) => {
      for (let word = 0; word < words; word++) all[size * words + word] = from[at + word]!
      size++
    },
    built: () => longHashes({ width, size, words: all })
  }
}

/** Makes room for up to so many hashes. */
export const hashesBuilder = (width: HashWidth, sizeMax: number): HashesBuilder =>
  width === 4 ? shortBuilder(sizeMax) : longBuilder(width, sizeMax)

/** The list that another thread has. */
export const hashesOver = (shared: SharedHashes): Hashes =>
  shared.width === 4 ? shortHashes(shared) : longHashes(shared)

export const noHashes = (width: HashWidth): Hashes => hashesBuilder(width, 0).built()
