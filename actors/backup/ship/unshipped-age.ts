/** How old the oldest event is that a place lacks: looked at again and again by one process. Pure but for its memory. */

/**
 * Is told when that event happened, null where there is none; the time of day; and a time that only ever goes on, all
 * in milliseconds. Answers with its age in milliseconds: by the time of day and, where the clock was set back so that
 * the event seems to be younger, for as long as it has been the oldest.
 */
export const makeUnshippedAge = () => {
  let oldest: { readonly since: number; readonly from: number } | undefined
  return (since: number | null, wall: number, monotonic: number): number => {
    if (since === null) {
      oldest = undefined
      return 0
    }
    if (oldest?.since !== since) oldest = { since, from: monotonic }
    return Math.max(wall - since, monotonic - oldest.from)
  }
}
