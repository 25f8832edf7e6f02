/** Where in a place the parts of a backup are. */
import type { Origin } from "../segment/segment.ts"

/** Enough digits for a thousand years of a thousand events a second; padded, so that keys sort as sequences do. */
const digits = 14

const suffix = ".wseg"

/** What all keys of an account begin with. */
export const objectsOf = ({ account }: Pick<Origin, "account">): string => `${account}/`

/** What the keys of all segments of a generation begin with. */
export const segmentsOf = ({ account, generation }: Origin): string => `${account}/${generation}/log/`

/** The key of the segment that begins with an event: two who would begin one there meet at the same key. */
export const segmentKey = (origin: Origin, first: number): string =>
  `${segmentsOf(origin)}${String(first).padStart(digits, "0")}${suffix}`

export interface SegmentKey extends Origin {
  readonly first: number
}

const pattern = /^([^/]+)\/([^/]+)\/log\/(\d{14})\.wseg$/

/** What a key says, where it is one of a segment. */
export const parseSegmentKey = (key: string): SegmentKey | undefined => {
  const [, account, generation, first] = pattern.exec(key) ?? []
  return account === undefined || generation === undefined
    ? undefined
    : { account, generation, first: Number(first) }
}

/** Where a segment is kept that nobody can read: whoever looks for segments does not find it there. */
export const asideKey = ({ account, generation }: Origin, first: number, digest: string): string =>
  `${account}/damaged/${generation}-${String(first).padStart(digits, "0")}-${digest.slice(0, 16)}${suffix}`

/** Stores of secrets, each one object that is replaced when the store changes, and is in no generation of the log. */
export const storeNames = ["keyring", "accounts", "session"] as const
export type StoreName = (typeof storeNames)[number]

/** What the keys of all stores of an account begin with. */
export const storesOf = (account: string): string => `${account}/stores/`

export const storeKey = (account: string, name: StoreName): string => `${storesOf(account)}${name}.wstore`
