/** How long a name has to wait after wrong passwords and wrong codes. Pure. */

/** So many may be wrong before anything has to wait. */
const failuresFree = 4
const firstWaitMillis = 2_000
/** With this, a name can be tried about a hundred times a day, and its owner waits a quarter of an hour at most. */
const longestWaitMillis = 15 * 60_000
/** What was wrong the day before does not count. */
const forgottenAfterMillis = 24 * 3_600_000

export interface Attempts {
  readonly failures: number
  /** When the last of them was. */
  readonly last: number
  readonly lockedUntil: number
}

const none: Attempts = { failures: 0, last: 0, lockedUntil: 0 }

/** The attempts that count now. */
export const countedAt = (attempts: Attempts | undefined, now: number): Attempts =>
  attempts === undefined || now - attempts.last >= forgottenAfterMillis ? none : attempts

/** One more that failed. */
export const failedAgain = (attempts: Attempts, now: number): Attempts => {
  const failures = attempts.failures + 1
  const over = failures - failuresFree
  const wait = over <= 0 ? 0 : Math.min(firstWaitMillis * 2 ** Math.min(over - 1, 20), longestWaitMillis)
  return { failures, last: now, lockedUntil: wait === 0 ? attempts.lockedUntil : now + wait }
}

/** Without one that was not wrong after all, `own` being what it counted up to: neither it nor its wait counts. */
export const takenBack = (attempts: Attempts, own: Attempts): Attempts => ({
  ...attempts,
  failures: Math.max(0, attempts.failures - 1),
  // A wait of somebody else's, who was wrong meanwhile, stays.
  lockedUntil: attempts.lockedUntil === own.lockedUntil ? 0 : attempts.lockedUntil
})

/** Attempts older than this may be dropped. */
export const droppedBefore = (now: number): number => now - forgottenAfterMillis
