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
  /** Whether points that give nothing back are deleted too, but for the last one that was proven good. */
  readonly damaged: boolean
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

/** The keys of the parts that a point is made of. */
const partKeysOf = (origin: Origin, { files }: Point): ReadonlyArray<string> =>
  files.flatMap(({ parts }) => parts.map(({ sha256 }) => partKey(origin, sha256)))

/** The keys of the parts that points need; of one that cannot be read, why. */
const needsOf = Effect.fnUntraced(function* (place: Place, origin: Origin, points: ReadonlyArray<number>) {
  const needs = new Map<number, ReadonlyArray<string> | Damaged>()
  for (const at of points)
    needs.set(
      at,
      yield* pointOf(place, origin, at).pipe(
        Effect.map((point) => partKeysOf(origin, point)),
        Effect.catchTag("Damaged", (damage) => Effect.succeed(damage))
      )
    )
  return needs
})

const deletesDamaged = "`wadjet backup prune --damaged` deletes it"

/**
 * Prunes a place. Points go first, each of which was whole until then; parts only once every point that is kept has
 * said what it needs. A part that is not needed any more and stays, because this was interrupted, goes the next time.
 */
export const prune = Effect.fn("prune")(function* (place: Place, origin: Origin, options: PruneOptions) {
  const { clockHeld, damaged, dryRun, lastGood, policy, zone } = options
  const now = yield* Clock.currentTimeMillis
  const theirs = place.clock === undefined ? undefined : yield* place.clock
  const apart = theirs === undefined ? 0 : Math.abs(theirs - now)
  const confirmed = theirs !== undefined && apart <= clocksApartMillis
  const decide = (points: ReadonlyArray<number>) =>
    whichPoints({ points, now, confirmed, lastGood }, policy, zone)
  const all = yield* pointsAt(place, origin)
  const nothing = (withheld: string): Pruned => {
    const { drop, keep } = decide(all)
    return {
      keep: [...keep, ...drop.map((at) => ({ at, reasons: [withheld] }))],
      drop: [],
      parts: 0,
      withheld
    }
  }
  if (apart > clocksApartMillis) return nothing(`the clock of ${place.name} says another time`)
  if (!clockHeld) return nothing("the clock of this machine jumped")
  const needs = yield* needsOf(place, origin, all)
  const held = new Set((yield* place.list(partsOf(origin))).map(({ key }) => key))
  const givesBack = (at: number): boolean => {
    const need = needs.get(at)!
    return !(need instanceof Damaged) && need.every((key) => held.has(key))
  }
  const broken = damaged ? all.filter((at) => at !== lastGood && !givesBack(at)) : []
  const { drop, keep } = decide(all.filter((at) => !broken.includes(at)))
  const needed = new Set<string>()
  for (const { at } of keep) {
    const need = needs.get(at)!
    if (need instanceof Damaged)
      return nothing(
        `a point that is kept is damaged: ${need.message}${at === lastGood ? "" : `; ${deletesDamaged}`}`
      )
    for (const key of need) needed.add(key)
  }
  const which = { keep, drop: [...drop, ...broken].toSorted((one, other) => other - one) }
  const parts = [...held].filter((key) => !needed.has(key))
  if (!dryRun) {
    for (const at of which.drop) yield* place.remove(pointKey(origin, at))
    for (const key of parts) yield* place.remove(key)
  }
  return { ...which, parts: parts.length, withheld: null } satisfies Pruned
})
