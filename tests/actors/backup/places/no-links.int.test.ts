/** A directory of a file system on which a file has one name only, such as exFAT. */
import { readdir } from "node:fs/promises"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { afterEach, vi } from "vitest"
import { directoryPlace } from "../../../../actors/backup/places/directory-place.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { placeContract } from "./place.contract.ts"

/** What the file system says to a second name. */
const says = vi.hoisted(() => ({ code: "EPERM" }))

vi.mock(import("node:fs/promises"), async (original) => ({
  ...(await original()),
  link: () => Promise.reject(Object.assign(new Error(`${says.code}: as it was told`), { code: says.code }))
}))

afterEach(() => Object.assign(says, { code: "EPERM" }))

describe("a directory without links", () => {
  placeContract(
    Effect.map(temporaryFolder, (root) => directoryPlace("disk", root)),
    () => false
  )

  it.live("says what is wrong where it is something else, and leaves nothing of what it tried", () =>
    Effect.gen(function* () {
      says.code = "EIO"
      const root = yield* temporaryFolder
      const place = directoryPlace("disk", root)
      expect(yield* Effect.flip(place.putIfAbsent("one", Buffer.from("x")))).toMatchObject({
        fault: "failed",
        message: expect.stringContaining("EIO")
      })
      expect(yield* Effect.promise(() => readdir(root))).toEqual([])
    })
  )
})
