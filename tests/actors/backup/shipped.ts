/** A log that was shipped to a place in memory, in segments of some sizes. */
import { Effect } from "effect"
import { encodeSegment, type Tail } from "../../../actors/backup/segment/segment.ts"
import { segmentKey } from "../../../actors/backup/ship/keys.ts"
import type { RawMessage } from "../../../infra/event-log/raw-log.ts"
import { memoryLog, memoryPlace } from "./memory-place.ts"
import { origin, someIdentity, someMessages } from "./segment/some-messages.ts"

export interface ShippedSegment {
  readonly key: string
  readonly first: number
  readonly last: number
  readonly bytes: Buffer
}

/** Ships events `1` to the sum of the sizes. */
export const shippedLog = Effect.fnUntraced(function* (sizes: ReadonlyArray<number>) {
  const { identity, recipient } = yield* Effect.promise(someIdentity)
  const place = memoryPlace()
  const messages: Array<RawMessage> = []
  const segments: Array<ShippedSegment> = []
  let tail: Tail | null = null
  for (const size of sizes) {
    const first: number = ((tail as Tail | null)?.last ?? 0) + 1
    const some = someMessages(first, size)
    const encoded = yield* Effect.promise(() =>
      encodeSegment({ origin, previous: tail, messages: some }, [recipient])
    )
    const key = segmentKey(origin, first)
    place.objects.set(key, encoded.bytes)
    segments.push({ key, first, last: encoded.tail.last, bytes: encoded.bytes })
    some.forEach((message, index) => messages.push({ ...message, sequence: first + index }))
    tail = encoded.tail
  }
  const last = messages.length
  const log = { last: Effect.succeed(last) }
  return {
    place,
    identity,
    recipients: [recipient],
    origin,
    messages,
    segments,
    tail,
    options: { place, origin, recipients: [recipient], log, raw: memoryLog(messages), shipped: tail }
  }
})
