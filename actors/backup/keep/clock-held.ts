/**
 * Whether the clock of this machine went on as time did: looked at again and again by one process, and asked by whoever
 * would delete something on its word.
 */
import { Clock, Effect } from "effect"
import { elapsedMillis } from "../ship/elapsed.ts"

/** Clocks are put right by seconds; what jumps further was wrong before, or is now. */
const jumpMillis = 5 * 60_000
/** How long after a jump its clock is not believed, and over which it is held against time. */
const settledMillis = 3_600_000

/**
 * Is told the time of day and a time that only ever goes on, both in milliseconds, as often as one likes. Answers whether
 * the one goes on as the other: not from a jump on, until an hour has passed without another.
 */
export const makeClockHeld = () => {
  let since: { readonly wall: number; readonly monotonic: number } | undefined
  let jumped: number | undefined
  return (wall: number, monotonic: number): boolean => {
    since ??= { wall, monotonic }
    const passed = monotonic - since.monotonic
    const hasJumped = Math.abs(wall - since.wall - passed) > jumpMillis
    if (hasJumped) jumped = monotonic
    if (hasJumped || passed >= settledMillis) since = { wall, monotonic }
    return jumped === undefined || monotonic - jumped >= settledMillis
  }
}
export type ClockHeld = ReturnType<typeof makeClockHeld>

/** Looks at the clock now. */
export const lookAtClock = (held: ClockHeld) =>
  Effect.map(Effect.all([Clock.currentTimeMillis, elapsedMillis]), ([wall, monotonic]) =>
    held(wall, monotonic)
  )
