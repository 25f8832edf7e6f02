/** A clock that is set while everything runs: who sleeps sleeps on for as long as it meant to. */
import { Clock, Effect } from "effect"

/** Runs on a clock that `setBy` puts forward by so many milliseconds, or back by a negative number. */
export const onSettableClock = <A, E, R>(run: (setBy: (millis: number) => void) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    let ahead = 0
    const settable: Clock.Clock = {
      ...clock,
      sleep: (duration) => clock.sleep(duration),
      currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe(),
      monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
      currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + ahead),
      currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + ahead
    }
    return yield* run((millis) => void (ahead += millis)).pipe(Effect.provideService(Clock.Clock, settable))
  })
