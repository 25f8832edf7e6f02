/** When a webhook that failed is tried again, and when no more. */

export interface RetryLimits {
  /** How long an attempt may take, from the look-up of the name to the answer. */
  readonly answerMillis: number
  /** The wait after the first failure; it doubles with each, up to the longest. */
  readonly firstMillis: number
  readonly longestMillis: number
  /** Nothing was delivered for so long: it is switched off. */
  readonly failingMillisMax: number
}

/** A weekend and a day over it, so that somebody has seen it. */
const failingDaysMax = 4

export const retryLimits: RetryLimits = {
  answerMillis: 15_000,
  firstMillis: 2_000,
  longestMillis: 300_000,
  failingMillisMax: failingDaysMax * 86_400_000
}

/**
 * How long to wait after so many failures in a row (1 or more), of which half is left to chance (`random`, 0 to 1), so
 * that many who failed together do not come back together. A server is left alone for as long as it asks, up to the
 * longest wait.
 */
export const waitMillis = (
  failures: number,
  random: number,
  leftAloneMillis: number,
  { firstMillis, longestMillis }: RetryLimits
): number => {
  const wait = Math.min(firstMillis * 2 ** Math.min(failures - 1, 30), longestMillis)
  const spread = Math.round(wait / 2 + (wait / 2) * random)
  return Math.max(spread, Math.min(leftAloneMillis, longestMillis))
}

/** The status by which a server says that nobody wants to be told any more. */
const goneStatus = 410

/** Why a webhook is told nothing any more; `undefined` while it is tried again. */
export const givenUp = (
  status: number | null,
  failingSince: number,
  now: number,
  { failingMillisMax }: RetryLimits
): "failing" | "gone" | undefined => {
  if (status === goneStatus) return "gone"
  return now - failingSince >= failingMillisMax ? "failing" : undefined
}
