/**
 * Which points are kept: by the rules of retention, and whatever they say, never the newest, never the last one that
 * was restored to see that it is good, and nothing on the word of a clock that may be wrong. Pure.
 */
import type { TimeZone } from "effect/DateTime"
import { type Kept, type Policy, retain } from "../retention/retain.ts"
import { periodsAt } from "../retention/calendar.ts"

const hourMillis = 3_600_000

/** Points come once an hour: where two are further apart than this, the machine was off, or its clock jumped. */
const gapMillis = 48 * hourMillis
/** So many days with points behind a gap tell that time went on there: a wrong clock is put right sooner. */
const daysBehindGap = 7
/** What is further ahead than this was not made in the time that it says. */
const aheadMillis = 5 * 60_000

export interface PointsAt {
  /** When they were made, in milliseconds since the epoch. */
  readonly points: ReadonlyArray<number>
  readonly now: number
  /** Whether somebody else's clock says the same as ours. */
  readonly confirmed: boolean
  /** The last one that was restored in full. */
  readonly lastGood: number | undefined
}

export interface Which {
  readonly keep: ReadonlyArray<{ readonly at: number; readonly reasons: ReadonlyArray<string> }>
  readonly drop: ReadonlyArray<number>
}

/** Where time may have jumped: every point from before then stays. */
const lastGap = (points: ReadonlyArray<number>, zone: TimeZone): number | undefined => {
  const sorted = points.toSorted((one, other) => one - other)
  for (let index = sorted.length - 1; index > 0; index--) {
    const behind = sorted[index]!
    if (behind - sorted[index - 1]! <= gapMillis) continue
    const days = new Set(sorted.slice(index).map((at) => periodsAt(at, zone).daily))
    return days.size >= daysBehindGap ? undefined : behind
  }
  return undefined
}

const shown = (millis: number): string => new Date(millis).toISOString()

/**
 * Decides about every point, the newest first.
 *
 * @example
 * whichPoints({ points, now, confirmed: false, lastGood: undefined }, { counts: { daily: 7 }, within: {} }, zone)
 */
export const whichPoints = (
  { confirmed, lastGood, now, points }: PointsAt,
  policy: Policy,
  zone: TimeZone
): Which => {
  const present = points.filter((at) => at <= now + aheadMillis)
  const newest = Math.max(...present)
  const gap = confirmed ? undefined : lastGap(present, zone)
  const snapshots = present.map((at) => ({ at: shown(at), millis: at }))
  const byRules = new Map(
    retain(snapshots, policy, zone).keep.map(({ at, reasons }: Kept) => [at, reasons] as const)
  )
  const hasRules = byRules.size > 0
  const reasonsOf = (at: number): ReadonlyArray<string> => [
    ...(byRules.get(shown(at)) ?? []),
    ...(at > now + aheadMillis ? ["from the future"] : []),
    ...(at === newest ? ["the newest"] : []),
    ...(at === lastGood ? ["the last one proven good"] : []),
    ...(gap !== undefined && at < gap ? ["from before the clock may have jumped"] : []),
    ...(hasRules ? [] : ["no rule"])
  ]
  const all = points.toSorted((one, other) => other - one).map((at) => ({ at, reasons: reasonsOf(at) }))
  return {
    keep: all.filter(({ reasons }) => reasons.length > 0),
    drop: all.filter(({ reasons }) => reasons.length === 0).map(({ at }) => at)
  }
}
