/**
 * Which snapshots are kept, and why: restic's rules, on natural calendar boundaries in a stated zone. Pure.
 *
 * Each rule goes from the newest to the oldest on its own and takes the newest snapshot of each period that has any,
 * until it has as many as it may. A rule that is not used up keeps the oldest snapshot as well.
 *
 * @see https://restic.readthedocs.io/en/stable/060_forget.html
 */
import type { TimeZone } from "effect/DateTime"
import { before, isEmpty, type Period, periods, periodsAt, shownSpan, type Span } from "./calendar.ts"

export interface Snapshot {
  /** Its time as it was given. */
  readonly at: string
  /** The same in milliseconds since the epoch, which may have a fraction. */
  readonly millis: number
}

/** How many of each kind are kept; -1 for all. */
export type Counts = { readonly [K in Period | "last"]?: number }

/** How long everything is kept, or one of each period. */
export type Within = { readonly [K in Period | "all"]?: Span }

export interface Policy {
  readonly counts: Counts
  readonly within: Within
}

export interface Kept {
  readonly at: string
  readonly reasons: ReadonlyArray<string>
}

export interface Retained {
  /** The newest first. */
  readonly keep: ReadonlyArray<Kept>
  readonly drop: ReadonlyArray<string>
}

/** A rule as it goes along: whether it keeps the next older snapshot, and why. */
type Rule = (
  snapshot: Snapshot,
  place: Readonly<Record<Period | "last", string>>,
  isOldest: boolean
) => string | undefined

const counting = (kind: Period | "last", count: number): Rule => {
  let left = count
  let latest: string | undefined
  return (_, place, isOldest) => {
    if (left === 0) return undefined
    const isNew = place[kind] !== latest
    if (!isNew && !isOldest) return undefined
    latest = place[kind]
    if (left > 0) left -= 1
    const name = `${kind === "last" ? "last" : kind} snapshot`
    return isNew ? name : `oldest ${name}`
  }
}

const everythingWithin =
  (span: Span, from: number): Rule =>
  ({ millis }) =>
    millis > from ? `within ${shownSpan(span)}` : undefined

const oneOfEachWithin = (period: Period, span: Span, from: number): Rule => {
  let latest: string | undefined
  return ({ millis }, place, isOldest) => {
    if (millis <= from) return undefined
    const isNew = place[period] !== latest
    if (!isNew && !isOldest) return undefined
    latest = place[period]
    return `${isNew ? "" : "oldest "}${period} within ${shownSpan(span)}`
  }
}

const isWanted = (span: Span | undefined): span is Span => span !== undefined && !isEmpty(span)

const rulesOf = ({ counts, within }: Policy, fromFor: (span: Span) => number): ReadonlyArray<Rule> => [
  ...(isWanted(within.all) ? [everythingWithin(within.all, fromFor(within.all))] : []),
  ...(["last", ...periods] as const).flatMap((kind) => {
    const count = counts[kind] ?? 0
    return count === 0 ? [] : [counting(kind, count)]
  }),
  ...periods.flatMap((period) => {
    const span = within[period]
    return isWanted(span) ? [oneOfEachWithin(period, span, fromFor(span))] : []
  })
]

/** The newest first; of equal moments the order does not depend on that of the input. */
const newestFirst = (one: Snapshot, other: Snapshot): number =>
  other.millis - one.millis || (one.at < other.at ? -1 : one.at > other.at ? 1 : 0)

/**
 * Decides about every snapshot. Spans are counted back from the newest one that is not in the future of `now`; where
 * all of them are, the clock is wrong, and rules with a span keep everything. A policy without any rule decides
 * nothing: it keeps nothing for a reason, and drops nothing.
 *
 * @example
 * retain(snapshots, { counts: { daily: 7, weekly: 4 }, within: {} }, zoneOf("UTC")!)
 * // { keep: [{ at: "2026-01-02T03:00:00Z", reasons: ["daily snapshot", "weekly snapshot"] }, …], drop: […] }
 */
export const retain = (
  snapshots: ReadonlyArray<Snapshot>,
  policy: Policy,
  zone: TimeZone,
  now = Number.POSITIVE_INFINITY
): Retained => {
  const sorted = snapshots.toSorted(newestFirst)
  const newest = sorted.find(({ millis }) => millis < now)
  const fromFor = (span: Span) =>
    newest === undefined ? Number.NEGATIVE_INFINITY : before(newest.millis, span, zone)
  const rules = rulesOf(policy, fromFor)
  if (rules.length === 0) return { keep: [], drop: [] }
  const keep: Array<Kept> = []
  const drop: Array<string> = []
  sorted.forEach((snapshot, index) => {
    const place = { ...periodsAt(snapshot.millis, zone), last: String(index) }
    const isOldest = index === sorted.length - 1
    const reasons = rules.flatMap((rule) => rule(snapshot, place, isOldest) ?? [])
    if (reasons.length === 0) drop.push(snapshot.at)
    else keep.push({ at: snapshot.at, reasons })
  })
  return { keep, drop }
}
