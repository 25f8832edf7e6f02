/** Checking a point: that every part of it is there and whole, and, with an identity, putting its read models into a file. */
import { open } from "node:fs/promises"
import { Effect } from "effect"
import type { Place, PlaceFailed } from "../places/place.ts"
import { readModelFile } from "../points/make-point.ts"
import { partKey } from "../points/keys.ts"
import { type Point, type PointFile, readPart } from "../points/point.ts"
import { Damaged, damaged, type Extent } from "../segment/frame.ts"
import type { Identity } from "../segment/seal.ts"
import type { Origin } from "../segment/segment.ts"
import { createHash } from "node:crypto"

const asDamaged = (cause: unknown) =>
  cause instanceof Damaged ? cause : new Damaged({ part: "body", message: String(cause) })

/** Reads a part, and opens it where there is an identity. Fails where it is not there, or not whole. */
export const readPartAt = Effect.fnUntraced(function* (
  place: Place,
  origin: Origin,
  part: Extent,
  of: string,
  identity: Identity | undefined
) {
  const key = partKey(origin, part.sha256)
  const bytes = yield* place.get(key)
  if (bytes === undefined) return yield* damaged("beginning", `${key}, a part of ${of}`, "nothing")
  return yield* Effect.tryPromise({
    try: () => readPart(bytes, origin, part, identity),
    catch: asDamaged
  })
})

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
    const plain = yield* readPartAt(place, origin, part, file.path, identity)
    if (plain === undefined) continue
    whole.update(plain)
    yield* Effect.promise(() => onPart(plain))
  }
  if (identity !== undefined && whole.digest("hex") !== file.content.sha256)
    return yield* damaged("content", `${file.path} with the digest ${file.content.sha256}`, "another one")
})

/** Who opens a point, and the file that its read models are put into. */
export interface Opening {
  readonly identity: Identity
  readonly readModels: string
}

/** Checks all files of a point, as they are, encrypted, or opened. */
export const checkPoint = Effect.fn("checkPoint")(function* (
  place: Place,
  origin: Origin,
  point: Point,
  opening?: Opening
): Effect.fn.Return<void, Damaged | PlaceFailed> {
  for (const file of point.files) {
    if (file.path !== readModelFile || opening === undefined) {
      yield* readFileParts(place, origin, file, opening?.identity, async () => {})
      continue
    }
    const { identity, readModels } = opening
    yield* Effect.acquireUseRelease(
      Effect.tryPromise({ try: () => open(readModels, "w", 0o600), catch: asDamaged }),
      (handle) =>
        readFileParts(place, origin, file, identity, async (plain) => {
          await handle.write(plain)
        }),
      (handle) => Effect.promise(() => handle.close())
    )
  }
})
