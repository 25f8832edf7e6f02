import { mkdir, readdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { directoryPlace } from "../../../../actors/backup/places/directory-place.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { onSettableClock } from "../../schedule/settable-clock.ts"
import { memoryPlace } from "../memory-place.ts"
import { origin } from "../segment/some-messages.ts"
import { startShipping } from "./growing-log.ts"

const hour = 3_600_000

describe("shipping", () => {
  it.live.each([-hour, hour])("goes on within its interval when the clock is set by %d ms", (millis) =>
    onSettableClock((setBy) =>
      Effect.gen(function* () {
        const place = memoryPlace()
        const { holds, say } = yield* startShipping(place, 50)
        yield* say
        yield* holds(1)
        setBy(millis)
        yield* say
        yield* holds(2)
        setBy(millis)
        yield* say
        yield* holds(3)
        expect(place.objects.size).toBe(3)
      })
    ).pipe(Effect.scoped)
  )

  it.live("begins by destroying what a writer that was killed left at the place", () =>
    Effect.gen(function* () {
      const root = yield* temporaryFolder
      const stores = join(root, origin.account, "stores")
      yield* Effect.promise(async () => {
        await mkdir(stores, { recursive: true })
        await writeFile(join(stores, ".replacing-1-x"), "a key that was destroyed since")
      })
      const { holds, say } = yield* startShipping(directoryPlace("disk", root), 50)
      yield* say
      yield* holds(1)
      expect(yield* Effect.promise(() => readdir(stores))).toEqual([])
    })
  )
})
