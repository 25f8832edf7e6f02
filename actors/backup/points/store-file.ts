/** Storing a file at a place part by part, and nothing twice that is there already. */
import { createHash } from "node:crypto"
import { open } from "node:fs/promises"
import { Effect } from "effect"
import { type Place, PlaceFailed } from "../places/place.ts"
import { type Extent, extentOf } from "../segment/frame.ts"
import type { Origin } from "../segment/segment.ts"
import { partKey, partsOf } from "./keys.ts"
import { Damaged, encodePart, readPart, type PointFile, type Sealing } from "./point.ts"

/** One part: sealing it keeps the process for some milliseconds, and it is in memory some times over. */
const partBytes = 4 * 1024 * 1024

const failed = (place: Place, fault: "lied" | "failed", expected: string, found: string) =>
  new PlaceFailed({
    place: place.name,
    operation: "store an object",
    fault,
    message: `expected ${expected}, found ${found}`
  })

/** Parts that were seen whole at a place, by their digests, with the length that their object had there. */
export type SeenParts = Map<string, number>

/** Forgets the parts that a place does not list any more as they were when they were seen: they are looked at again. */
export const forgetChanged = Effect.fn("forgetChanged")(function* (
  place: Place,
  origin: Origin,
  seen: SeenParts
) {
  if (seen.size === 0) return
  const listed = new Map((yield* place.list(partsOf(origin))).map(({ bytes, key }) => [key, bytes]))
  for (const [sha256, bytes] of seen) if (listed.get(partKey(origin, sha256)) !== bytes) seen.delete(sha256)
})

/** The object of a part, where a place has it whole, as far as that can be told without a key. */
const wholeAt = Effect.fnUntraced(function* (place: Place, origin: Origin, part: Extent) {
  const held = yield* place.get(partKey(origin, part.sha256))
  if (held === undefined) return undefined
  return yield* Effect.tryPromise({
    try: () => readPart(held, origin, part, undefined),
    catch: (cause) =>
      cause instanceof Damaged ? cause : new Damaged({ part: "body", message: String(cause) })
  }).pipe(
    Effect.as(held),
    Effect.orElseSucceed(() => undefined)
  )
})

/** Answers with the length of its object, and how much was stored. */
const storePart = Effect.fnUntraced(function* (
  place: Place,
  origin: Origin,
  part: Extent,
  plain: Buffer,
  sealing: Sealing
) {
  const key = partKey(origin, part.sha256)
  const there = yield* wholeAt(place, origin, part)
  if (there !== undefined) return { length: there.length, stored: 0 }
  const object = yield* Effect.promise(() => encodePart(origin, plain, sealing))
  yield* place.replace(key, object)
  const held = yield* place.get(key)
  if (held === undefined || !held.equals(object))
    return yield* failed(
      place,
      "lied",
      `${place.shown} to hold ${key} as it was stored`,
      held === undefined ? "nothing" : "something else"
    )
  return { length: object.length, stored: object.length }
})

/**
 * Stores a file. Parts in `seen` are not asked for again; others are, and are stored where they are not whole. Answers
 * with the file as a point has it, and how many bytes were stored.
 */
export const storeFile = Effect.fn("storeFile")(function* (
  place: Place,
  origin: Origin,
  file: { readonly path: string; readonly at: string },
  sealing: Sealing,
  seen: SeenParts
) {
  const handle = yield* Effect.acquireRelease(
    Effect.tryPromise({
      try: () => open(file.at, "r"),
      catch: (cause) => failed(place, "failed", `to read ${file.at}`, String(cause))
    }),
    (it) => Effect.promise(() => it.close())
  )
  const whole = createHash("sha256")
  const parts: Array<Extent> = []
  let length = 0
  let stored = 0
  while (true) {
    const buffer = Buffer.allocUnsafe(partBytes)
    const { bytesRead } = yield* Effect.tryPromise({
      try: () => handle.read(buffer, 0, partBytes, length),
      catch: (cause) => failed(place, "failed", `to read ${file.at}`, String(cause))
    })
    if (bytesRead === 0) break
    const plain = buffer.subarray(0, bytesRead)
    whole.update(plain)
    length += bytesRead
    const extent = extentOf(plain)
    if (!seen.has(extent.sha256)) {
      const part = yield* storePart(place, origin, extent, plain, sealing)
      seen.set(extent.sha256, part.length)
      stored += part.stored
    }
    parts.push(extent)
  }
  const content = { bytes: length, sha256: whole.digest("hex") }
  return { file: { path: file.path, content, parts } satisfies PointFile, bytes: stored }
}, Effect.scoped)
