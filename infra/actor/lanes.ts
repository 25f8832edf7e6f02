/**
 * Lanes: what belongs to one boundary is done one at a time, by work and by commands alike. A command
 * that concerns every lane takes them all.
 */
import { Deferred, Effect } from "effect"

/** The lane that stands for all lanes. */
export const everyLane = "*"

export interface Lanes {
  readonly isBusy: (lane: string) => boolean
  /** Whether no lane at all can be taken, for somebody has them all or waits for that. */
  readonly isClosed: () => boolean
  /** Takes a lane that is not busy. */
  readonly take: (lane: string) => void
  readonly release: (lane: string) => void
  /** Waits for a lane, runs, and gives it back. */
  readonly within: <A, E, R>(lane: string, effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

export const makeLanes = (onRelease: () => void): Lanes => {
  const busy = new Set<string>()
  const waiting: Array<{ readonly lane: string; readonly turn: Deferred.Deferred<void> }> = []

  const isFree = (lane: string) =>
    lane === everyLane ? busy.size === 0 : !busy.has(lane) && !busy.has(everyLane)

  /** One who waits for all lanes holds back whoever comes after, or it would wait for ever. */
  const isBusy = (lane: string) =>
    !isFree(lane) || waiting.some((waiter) => waiter.lane === lane || waiter.lane === everyLane)

  /** Whoever waited longest and can go; one who waits for all lanes lets nobody past. */
  const nextTurn = () => {
    for (const waiter of waiting) {
      if (isFree(waiter.lane)) return waiter
      if (waiter.lane === everyLane) return undefined
    }
    return undefined
  }

  /** A turn that is given may run at once, and release and grant in its turn: nothing is kept across it. */
  const grant = () => {
    for (let waiter = nextTurn(); waiter !== undefined; waiter = nextTurn()) {
      waiting.splice(waiting.indexOf(waiter), 1)
      busy.add(waiter.lane)
      Deferred.doneUnsafe(waiter.turn, Effect.void)
    }
  }

  const release = (lane: string) => {
    busy.delete(lane)
    grant()
    onRelease()
  }

  const acquire = (lane: string) =>
    Effect.suspend(() => {
      if (!isBusy(lane)) {
        busy.add(lane)
        return Effect.void
      }
      const waiter = { lane, turn: Deferred.makeUnsafe<void>() }
      waiting.push(waiter)
      return Effect.onInterrupt(Deferred.await(waiter.turn), () =>
        Effect.sync(() => {
          const at = waiting.indexOf(waiter)
          if (at < 0) return release(lane)
          waiting.splice(at, 1)
          // One who waited for all lanes held others back, who may go now.
          grant()
          onRelease()
        })
      )
    })

  return {
    isBusy,
    isClosed: () => busy.has(everyLane) || waiting.some(({ lane }) => lane === everyLane),
    take: (lane) => void busy.add(lane),
    release,
    // Waiting for a turn can be interrupted; a turn that was taken is always given back.
    within: (lane, effect) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(restore(acquire(lane)), () =>
          Effect.ensuring(
            restore(effect),
            Effect.sync(() => release(lane))
          )
        )
      )
  }
}
