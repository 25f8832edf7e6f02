/**
 * Every listing of every feed, by 64 bits of its hash: 12 bytes a slot, at most half of them taken. Among a million
 * listings a link that nobody lists is taken for one with a probability of less than one in ten million million.
 */
/** The day of a time, counted from 2020: thirteen bits last until 2042. */
const firstDay = 18_262
const dayMillis = 86_400_000
const daysMax = 0x1f_ff

export const dayOf = (millis: number): number =>
  Math.min(daysMax, Math.max(0, Math.floor(millis / dayMillis) - firstDay))
const dates = new Map<number, string>()

/** `2026-11-21`: of some thousand days at most, each written once. */
export const dateOf = (day: number): string => {
  const known = dates.get(day)
  if (known !== undefined) return known
  const date = new Date((day + firstDay) * dayMillis).toISOString().slice(0, 10)
  dates.set(day, date)
  return date
}

/** Five bits of a slot say which feed: more lists than this are not kept. */
export const feedsMax = 31

/** One listing: which feed, from when to when it was seen there, and whether it is there now. */
export interface Listed {
  readonly feed: number
  readonly firstDay: number
  readonly lastDay: number
  readonly isThere: boolean
}

/** A listing in the third word of its slot. */
export const pack = ({ feed, firstDay, isThere, lastDay }: Listed): number =>
  ((isThere ? 0x80_00_00_00 : 0) | ((feed + 1) << 26) | (firstDay << 13) | lastDay) >>> 0

export const unpack = (packed: number): Listed => ({
  feed: ((packed >>> 26) & 0x1f) - 1,
  firstDay: (packed >>> 13) & daysMax,
  lastDay: packed & daysMax,
  isThere: packed >>> 31 === 1
})

/** The hash of a listing: its kind keeps a host and a URL of one spelling apart. */
export interface Mark {
  readonly high: number
  readonly low: number
}

/**
 * Two multiplicative hashes side by side (cyrb53 by its author's name for it), finished as in MurmurHash3. Nobody gains
 * by a collision: it would only make a link of one's own look listed.
 */
export const markOf = (kind: "url" | "host", key: string): Mark => {
  let high = kind === "url" ? 0xde_ad_be_ef : 0x9e_37_79_b9
  let low = 0x41_c6_ce_57
  for (let at = 0; at < key.length; at++) {
    const code = key.charCodeAt(at)
    high = Math.imul(high ^ code, 2_654_435_761)
    low = Math.imul(low ^ code, 1_597_334_677)
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909)
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909)
  return { high: high >>> 0, low: low >>> 0 }
}

const slotsMin = 1_024
const wordsPerSlot = 3

/** Shared, so that a thread reads what another one looks up. */
const makeSlots = (slots: number): Uint32Array<SharedArrayBuffer> =>
  new Uint32Array(new SharedArrayBuffer(slots * wordsPerSlot * Uint32Array.BYTES_PER_ELEMENT))

export class FeedTable {
  private slots: Uint32Array<SharedArrayBuffer>
  private taken = 0

  constructor(expected = 0) {
    let slots = slotsMin
    while (slots < expected * 2) slots *= 2
    this.slots = makeSlots(slots)
  }

  /** The table of another thread, by its slots and how many of them are taken. */
  static over(slots: SharedArrayBuffer, taken: number): FeedTable {
    const table = new FeedTable()
    table.slots = new Uint32Array(slots)
    table.taken = taken
    return table
  }

  /** Its slots, for another thread. Nobody may put anything into it any more. */
  get shared(): SharedArrayBuffer {
    return this.slots.buffer
  }

  get size(): number {
    return this.taken
  }

  get bytes(): number {
    return this.slots.byteLength
  }

  /** Adds a listing, or replaces what the same feed said of it. Answers whether it is another one. */
  put(mark: Mark, listed: Listed): boolean {
    if (this.taken * 2 * wordsPerSlot >= this.slots.length) this.grow()
    const before = this.taken
    this.insert(mark.high, mark.low, pack(listed))
    return this.taken > before
  }

  /** All listings of a mark. */
  find({ high, low }: Mark): ReadonlyArray<Listed> {
    let found: Array<Listed> | undefined
    for (let at = this.place(low); this.slots[at + 2] !== 0; at = this.next(at))
      if (this.slots[at] === high && this.slots[at + 1] === low)
        (found ??= []).push(unpack(this.slots[at + 2]!))
    return found ?? nothing
  }

  /** Walks over a part of the slots, and answers where the next part begins: -1 at the end. */
  walk(from: number, slots: number, visit: (mark: Mark, listed: Listed) => void): number {
    const end = Math.min(this.slots.length, from + slots * wordsPerSlot)
    for (let at = from; at < end; at += wordsPerSlot)
      if (this.slots[at + 2] !== 0)
        visit({ high: this.slots[at]!, low: this.slots[at + 1]! }, unpack(this.slots[at + 2]!))
    return end === this.slots.length ? -1 : end
  }

  private place(low: number): number {
    return (low & (this.slots.length / wordsPerSlot - 1)) * wordsPerSlot
  }

  private next(at: number): number {
    return at + wordsPerSlot === this.slots.length ? 0 : at + wordsPerSlot
  }

  private insert(high: number, low: number, packed: number): void {
    const feed = (packed >>> 26) & 0x1f
    let at = this.place(low)
    for (; this.slots[at + 2] !== 0; at = this.next(at))
      if (
        this.slots[at] === high &&
        this.slots[at + 1] === low &&
        ((this.slots[at + 2]! >>> 26) & 0x1f) === feed
      ) {
        this.slots[at + 2] = packed
        return
      }
    this.slots[at] = high
    this.slots[at + 1] = low
    this.slots[at + 2] = packed
    this.taken++
  }

  private grow(): void {
    const before = this.slots
    this.slots = makeSlots((before.length / wordsPerSlot) * 2)
    this.taken = 0
    for (let at = 0; at < before.length; at += wordsPerSlot)
      if (before[at + 2] !== 0) this.insert(before[at]!, before[at + 1]!, before[at + 2]!)
  }
}

const nothing: ReadonlyArray<Listed> = []
