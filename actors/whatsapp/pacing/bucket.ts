/** A token bucket: what left in a burst has to be earned before more may leave. */
import { type Beginnings, fullPaceBetween, type Growth, shareAt, whenAllowed } from "./share.ts"

export interface Bucket {
  /** Messages that may leave; below 0 after warnings that did not wait, and no further than they may be owed. */
  readonly tokens: number
  /** Up to when it is filled, in milliseconds since the epoch. */
  readonly at: number
}

/** How fast it fills and how much it holds, where the full limits hold. */
export interface Rate {
  readonly perMinute: number
  readonly burst: number
}

/** Sums of fractions are not exact: so much less than one token is one. */
const roundingError = 1e-9

const minuteMillis = 60_000

/**
 * A burst of warnings is paid for by what may wait, for so long at most. It left at once whatever is owed for it: to
 * be silent for hours after that would make nothing good.
 */
const debtMinutesMax = 5

/** A bucket holds one message at least, or none would ever leave. */
const holds = ({ burst }: Rate, growth: Growth, began: Beginnings, at: number): number =>
  Math.max(1, burst * shareAt(growth, began, at))

export const fullBucket = (rate: Rate, growth: Growth, began: Beginnings, at: number): Bucket => ({
  tokens: holds(rate, growth, began, at),
  at
})

/** Filled up to now. A clock that was set back gives nothing, and takes nothing either. */
export const filled = (
  bucket: Bucket,
  rate: Rate,
  growth: Growth,
  began: Beginnings,
  now: number
): Bucket => {
  const millis = fullPaceBetween(growth, began, bucket.at, now)
  const tokens = bucket.tokens + (millis * rate.perMinute) / minuteMillis
  return { tokens: Math.min(holds(rate, growth, began, now), tokens), at: now }
}

/** When a message may leave, of a bucket that is filled up to now. */
export const readyAt = (bucket: Bucket, rate: Rate, growth: Growth, began: Beginnings): number => {
  const missing = 1 - bucket.tokens
  if (missing <= roundingError) return bucket.at
  return whenAllowed(growth, began, bucket.at, (missing * minuteMillis) / rate.perMinute)
}

/** What is left of a bucket that is filled up to now, once so many left it. */
export const taken = (
  bucket: Bucket,
  rate: Rate,
  growth: Growth,
  began: Beginnings,
  count: number
): Bucket => {
  const debtMax = debtMinutesMax * rate.perMinute * shareAt(growth, began, bucket.at)
  return { ...bucket, tokens: Math.max(bucket.tokens - count, -debtMax) }
}

export const givenBack = (bucket: Bucket): Bucket => ({ ...bucket, tokens: bucket.tokens + 1 })
