/** How long services take, drawn from the distribution that `source-latency.json` states. */
import { readFileSync } from "node:fs"

interface Latency {
  readonly p50Millis: number
  readonly p95Millis: number
  readonly failureShare: number
}

const stated: { readonly sources: Readonly<Record<string, Latency>> } = JSON.parse(
  readFileSync(new URL("source-latency.json", import.meta.url), "utf8")
)

export interface Delay {
  readonly millis: number
  /** Whether it answers with an error of its own then. */
  readonly failed: boolean
}

export type Delays = (source: string) => Delay

/** The 95th percentile of the normal distribution, in standard deviations. */
const z95 = 1.6449

/** The same numbers for the same seed (mulberry32), between 0 and 1. */
const randomOf = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Draws each delay anew: log-normal through the stated p50 and p95. */
export const makeDelays = (seed: number): Delays => {
  const random = randomOf(seed)
  return (source) => {
    const latency = stated.sources[source]
    if (latency === undefined) throw new Error(`expected a source of source-latency.json, found ${source}`)
    const { failureShare, p50Millis, p95Millis } = latency
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    const millis = p50Millis * Math.exp((Math.log(p95Millis / p50Millis) / z95) * normal)
    return { millis, failed: random() < failureShare }
  }
}
