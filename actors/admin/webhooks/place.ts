/** Where a webhook goes on in the log as it is now, by where it was in the log of before. */
import { Effect, Stream } from "effect"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import type { ToldUpTo } from "../accounts/webhooks.ts"

/** From which log a log was restored, and up to which event they are the same. */
export interface Restored {
  readonly from: string
  readonly upTo: number
}

/**
 * The place in the log that came of several restores, the oldest first. What was told behind the restored point is
 * not in this log; what was not told before it still is. Of a log that this one did not come from nothing was told.
 */
export const placeAfter = (
  told: ToldUpTo,
  restores: ReadonlyArray<Restored>,
  generation: string
): ToldUpTo => {
  if (told.generation === generation) return told
  const first = restores.findIndex(({ from }) => from === told.generation)
  const sequence =
    first === -1 ? 0 : Math.min(told.sequence, ...restores.slice(first).map(({ upTo }) => upTo))
  return { generation, sequence }
}

const restoresOf = Effect.gen(function* () {
  const log = yield* EventLog
  const restores: Array<Restored> = []
  yield* log.read({ from: 1, events: ["backup.restored"] }).pipe(
    Stream.takeUntil((batch) => batch.pending === 0),
    Stream.runForEach((batch) =>
      Effect.sync(() => {
        for (const event of batch.events)
          if (event.type === "backup.restored")
            restores.push({ from: event.data.from, upTo: event.data.upTo })
      })
    )
  )
  return restores
})

/** Where a webhook that was told up to a place goes on. The log is read only where it is another one than before. */
export const placeNow = Effect.fnUntraced(function* (told: ToldUpTo) {
  const { generation } = yield* EventLog
  return told.generation === generation ? told : placeAfter(told, yield* restoresOf, generation)
})
