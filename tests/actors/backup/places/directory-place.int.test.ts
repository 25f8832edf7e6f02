import { link, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { directoryPlace } from "../../../../actors/backup/places/directory-place.ts"
import { fencingContract, placeContract } from "./place.contract.ts"

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "wadjet-place-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

const opened = Effect.map(folder, (path) => directoryPlace("disk", path))

describe("a directory as a place", () => {
  placeContract(opened)
  fencingContract(opened)

  it.live("leaves nothing of what it replaced on the disk", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const place = directoryPlace("disk", path)
      yield* place.replace("keyring", Buffer.from("a key that was destroyed"))
      // A second name keeps the file, as a disk keeps its blocks.
      yield* Effect.promise(() => link(join(path, "keyring"), join(path, "still")))
      yield* place.replace("keyring", Buffer.from("other keys"))
      expect(
        [...(yield* Effect.promise(() => readFile(join(path, "still"))))].every((byte) => byte === 0)
      ).toBe(true)
    })
  )

  it.live("shows nothing of what was not written to its end", () =>
    Effect.gen(function* () {
      const path = yield* folder
      yield* Effect.promise(() => writeFile(join(path, ".unfinished-1-x"), "half"))
      expect(yield* directoryPlace("disk", path).list("")).toEqual([])
    })
  )

  it.live("is unreachable, and not empty, where its folder is not there", () =>
    Effect.gen(function* () {
      const place = directoryPlace("disk", join(yield* folder, "not-mounted"))
      expect(yield* Effect.flip(place.list(""))).toMatchObject({ _tag: "PlaceFailed", fault: "unreachable" })
      expect(yield* Effect.flip(place.putIfAbsent("a", Buffer.from("x")))).toMatchObject({
        fault: "unreachable"
      })
    })
  )
})
