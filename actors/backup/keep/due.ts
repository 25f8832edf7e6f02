/** When what is done at a place beside shipping is due. Pure; times are milliseconds since the epoch. */
import type { TimeZone } from "effect/DateTime"
import type { KeepTask } from "../../../contracts/backup.ts"
import { periodsAt } from "../retention/calendar.ts"
import type { Kept } from "../state.ts"

const hourMillis = 3_600_000
/** Checking begins a new day at three in the morning, when least is said. */
const nightHour = 3
/** After so long without a check that found it good, somebody has to know. */
export const unverifiedMillis = 26 * hourMillis

/** The first moment of the hour behind that of a point. */
export const nextHour = (at: number): number => (Math.floor(at / hourMillis) + 1) * hourMillis

/**
 * Since when nobody knows whether a place is good, where that is too long and was not said yet; `undefined` otherwise.
 * A place that was never found to be good is unproven since copying began there, whatever followed.
 */
export const unprovenSince = (
  { begun, good, unverified = 0 }: Pick<Kept, "begun" | "good" | "unverified">,
  now: number
): number | undefined => {
  const since = good?.at ?? begun
  return since === undefined || now - since < unverifiedMillis || unverified > since ? undefined : since
}

/** Whether a night has begun since a moment; of what was never done, one has. */
export const nightSince = (at: number | undefined, now: number, zone: TimeZone): boolean => {
  const night = (millis: number) => periodsAt(millis - nightHour * hourMillis, zone).daily
  return at === undefined || (now > at && night(at) !== night(now))
}

/** Whether a place is to be checked or scrubbed: each night, and at once when it has its first point. */
export const isNightTask = (
  { begun, point }: Pick<Kept, "begun" | "point">,
  doneAt: number | undefined,
  now: number,
  zone: TimeZone
): boolean => {
  if (begun === undefined) return false
  const since = doneAt ?? (point === undefined ? begun : undefined)
  return nightSince(since, now, zone)
}

/** How long it is waited before a task that did not succeed is tried again; each time twice as long. */
const againMillis = 5 * 60_000
/** And at most: a point costs a copy, checking and scrubbing read all that a place holds, which some places charge for. */
const againLongestMillis: Readonly<Record<KeepTask, number>> = {
  point: hourMillis,
  verify: 6 * hourMillis,
  scrub: 6 * hourMillis
}

/** How long after its end a task is not tried again by itself, after so many failures in a row. */
export const againAfter = (task: KeepTask, failures: number): number =>
  Math.min(againMillis * 2 ** Math.max(0, failures - 1), againLongestMillis[task])
