/** Second folds on a disk that has no room for them. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { diskFreeMinBytes, FreeSpace } from "../../infra/disk/room.ts"
import { databaseBytes } from "../../infra/sqlite/database-bytes.ts"
import { readModels } from "../../projections/catalogue.ts"
import { locationIn } from "../../projections/location.ts"
import { checkModels } from "../../projections/past/check.ts"
import { foldPast } from "../../projections/past/fold-past.ts"
import { append, foldTo, simulated, temporaryFolder } from "./simulated.ts"
import { everyExample } from "./story.ts"

it.live(
  "a second fold is refused where it would leave too little of the disk, and leaves nothing there",
  () =>
    Effect.gen(function* () {
      const dataFolder = yield* temporaryFolder
      const until = yield* append(everyExample)
      yield* foldTo(dataFolder, until)
      const { database, folder } = locationIn(dataFolder)
      const enough = diskFreeMinBytes + databaseBytes(database)
      const onCommit = () => undefined
      const second = join(folder, "second-fold.db")
      const past = join(folder, "past", "1.db")
      mkdirSync(dirname(past))
      const check = checkModels({ dataFolder, file: second, models: readModels, onCommit })
      const fold = foldPast({ dataFolder, file: past, until, kept: [], models: readModels, onCommit })
      const having =
        (free: number) =>
        <A, E, R>(work: Effect.Effect<A, E, R>) =>
          Effect.provideService(work, FreeSpace, () => Effect.succeed(free))
      // What a process that was killed left there makes no difference.
      for (const file of [second, past]) writeFileSync(file, "half of a file")
      for (const work of [Effect.asVoid(check), Effect.asVoid(fold)])
        expect(yield* Effect.flip(having(enough - 1)(work))).toMatchObject({
          reason: "no-room",
          message: expect.stringContaining("fold the read models a second time")
        })
      for (const file of [second, past]) expect(existsSync(file)).toBe(false)
      expect(yield* having(enough)(check)).toMatchObject({ differences: [] })
      expect(yield* having(enough)(fold)).toMatchObject({ until })
    }).pipe(Effect.scoped, Effect.provide(simulated()))
)
