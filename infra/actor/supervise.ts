/** Keeping an actor running: what fails is started again, on what the log says, after a growing wait. */
import { Cause, Clock, Effect, type Scope } from "effect"

/** The first and the longest wait before an actor is started again. */
const restartFirstMillis = 200
const restartLongestMillis = 10_000
/** One that ran this long was well: what befalls it now has nothing to do with its earlier failures. */
const wellAfterMillis = 60_000

/**
 * Runs an actor in a scope of its own, for ever. A damaged log is not run over again: it stops the whole
 * system, for going on would make the damage worse.
 */
export const supervise = <E extends { readonly _tag: string; readonly message: string }, R>(
  actor: string,
  run: Effect.Effect<never, E, R | Scope.Scope>
) =>
  Effect.gen(function* () {
    let failures = 0
    while (true) {
      const began = yield* Clock.currentTimeMillis
      const cause = yield* run.pipe(
        Effect.scoped,
        Effect.matchCause({ onFailure: (cause) => cause, onSuccess: () => Cause.empty as Cause.Cause<E> })
      )
      const damage = cause.reasons.find(
        (reason) => reason._tag === "Fail" && reason.error._tag === "DamagedLog"
      )
      if (damage !== undefined || Cause.hasInterruptsOnly(cause)) return yield* Effect.failCause(cause)
      failures = (yield* Clock.currentTimeMillis) - began >= wellAfterMillis ? 1 : failures + 1
      const wait = Math.min(restartFirstMillis * 2 ** (failures - 1), restartLongestMillis)
      yield* Effect.logError(
        "an actor stopped and is started again",
        { actor, failures, waitMillis: wait },
        cause
      )
      yield* Effect.sleep(wait)
    }
  })
