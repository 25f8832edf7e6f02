/** The place that is left when all else is lost: a folder, or a bucket of a server that outlives the machine. */
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { Effect, Redacted } from "effect"
import { openPlace } from "../../../actors/backup/places/open-place.ts"
import type { Origin } from "../../../actors/backup/segment/segment.ts"
import { segmentKey } from "../../../actors/backup/ship/keys.ts"
import { segmentsHeld } from "../../../actors/backup/ship/tail.ts"
import { startSwift } from "../../loopback-s3/real-s3.ts"
import { startLoopbackS3 } from "../../loopback-s3/server.ts"
import { addressOf, placeName, type PlaceWords } from "./life.ts"

/**
 * A folder; a bucket of the server of the tests, which keeps conditions; and one of a real server. Both servers check
 * every signature.
 */
export const placeKinds = ["directory", "s3", "swift"] as const
export type PlaceKind = (typeof placeKinds)[number]

/** Makes a place that lasts until the scope closes. */
export const startPlace = Effect.fnUntraced(function* (kind: PlaceKind, root: string) {
  if (kind === "directory") {
    const path = join(root, "place")
    mkdirSync(path)
    return { kind, path } satisfies PlaceWords
  }
  const { address } = yield* kind === "swift" ? startSwift : startLoopbackS3()
  const { secretKey, ...rest } = address
  return { kind: "s3", ...rest, secret: Redacted.value(secretKey) } satisfies PlaceWords
})

/** How `wadjet` is told of it, by its arguments and by what it sees of settings. */
export const toldOf = (words: PlaceWords) => {
  if (words.kind === "directory") return { from: words.path, settings: {} }
  const { bucket, endpoint, prefix, region } = words
  const [accessKey, secret] = [words.accessKey, words.secret].map(encodeURIComponent)
  return {
    from: placeName,
    settings: {
      WADJET_BACKUP: `${placeName}=${endpoint}/${bucket}/${prefix}?region=${region}`,
      WADJET_BACKUP_KEYS: `${placeName}=${accessKey}:${secret}`
    }
  }
}

/** A segment that was being uploaded: cut off under its name, or, in a folder, not yet under any. */
export const leaveHalf = Effect.fnUntraced(function* (round: number, words: PlaceWords, origin: Origin) {
  const place = yield* openPlace(addressOf(words))
  const last = (yield* segmentsHeld(place, origin)).at(-1)!
  const bytes = (yield* place.get(segmentKey(origin, last)))!
  const half = bytes.subarray(0, Math.floor(bytes.length / 2))
  if (words.kind === "directory" && round % 2 === 0)
    return writeFileSync(join(words.path, dirname(segmentKey(origin, 1)), ".unfinished-1-2"), half)
  yield* place.putIfAbsent(segmentKey(origin, last + 1_000_000), half)
}, Effect.scoped)
