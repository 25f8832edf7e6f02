/** Storing a file at a place part by part, and nothing twice that is there already. */
import { createHash } from "node:crypto"
import { open } from "node:fs/promises"
import { Effect } from "effect"
import { type Place, PlaceFailed } from "../places/place.ts"
import { type Extent, extentOf } from "../segment/frame.ts"
import type { Origin } from "../segment/segment.ts"
import { partKey } from "./keys.ts"
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

/** Whether a place has a part, whole as far as that can be told without a key. */
const isThere = Effect.fnUntraced(function* (place: Place, origin: Origin, part: Extent) {
  const held = yield* place.get(partKey(origin, part.sha256))
  if (held === undefined) return false
  return yield* Effect.tryPromise({
    try: () => readPart(held, origin, part, undefined),
    catch: (cause) =>
      cause instanceof Damaged ? cause : new Damaged({ part: "body", message: String(cause) })
  }).pipe(
    Effect.as(true),
    Effect.orElseSucceed(() => false)
  )
})

const storePart = Effect.fnUntraced(function* (
  place: Place,
  origin: Origin,
  plain: Buffer,
  sealing: Sealing
) {
  const part = extentOf(plain)
  const key = partKey(origin, part.sha256)
  if (yield* isThere(place, origin, part)) return { part, bytes: 0 }
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
  return { part, bytes: object.length }
})

/**
 * Stores a file. `known` are the digests of parts that this process has seen at the place: they are not asked for
 * again. Answers with the file as a point has it, and how many bytes were stored.
 */
export const storeFile = Effect.fn("storeFile")(function* (
  place: Place,
  origin: Origin,
  file: { readonly path: string; readonly at: string },
  sealing: Sealing,
  known: Set<string>
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
    if (!known.has(extent.sha256)) stored += (yield* storePart(place, origin, plain, sealing)).bytes
    known.add(extent.sha256)
    parts.push(extent)
  }
  const content = { bytes: length, sha256: whole.digest("hex") }
  return { file: { path: file.path, content, parts } satisfies PointFile, bytes: stored }
}, Effect.scoped)
