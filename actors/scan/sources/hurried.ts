/**
 * Asking a source a second time beside the first where its answer takes longer than most of its answers do: a slow
 * answer is more often a matter of one connection or one server among many than of the question. The first that comes
 * counts.
 *
 * @see https://research.google/pubs/the-tail-at-scale/
 */
import { Clock, Deferred, Effect, Exit, Fiber } from "effect"

/** Answers whose times are remembered, */
const timesMax = 64
/** and how many it takes to know what is usual. */
const timesMin = 16
/** The share of answers that come sooner than what is waited for before it is asked again. */
const soonerShare = 0.65
/** Questions asked a second time, as a share of all: a service that grows slow is not asked twice as much. */
const secondShare = 0.4
/** Second questions that may be saved up. */
const savedMax = 8
/** What is faster than this is fast enough. */
const waitMillisMin = 100

/** Makes the way to ask in a hurry, with a memory of how long the answers of one source take. */
export const makeHurried = () => {
  const times: Array<number> = []
  let at = 0
  let saved = 0

  const note = (millis: number): void => {
    times[at] = millis
    at = (at + 1) % timesMax
    saved = Math.min(savedMax, saved + secondShare)
  }

  const patienceMillis = (): number | undefined => {
    if (times.length < timesMin || saved < 1) return undefined
    const sorted = times.toSorted((a, b) => a - b)
    return Math.max(waitMillisMin, sorted[Math.floor(sorted.length * soonerShare)]!)
  }

  const soonest = Effect.fnUntraced(function* <A, E>(ask: Effect.Effect<A, E>) {
    const patience = patienceMillis()
    if (patience === undefined) return yield* ask
    const answered = Deferred.makeUnsafe<A, E>()
    let underWay = 0
    let failure: Exit.Exit<A, E> | undefined
    const asking = Effect.suspend(() => {
      underWay++
      return Effect.onExit(ask, (exit) =>
        Effect.sync(() => {
          underWay--
          if (Exit.isFailure(exit)) failure ??= exit
          // What fails leaves it to the other one, if that is asked already.
          if (Exit.isSuccess(exit)) Deferred.doneUnsafe(answered, exit)
          else if (underWay === 0) Deferred.doneUnsafe(answered, failure ?? exit)
        })
      )
    })
    const again = Effect.andThen(
      Effect.sleep(patience),
      Effect.suspend(() => {
        saved--
        return asking
      })
    )
    const first = yield* Effect.forkChild(asking, { startImmediately: true })
    const second = yield* Effect.forkChild(again, { startImmediately: true })
    return yield* Effect.onExit(Deferred.await(answered), () => Fiber.interruptAll([first, second]))
  })

  /** Asks; a failure is one of the first question, or of both. */
  return Effect.fnUntraced(function* <A, E>(ask: Effect.Effect<A, E>) {
    const began = yield* Clock.currentTimeMillis
    const answer = yield* soonest(ask)
    note((yield* Clock.currentTimeMillis) - began)
    return answer
  })
}
