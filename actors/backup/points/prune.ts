/** Deleting the points that no rule keeps, and the parts that none of the others needs. */
import { Clock, Effect } from "effect"
import type { TimeZone } from "effect/DateTime"
import type { Place } from "../places/place.ts"
import { Damaged } from "../segment/frame.ts"
import type { Origin } from "../segment/segment.ts"
import type { Policy } from "../retention/retain.ts"
import { partKey, partsOf, pointAtKey, pointKey, pointsOf } from "./keys.ts"
import { type Point, readPoint } from "./point.ts"
import { type Which, whichPoints } from "./which-points.ts"

export interface PruneOptions {
  readonly policy: Policy
  readonly zone: TimeZone
  /** The point that was last restored in full. */
  readonly lastGood: number | undefined
  /** That the clock went on as time did, as far as this process can tell. */
  readonly clockHeld: boolean
  readonly dryRun: boolean
}

export interface Pruned extends Which {
  /** Parts that were deleted, or would be. */
  readonly parts: number
  /** Why nothing is deleted whatever the rules say; null where nothing is in the way. */
  readonly withheld: string | null
}

/** How far two clocks may be apart and still tell the same time. */
const clocksApartMillis = 5 * 60_000

/** When the points of a generation were made. */
export const pointsAt = Effect.fn("pointsAt")(function* (place: Place, origin: Origin) {
  const objects = yield* place.list(pointsOf(origin))
  return objects.flatMap(({ key }) => pointAtKey(origin, key) ?? [])
})

/** Reads a point; `Damaged` says what is not right with it. */
export const pointOf = Effect.fn("pointOf")(function* (place: Place, origin: Origin, at: number) {
  const bytes = yield* place.get(pointKey(origin, at))
  if (bytes === undefined)
    return yield* new Damaged({
      part: "beginning",
      message: `expected the point ${pointKey(origin, at)}, found nothing`
    })
  return yield* Effect.try({
    try: () => readPoint(bytes, origin, at),
    catch: (cause) =>
      cause instanceof Damaged ? cause : new Damaged({ part: "header", message: String(cause) })
  })
})

const partsOfPoint = ({ files }: Point): ReadonlyArray<string> =>
  files.flatMap(({ parts }) => parts.map(({ sha256 }) => sha256))

/** The keys of parts that no kept point needs. Fails where a kept point cannot say what it needs. */
const unneeded = Effect.fnUntraced(function* (place: Place, origin: Origin, keep: Which["keep"]) {
  const needed = new Set<string>()
  for (const { at } of keep)
    for (const sha256 of partsOfPoint(yield* pointOf(place, origin, at))) needed.add(partKey(origin, sha256))
  return (yield* place.list(partsOf(origin))).map(({ key }) => key).filter((key) => !needed.has(key))
})

/**
 * Prunes a place. Points go first, each of which was whole until then; parts only once every point that is kept has
 * said what it needs. A part that is not needed any more and stays, because this was interrupted, goes the next time.
 */
export const prune = Effect.fn("prune")(function* (place: Place, origin: Origin, options: PruneOptions) {
  const { clockHeld, dryRun, lastGood, policy, zone } = options
  const now = yield* Clock.currentTimeMillis
  const theirs = place.clock === undefined ? undefined : yield* place.clock
  const apart = theirs === undefined ? 0 : Math.abs(theirs - now)
  const which = whichPoints(
    {
      points: yield* pointsAt(place, origin),
      now,
      confirmed: theirs !== undefined && apart <= clocksApartMillis,
      lastGood
    },
    policy,
    zone
  )
  const nothing = (withheld: string): Pruned => ({
    keep: [...which.keep, ...which.drop.map((at) => ({ at, reasons: [withheld] }))],
    drop: [],
    parts: 0,
    withheld
  })
  if (apart > clocksApartMillis) return nothing(`the clock of ${place.name} says another time`)
  if (!clockHeld) return nothing("the clock of this machine jumped")
  const looked = yield* Effect.result(unneeded(place, origin, which.keep))
  if (looked._tag === "Failure") {
    if (looked.failure._tag === "PlaceFailed") return yield* looked.failure
    return nothing(`a point that is kept is damaged: ${looked.failure.message}`)
  }
  const parts = looked.success
  if (!dryRun) {
    for (const at of which.drop) yield* place.remove(pointKey(origin, at))
    for (const key of parts) yield* place.remove(key)
  }
  return { ...which, parts: parts.length, withheld: null } satisfies Pruned
})
