/** Whether the clock of this machine went on as time did: looked at again and again by one process. Pure but for its memory. */

/** Clocks are put right by seconds; what jumps further was wrong before, or is now. */
const jumpMillis = 5 * 60_000

/**
 * Is told the time of day and a time that only ever goes on, both in milliseconds. Answers whether the one went on as
 * the other since it was asked before; where it did not, it is measured from there anew.
 */
export const makeClockHeld = () => {
  let before: { readonly wall: number; readonly monotonic: number } | undefined
  return (wall: number, monotonic: number): boolean => {
    const held =
      before === undefined || Math.abs(wall - before.wall - (monotonic - before.monotonic)) <= jumpMillis
    before = { wall, monotonic }
    return held
  }
}
