/** When what is done at a place beside shipping is due. Pure; times are milliseconds since the epoch. */
import type { TimeZone } from "effect/DateTime"
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
 * A place that was never found to be good is unproven since its first point, however many followed.
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
