import { randomBytes } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { describe, expect, it } from "@effect/vitest"
import { Decrypter } from "age-encryption"
import { Effect, Redacted } from "effect"
import { encodePoint, PartHeader, readPoint } from "../../../../actors/backup/points/point.ts"
import { partKey } from "../../../../actors/backup/points/keys.ts"
import { readModelFile } from "../../../../actors/backup/points/make-point.ts"
import { storeFile } from "../../../../actors/backup/points/store-file.ts"
import { unframe } from "../../../../actors/backup/segment/frame.ts"
import { type Packing, packings } from "../../../../actors/backup/segment/seal.ts"
import { checkPoint } from "../../../../actors/backup/verify/check-point.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { memoryPlace } from "../memory-place.ts"
import { origin, someIdentity } from "../segment/some-messages.ts"

/** Of two parts; the second one is short. */
const content = Buffer.concat([Buffer.alloc(4 * 1024 * 1024, "a row of a table"), randomBytes(100_000)])

/** A point of one file at a place, packed one way or the other. */
const pointPacked = Effect.fnUntraced(function* (packing: Packing) {
  const { identity, recipient } = yield* Effect.promise(someIdentity)
  const folder = yield* temporaryFolder
  const at = join(folder, "copy.db")
  writeFileSync(at, content)
  const place = memoryPlace()
  const sealing = { recipients: [recipient], packing }
  const { file } = yield* storeFile(place, origin, { path: readModelFile, at }, sealing, new Map())
  const point = encodePoint({ ...origin, at: 5, sequence: 1, files: [file] })
  return { file, folder, identity, place, point: readPoint(point, origin, 5) }
})

describe("points", () => {
  it.live.each(packings)("are opened and put together again, packed as %s", (packing) =>
    Effect.gen(function* () {
      const { folder, identity, place, point } = yield* pointPacked(packing)
      const into = join(folder, "again.db")
      yield* checkPoint(place, origin, point, { identity, readModels: into })
      expect(readFileSync(into).equals(content)).toBe(true)
    })
  )

  it.live("that are packed as gz are opened by age and gunzip, and by nothing of ours", () =>
    Effect.gen(function* () {
      const { file, identity, place } = yield* pointPacked("gz")
      const decrypter = new Decrypter()
      decrypter.addIdentity(Redacted.value(identity))
      const opened = yield* Effect.forEach(file.parts, ({ sha256 }) => {
        const { body } = unframe(place.objects.get(partKey(origin, sha256))!, PartHeader)
        return Effect.promise(() => decrypter.decrypt(body))
      })
      expect(gunzipSync(Buffer.concat(opened)).equals(content)).toBe(true)
    })
  )
})
