/**
 * The outside, asked in a thread of its own: a dozen requests for each link, their answers and the pages they bring are
 * work that no first verdict is to wait for. The thread is there from the first look on, and ends when nobody looked for
 * a while. A look under way in one that is lost begins again in the next.
 */
import { Clock, Deferred, Effect, Latch } from "effect"
import { supervise } from "../../../infra/actor/supervise.ts"
import type { Outlook, Outside } from "../outside.ts"
import type { HandedLists } from "./outside-protocol.ts"
import { lookIn, type OutsideThread, type OutsideThreadOptions, startOutsideThread } from "./start-thread.ts"

/** A chain of redirects has 8 s, and the sources have 2.8 s after it. */
const silentSecondsMax = 30
/** What it remembers of services is worth little by then, and the memory that it takes is not. */
const idleMinutes = 15
/** A look that lost its thread so often may be what it was lost by. */
const beginningsMax = 3

/** What a test may set beside. */
export interface OutsideThreadLimits {
  readonly idleMillis?: number
  readonly silentMillisMax?: number
}

export interface ThreadedOutside extends Outside {
  /** Hands the lists of Safe Browsing to the thread that is there, if there is one. */
  readonly hand: (local: HandedLists) => void
}

/** Opens it, to be closed with the scope. What needs nobody outside is said by `asked`, in this thread. */
export const openOutsideThread = Effect.fn("openOutsideThread")(function* (
  asked: Omit<Outside, "look">,
  options: OutsideThreadOptions,
  { idleMillis = idleMinutes * 60_000, silentMillisMax = silentSecondsMax * 1_000 }: OutsideThreadLimits = {}
) {
  const wanted = Latch.makeUnsafe(false)
  let next = Deferred.makeUnsafe<OutsideThread>()
  let running: OutsideThread | undefined
  let lookedAt = 0
  let looks = 0

  const begin = (thread: OutsideThread) =>
    Effect.sync(() => {
      running = thread
      Deferred.doneUnsafe(next, Effect.succeed(thread))
    })
  const end = (thread: OutsideThread) =>
    Effect.sync(() => {
      running = undefined
      next = Deferred.makeUnsafe()
      for (const tell of thread.looks.values()) tell({ say: "lost" })
    })

  const untilIdle = (thread: OutsideThread) =>
    Effect.gen(function* () {
      lookedAt = yield* Clock.currentTimeMillis
      for (let idle = 0; thread.looks.size > 0 || idle < idleMillis;) {
        yield* Effect.sleep(Math.max(1, thread.looks.size > 0 ? idleMillis : idleMillis - idle))
        idle = (yield* Clock.currentTimeMillis) - lookedAt
      }
      wanted.closeUnsafe()
    })

  const one = Effect.gen(function* () {
    yield* wanted.await
    const thread = yield* startOutsideThread(options)
    yield* Effect.acquireRelease(begin(thread), () => end(thread))
    yield* Effect.raceFirst(thread.failed, untilIdle(thread))
  }).pipe(Effect.scoped)
  yield* Effect.forkScoped(supervise("scan-outside-thread", Effect.forever(one)))

  const isLost: Outlook = {
    evidence: [],
    missing: asked.asks.map((source) => ({ source, reason: "the thread that asks broke again and again" }))
  }
  const look: Outside["look"] = (url, heard, asking, soFar) =>
    Effect.gen(function* () {
      for (let beginnings = 0; beginnings < beginningsMax; beginnings++) {
        wanted.openUnsafe()
        const thread = yield* Deferred.await(next)
        const outlook = yield* lookIn(thread, looks++, { url, heard, asking, soFar }, silentMillisMax)
        lookedAt = yield* Clock.currentTimeMillis
        if (outlook !== undefined) return outlook
      }
      return isLost
    })
  const threaded: ThreadedOutside = {
    ...asked,
    look,
    hand: (local) => running?.say({ hear: "lists", local })
  }
  return threaded
})
