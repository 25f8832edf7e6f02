/**
 * Which share of the limits holds when: less in the first days of a number, and less after each connection. It
 * changes at moments that are known beforehand, so that what it allows between any two of them is exact.
 */
import type { PacingLimits } from "./limits.ts"

/** Where the days and the seconds are counted from, in milliseconds since the epoch; absent where it never was. */
export interface Beginnings {
  /** The number was linked. */
  readonly linkedAt?: number
  /** The connection was opened last. */
  readonly openedAt?: number
}

export type Growth = Pick<PacingLimits, "warmUpDays" | "slowStartSeconds">

const dayMillis = 24 * 60 * 60_000
const slowShare = 1 / 4
/** Milliseconds: what is a millisecond but for so little is that millisecond. */
const roundingError = 1e-6

/** Whole days since a number was linked. A clock that was set back to before that counts as its first day. */
const daysSince = (linkedAt: number, at: number): number =>
  Math.max(0, Math.floor((at - linkedAt) / dayMillis))

/** On day d of n, counted from 0, d + 1 parts of n + 1: with 7 days, an eighth more each day. */
const warmUpShare = ({ warmUpDays }: Growth, { linkedAt }: Beginnings, at: number): number =>
  linkedAt === undefined ? 1 : Math.min(1, (daysSince(linkedAt, at) + 1) / (warmUpDays + 1))

const isSlow = ({ slowStartSeconds }: Growth, { openedAt }: Beginnings, at: number): boolean =>
  openedAt !== undefined && at >= openedAt && at < openedAt + slowStartSeconds * 1_000

/** The share of the limits at a moment: above 0, up to 1. */
export const shareAt = (growth: Growth, began: Beginnings, at: number): number =>
  warmUpShare(growth, began, at) * (isSlow(growth, began, at) ? slowShare : 1)

/** The first moment after this one at which the share changes; infinite where it does not. */
export const nextChange = (growth: Growth, began: Beginnings, at: number): number => {
  const { linkedAt, openedAt } = began
  const moments: Array<number> = []
  if (linkedAt !== undefined && warmUpShare(growth, began, at) < 1)
    moments.push(linkedAt + (daysSince(linkedAt, at) + 1) * dayMillis)
  if (openedAt !== undefined) moments.push(openedAt, openedAt + growth.slowStartSeconds * 1_000)
  return Math.min(Infinity, ...moments.filter((moment) => moment > at))
}

/** How long the full pace would have had to hold, in milliseconds, to allow what the share allowed in between. */
export const fullPaceBetween = (growth: Growth, began: Beginnings, from: number, to: number): number => {
  let millis = 0
  for (let at = from; at < to;) {
    const until = Math.min(to, nextChange(growth, began, at))
    millis += (until - at) * shareAt(growth, began, at)
    at = until
  }
  return millis
}

/** When so many milliseconds of the full pace will have been allowed since a moment. */
export const whenAllowed = (growth: Growth, began: Beginnings, from: number, millis: number): number => {
  let at = from
  for (let left = millis; ;) {
    const share = shareAt(growth, began, at)
    const until = nextChange(growth, began, at)
    if ((until - at) * share >= left) return Math.ceil(at + left / share - roundingError)
    left -= (until - at) * share
    at = until
  }
}
