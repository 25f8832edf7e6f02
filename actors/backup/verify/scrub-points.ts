/**
 * Scrubbing the points of a place: whether each can say what it is made of, whether every part of it is there, and
 * whether those that are read are whole. One that is not gives nothing back, and is deleted: the next point stores it
 * again where it still has it, and the points that lack it can be told.
 */
import { Effect } from "effect"
import type { Place, PlaceFailed } from "../places/place.ts"
import { partKey, partsOf } from "../points/keys.ts"
import { pointOf, pointsAt } from "../points/prune.ts"
import { type Damaged, damaged } from "../segment/frame.ts"
import type { Origin } from "../segment/segment.ts"
import { readPartAt } from "./check-point.ts"

/** A point that does not give back what was copied. */
export interface DamagedPoint {
  readonly at: number
  readonly problem: string
}

/**
 * Every point that is not whole, as far as that is looked at, the newest first: the parts of all of them are read, or of
 * the newest alone. Fails where the place cannot be asked.
 */
export const scrubPoints = Effect.fn("scrubPoints")(function* (
  place: Place,
  origin: Origin,
  reads: "newest" | "all"
) {
  const held = new Set((yield* place.list(partsOf(origin))).map(({ key }) => key))
  const points = (yield* pointsAt(place, origin)).toSorted((one, other) => other - one)
  const whole = new Set<string>()

  const check = Effect.fnUntraced(function* (at: number): Effect.fn.Return<void, Damaged | PlaceFailed> {
    const { files } = yield* pointOf(place, origin, at)
    for (const { parts, path } of files)
      for (const part of parts) {
        const key = partKey(origin, part.sha256)
        if (!held.has(key)) return yield* damaged("beginning", `${key}, a part of ${path}`, "nothing")
        if (whole.has(key) || (reads === "newest" && at !== points[0])) continue
        yield* readPartAt(place, origin, part, path, undefined).pipe(
          Effect.tapError(({ _tag }) => (_tag === "Damaged" ? place.remove(key) : Effect.void))
        )
        whole.add(key)
      }
  })

  const found: Array<DamagedPoint> = []
  for (const at of points) {
    const checked = yield* Effect.result(check(at))
    if (checked._tag === "Success") continue
    if (checked.failure._tag === "PlaceFailed") return yield* checked.failure
    found.push({ at, problem: `the point of ${new Date(at).toISOString()}: ${checked.failure.message}` })
  }
  return found
})
