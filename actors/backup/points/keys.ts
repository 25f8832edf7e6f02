/** Where in a place points and their parts are. */
import type { Origin } from "../segment/segment.ts"

/** What the keys of all points of a generation begin with. */
export const pointsOf = ({ account, generation }: Origin): string => `${account}/${generation}/points/`

/** What the keys of all parts of a generation begin with. */
export const partsOf = ({ account, generation }: Origin): string => `${account}/${generation}/parts/`

const suffix = ".wpoint"

/** Enough for every moment until the year 33658; padded, so that keys sort as moments do. */
const digits = 15

/** The key of the point of a moment, in milliseconds since the epoch. */
export const pointKey = (origin: Origin, at: number): string =>
  `${pointsOf(origin)}${String(at).padStart(digits, "0")}${suffix}`

/** The moment of the point that a key names, where it names one. */
export const pointAtKey = (origin: Origin, key: string): number | undefined => {
  const name = key.startsWith(pointsOf(origin)) ? key.slice(pointsOf(origin).length) : ""
  return /^\d{15}\.wpoint$/.test(name) ? Number(name.slice(0, digits)) : undefined
}

/** The key of a part: what it holds tells its name, so that equal parts of two points are one object. */
export const partKey = (origin: Origin, sha256: string): string => `${partsOf(origin)}${sha256}.wpart`
