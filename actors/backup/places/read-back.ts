/** Storage that says that it stored something is not believed: what it holds is read, and compared. */
import { Effect } from "effect"
import { type Place, PlaceFailed } from "./place.ts"

/** A place does not hold what it said that it stored. */
export const lied = (place: Place, operation: string, key: string, found: string) =>
  new PlaceFailed({
    place: place.name,
    operation,
    fault: "lied",
    message: `expected ${place.shown} to hold ${key} as it was stored, found ${found}`
  })

/** Stores an object in the place of whatever is there, and sees that it is there. */
export const replaceForCertain = Effect.fn("replaceForCertain")(function* (
  place: Place,
  key: string,
  bytes: Buffer
) {
  yield* place.replace(key, bytes)
  const held = yield* place.get(key)
  if (held === undefined) return yield* lied(place, "replace an object", key, "nothing")
  if (!held.equals(bytes)) return yield* lied(place, "replace an object", key, "something else")
})
