/** A log that grows while it is read, and shipping of it to a place. */
import { Effect, Queue, Schedule } from "effect"
import type { Place } from "../../../../actors/backup/places/place.ts"
import { shipTo } from "../../../../actors/backup/ship/ship-place.ts"
import { startingStatus } from "../../../../actors/backup/ship/status.ts"
import type { RawMessage } from "../../../../infra/event-log/raw-log.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { origin, someIdentity, someMessages } from "../segment/some-messages.ts"

/** Ships what is said, until the scope closes; no keys are with it. */
export const startShipping = Effect.fnUntraced(function* (place: Place, everyMillis: number) {
  const { recipient } = yield* Effect.promise(someIdentity)
  const waiting = yield* Queue.unbounded<RawMessage>()
  const status = startingStatus()
  let last = 0
  const dataFolder = yield* temporaryFolder
  yield* Effect.forkScoped(
    shipTo({
      place,
      everyMillis,
      origin,
      stores: { dataFolder, account: origin.account, recipients: [recipient] },
      log: { last: Effect.sync(() => last), get: () => Effect.undefined },
      raw: { readFrom: () => Effect.succeed({ next: Queue.takeAll(waiting) }) },
      status,
      known: undefined,
      onStored: () => Effect.void,
      onState: () => Effect.void
    })
  )
  const say = Effect.suspend(() => {
    last += 1
    return Queue.offer(waiting, { ...someMessages(last, 1)[0]!, sequence: last })
  })
  /** Waits until the place holds so many events; its patience tells nothing of how soon that was to be. */
  const holds = (events: number) =>
    Effect.suspend(() => (status.upTo === events ? Effect.void : Effect.fail("not yet"))).pipe(
      Effect.retry(Schedule.spaced("10 millis")),
      Effect.timeout("20 seconds")
    )
  return { holds, say }
})
