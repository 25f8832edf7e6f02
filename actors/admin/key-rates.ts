/** How many requests each key may make: a bucket that fills as time passes. */
import type { KeyId } from "../../contracts/ids.ts"

const minuteMillis = 60_000

interface Bucket {
  readonly left: number
  readonly at: number
}

/**
 * Takes one request off a key's minute. Answers in how many seconds there is another one, where there is none now.
 *
 * @example const rates = keyRates(); rates.take(key, 60, now) // undefined: go on
 */
export const keyRates = () => {
  const buckets = new Map<KeyId, Bucket>()
  return {
    take: (key: KeyId, perMinute: number, now: number): number | undefined => {
      const bucket = buckets.get(key) ?? { left: perMinute, at: now }
      const passed = Math.max(0, now - bucket.at)
      const left = Math.min(perMinute, bucket.left + (passed * perMinute) / minuteMillis)
      const enough = left >= 1
      buckets.set(key, { left: enough ? left - 1 : left, at: now })
      return enough ? undefined : Math.max(1, Math.ceil(((1 - left) * minuteMillis) / perMinute / 1_000))
    }
  }
}

export type KeyRates = ReturnType<typeof keyRates>
