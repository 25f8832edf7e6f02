/** What follows a transmission that failed. Pure. */
import type { Priority } from "../../../contracts/outbox.ts"
import type { TransmitFailed } from "../gateway.ts"

/** How long to wait before asking what became of a message, in milliseconds. */
export const askAgainMillis = 2_000
/** A refusal for a time makes the wait for the next attempt twice as long each time, up to so many times. */
const growthMax = 16

/**
 * Whether it is given up, after so many attempts. A warning, a belated one too, is given up only where the other side
 * will never take it: that nobody knows why it is refused is no reason to leave it unsaid.
 */
export const isGivenUp = (
  { attemptsMax, final }: TransmitFailed,
  attempt: number,
  priority: Priority
): boolean => {
  const mayWarn = priority === "warning" || priority === "belated"
  return final || (!mayWarn && attemptsMax !== undefined && attempt >= attemptsMax)
}

/** How long to wait before asking about it or writing it again, in milliseconds. */
export const waitMillisAfter = ({ waitMillis }: TransmitFailed, attempt: number): number =>
  waitMillis === undefined ? askAgainMillis : waitMillis * Math.min(growthMax, 2 ** (attempt - 1))
