/**
 * Catching up in turns. Readers that are in different places of a long log have the server keep what all of them
 * need in memory, and take no less time side by side than one after another.
 */
import { Context, Effect, Semaphore } from "effect"
import type { EventLogService, LogUnavailable } from "../event-log/event-log.ts"

/** Whose turn it is. By default nobody waits; who composes several actors has them share one of a single permit. */
export const CatchUpTurns = Context.Reference<Semaphore.Semaphore>("wadjet/infra/CatchUpTurns", {
  defaultValue: () => Semaphore.makeUnsafe(Number.MAX_SAFE_INTEGER)
})

/** Who is behind by fewer events catches up at once: it is done before the next one would have to wait. */
const farBehindEvents = 20_000

/**
 * Runs a reader until it has caught up, in turn where it is far behind, and then for good. `reading` begins behind
 * what was folded, each time that it is run.
 */
export const readInTurn = <A, E>(
  log: Pick<EventLogService, "last">,
  folded: () => number,
  caughtUp: Effect.Effect<void>,
  reading: Effect.Effect<A, E>
): Effect.Effect<A, E | LogUnavailable> =>
  Effect.gen(function* () {
    const turns = yield* CatchUpTurns
    const behind = (yield* log.last) - folded()
    if (behind > farBehindEvents) yield* turns.withPermit(Effect.raceFirst(reading, caughtUp))
    return yield* reading
  })
