/** Checking a point: that every part of it is there and whole, and, with an identity, putting its read models into a file. */
import { open } from "node:fs/promises"
import { Effect } from "effect"
import type { Place, PlaceFailed } from "../places/place.ts"
import { readModelFile } from "../points/make-point.ts"
import { partKey } from "../points/keys.ts"
import { type Point, type PointFile, readPart } from "../points/point.ts"
import { pointOf } from "../points/prune.ts"
import { Damaged, damaged } from "../segment/frame.ts"
import type { Identity } from "../segment/seal.ts"
import type { Origin } from "../segment/segment.ts"
import { createHash } from "node:crypto"

const asDamaged = (cause: unknown) =>
  cause instanceof Damaged ? cause : new Damaged({ part: "body", message: String(cause) })

/** Reads the parts of a file, in order; each is handed on as soon as it is known to be whole. */
const readFileParts = Effect.fnUntraced(function* (
  place: Place,
  origin: Origin,
  file: PointFile,
  identity: Identity | undefined,
  onPart: (plain: Buffer) => Promise<void>
) {
  const whole = createHash("sha256")
  for (const part of file.parts) {
    const key = partKey(origin, part.sha256)
    const bytes = yield* place.get(key)
    if (bytes === undefined) return yield* damaged("beginning", `${key}, a part of ${file.path}`, "nothing")
    const plain = yield* Effect.tryPromise({
      try: () => readPart(bytes, origin, part, identity),
      catch: asDamaged
    })
    if (plain === undefined) continue
    whole.update(plain)
    yield* Effect.promise(() => onPart(plain))
  }
  if (identity !== undefined && whole.digest("hex") !== file.content.sha256)
    return yield* damaged("content", `${file.path} with the digest ${file.content.sha256}`, "another one")
})

/** Checks all files of a point; its read models are put into a file where there is an identity. */
export const checkPoint = Effect.fn("checkPoint")(function* (
  place: Place,
  origin: Origin,
  at: number,
  identity: Identity | undefined,
  readModels: string
): Effect.fn.Return<Point, Damaged | PlaceFailed> {
  const point = yield* pointOf(place, origin, at)
  for (const file of point.files) {
    if (file.path !== readModelFile || identity === undefined) {
      yield* readFileParts(place, origin, file, identity, async () => {})
      continue
    }
    yield* Effect.acquireUseRelease(
      Effect.tryPromise({ try: () => open(readModels, "w", 0o600), catch: asDamaged }),
      (handle) =>
        readFileParts(place, origin, file, identity, async (plain) => {
          await handle.write(plain)
        }),
      (handle) => Effect.promise(() => handle.close())
    )
  }
  return point
})
