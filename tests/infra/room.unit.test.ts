import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { diskFreeMinBytes, ensureRoom, FreeSpace } from "../../infra/disk/room.ts"

const mebibyte = 1024 * 1024

const havingFree = (freeBytes: number) => Effect.provideService(FreeSpace, () => Effect.succeed(freeBytes))

describe("work that can wait", () => {
  it.effect("begins where it leaves the disk as much as the system is ready with, and not below", () =>
    Effect.gen(function* () {
      const needed = 10 * mebibyte
      yield* ensureRoom("/data", needed, "copy it").pipe(havingFree(diskFreeMinBytes + needed))
      const refused = yield* Effect.flip(
        ensureRoom("/data", needed, "copy it").pipe(havingFree(diskFreeMinBytes + needed - 1))
      )
      expect(refused.message).toBe(
        "expected room to copy it in /data, found no room: it takes 10 MiB, 256 MiB have to stay free, and 265 MiB are; free some space"
      )
    })
  )

  it.effect("is held against the disk that its folder will be on, where that is not there yet", () =>
    Effect.gen(function* () {
      const folder = join(tmpdir(), "no", "such", "folder")
      const refused = yield* Effect.flip(ensureRoom(folder, Number.MAX_SAFE_INTEGER, "fill it"))
      expect(refused.freeBytes).toBeGreaterThan(0)
      expect(Number.isFinite(refused.freeBytes)).toBe(true)
    })
  )
})
