/** Between those who fetch lists and ask services, and the watch, which comes and goes with its lease. */
import { Deferred, Effect, type Scope } from "effect"
import { type Follower, nobody } from "../feeds/feed-news.ts"
import type { SourceNews } from "../sources/ask-source.ts"

export interface Relay {
  /** The lists that are wanted; `undefined` where that is not known, and nothing follows from a list that is missing. */
  readonly wanted: ReadonlySet<string> | undefined
  /** Goes to the watch that is attached, or to nobody. */
  readonly follower: Follower
  /** Of each service the newest news waits for the watch. */
  readonly tell: (news: SourceNews) => void
  readonly take: () => ReadonlyArray<SourceNews>
  /** Attaches the watch until the scope closes; `arrived` is called when there is news of services. */
  readonly attach: (follower: Follower, arrived: () => void) => Effect.Effect<void, never, Scope.Scope>
  /** Ends once a watch was attached. */
  readonly attached: Effect.Effect<void>
}

export const makeRelay = (wanted?: ReadonlySet<string>): Relay => {
  const attached = Deferred.makeUnsafe<void>()
  const news = new Map<string, SourceNews>()
  let current = nobody
  let arrived = () => {}
  return {
    wanted,
    follower: {
      reading: (source) => current.reading(source),
      refreshed: (list) => Effect.suspend(() => current.refreshed(list)),
      failed: (source, reason, at) => Effect.suspend(() => current.failed(source, reason, at))
    },
    tell: (one) => {
      news.set(one.source, one)
      arrived()
    },
    take: () => {
      const all = [...news.values()]
      news.clear()
      return all
    },
    attach: (follower, onNews) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          current = follower
          arrived = onNews
          if (news.size > 0) onNews()
          Deferred.doneUnsafe(attached, Effect.void)
        }),
        () =>
          Effect.sync(() => {
            current = nobody
            arrived = () => {}
          })
      ),
    attached: Deferred.await(attached)
  }
}
