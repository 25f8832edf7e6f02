/** When what is done at a place beside shipping is due. Pure; times are milliseconds since the epoch. */
import type { TimeZone } from "effect/DateTime"
import { periodsAt } from "../retention/calendar.ts"

const hourMillis = 3_600_000
/** Checking begins a new day at three in the morning, when least is said. */
const nightHour = 3
/** After so long without a check that found it good, somebody has to know. */
export const unverifiedMillis = 26 * hourMillis

/** The first moment of the hour behind that of a point. */
export const nextHour = (at: number): number => (Math.floor(at / hourMillis) + 1) * hourMillis

/** Whether a night has begun since a moment; of what was never done, one has. */
export const nightSince = (at: number | undefined, now: number, zone: TimeZone): boolean => {
  const night = (millis: number) => periodsAt(millis - nightHour * hourMillis, zone).daily
  return at === undefined || (now > at && night(at) !== night(now))
}
