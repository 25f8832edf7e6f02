/**
 * A clock beside which real parts run: real time and an offset that a test moves, or a moment at which time stands
 * still. Whoever sleeps until a moment that is passed thereby wakes.
 */
import type { Clock } from "effect"
import { Duration, Effect } from "effect"

interface Sleeper {
  readonly due: number
  readonly wake: () => void
  timer: NodeJS.Timeout | undefined
}

export interface MovedClock extends Clock.Clock {
  /** Time goes on from a moment, in milliseconds since the epoch, as fast as it does. */
  readonly goOnFrom: (moment: number) => void
  /** Time stands still at a moment. */
  readonly standAt: (moment: number) => void
}

/** What `setTimeout` takes at most. */
const timerMillisMax = 2 ** 31 - 1
const nanosPerMilli = 1_000_000n

export const makeMovedClock = (moment: number): MovedClock => {
  const sleepers = new Set<Sleeper>()
  let offset = moment - Date.now()
  let stands: number | undefined
  const now = () => stands ?? Date.now() + offset

  const arm = (sleeper: Sleeper): void => {
    clearTimeout(sleeper.timer)
    const left = sleeper.due - now()
    if (left <= 0) {
      sleepers.delete(sleeper)
      return sleeper.wake()
    }
    // What sleeps while time stands still is armed when it goes on.
    sleeper.timer =
      stands === undefined ? setTimeout(() => arm(sleeper), Math.min(left, timerMillisMax)) : undefined
  }
  const armAll = () => {
    for (const sleeper of [...sleepers].toSorted((a, b) => a.due - b.due)) arm(sleeper)
  }
  const nanos = () => BigInt(Math.round(now())) * nanosPerMilli

  return {
    currentTimeMillisUnsafe: now,
    currentTimeMillis: Effect.sync(now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: () => process.hrtime.bigint(),
    monotonicTimeNanos: Effect.sync(() => process.hrtime.bigint()),
    sleep: (duration) => {
      const millis = Duration.toMillis(duration)
      if (millis <= 0) return Effect.yieldNow
      return Effect.callback((resume) => {
        const sleeper: Sleeper = {
          due: now() + millis,
          wake: () => resume(Effect.void),
          timer: undefined
        }
        sleepers.add(sleeper)
        arm(sleeper)
        return Effect.sync(() => {
          clearTimeout(sleeper.timer)
          sleepers.delete(sleeper)
        })
      })
    },
    goOnFrom: (from) => {
      stands = undefined
      offset = from - Date.now()
      armAll()
    },
    standAt: (at) => {
      stands = at
      armAll()
    }
  }
}
