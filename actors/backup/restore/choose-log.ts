/** Which log of a place is restored: the one with the newest event, unless another one is named. */
import { Effect } from "effect"
import { headerNames } from "../../../contracts/envelope.ts"
import { headerIn } from "../../../infra/event-log/header-block.ts"
import type { Place } from "../places/place.ts"
import { readSegment, openSegment, type Origin } from "../segment/segment.ts"
import type { Identity } from "../segment/seal.ts"
import { segmentKey } from "../ship/keys.ts"
import { segmentsHeld } from "../ship/tail.ts"
import { originsAt } from "../verify/verify.ts"

export interface HeldLog extends Origin {
  /** The last event that the place holds, as far as that can be read, and when it happened. */
  readonly last: number
  readonly time: number | null
}

/** Segments looked at, from the last one back, for one that can be opened. */
const lookedAtMax = 8

const endOf = Effect.fnUntraced(function* (place: Place, origin: Origin, identity: Identity) {
  const firsts = yield* segmentsHeld(place, origin)
  for (const first of firsts.slice(-lookedAtMax).toReversed()) {
    const bytes = yield* place.get(segmentKey(origin, first))
    if (bytes === undefined) continue
    const opened = yield* Effect.option(
      Effect.flatMap(readSegment(bytes), (segment) => openSegment(segment, identity))
    )
    if (opened._tag === "None") continue
    const newest = opened.value.at(-1)
    const time = newest === undefined ? Number.NaN : Date.parse(headerIn(newest.headers, headerNames.time))
    return { last: first + opened.value.length - 1, time: Number.isNaN(time) ? null : time }
  }
  return { last: firsts.at(-1) ?? 0, time: null }
})

/** The logs of a place, the one with the newest event first. */
export const logsAt = Effect.fn("logsAt")(function* (place: Place, identity: Identity) {
  const logs: Array<HeldLog> = []
  for (const origin of yield* originsAt(place))
    logs.push({ ...origin, ...(yield* endOf(place, origin, identity)) })
  return logs.toSorted((a, b) => (b.time ?? 0) - (a.time ?? 0))
})
