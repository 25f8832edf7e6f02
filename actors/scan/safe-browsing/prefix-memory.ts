/** What was answered about prefixes of hashes, in memory alone, each for as long as its answer said. */

/** What a full hash is asked by: the protocol knows no other length. */
export const prefixBytes = 4

/** The protocol allows no longer memory of an empty answer, and this is long for any. */
const cacheSecondsMax = 86_400
const cacheSecondsDefault = 300
/** Some hundred bytes each; the oldest go first. */
const prefixesRememberedMax = 20_000

interface Remembered {
  /** In milliseconds since 1970. */
  readonly until: number
  /** The dangerous hashes that begin so, in hexadecimal, with what they are. */
  readonly dangerous: ReadonlyMap<string, string>
}

export const prefixOf = (hash: Buffer): string => hash.toString("hex", 0, prefixBytes)

export interface PrefixMemory {
  readonly find: (prefix: string, now: number) => Remembered | undefined
  /** What a hash is, if that is known to be something dangerous. */
  readonly threatOf: (hash: Buffer, now: number) => string | undefined
  /** Also that there is nothing is an answer. */
  readonly remember: (
    asked: ReadonlyArray<string>,
    dangerous: ReadonlyMap<string, string>,
    seconds: number | undefined,
    now: number
  ) => void
}

export const makePrefixMemory = (): PrefixMemory => {
  const known = new Map<string, Remembered>()
  const find = (prefix: string, now: number): Remembered | undefined => {
    const found = known.get(prefix)
    return found !== undefined && found.until > now ? found : undefined
  }
  return {
    find,
    threatOf: (hash, now) => find(prefixOf(hash), now)?.dangerous.get(hash.toString("hex")),
    remember: (asked, dangerous, seconds, now) => {
      const kept = Math.min(Math.max(seconds ?? cacheSecondsDefault, 0), cacheSecondsMax)
      const until = now + kept * 1_000
      for (const prefix of asked) {
        known.delete(prefix)
        const those = new Map([...dangerous].filter(([hash]) => hash.startsWith(prefix)))
        known.set(prefix, { until, dangerous: those })
        if (known.size > prefixesRememberedMax) known.delete(known.keys().next().value!)
      }
    }
  }
}
