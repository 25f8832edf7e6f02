import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Effect, Fiber } from "effect"
import { followCheckpoint } from "../../../actors/operator/follow-checkpoint.ts"
import { discard } from "../../../projections/database.ts"
import { locationIn } from "../../../projections/location.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-follow-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

/** Another process's connection to the read models of a folder. */
const writer = (dataFolder: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const { database, folder: place } = locationIn(dataFolder)
      mkdirSync(place, { recursive: true })
      const db = new Database(database)
      db.pragma("journal_mode=WAL")
      return db
    }),
    (db) => Effect.sync(() => db.close())
  )

const makeTables = (db: Database.Database, sequence: number) =>
  db.exec(`create table checkpoint (sequence integer); insert into checkpoint values (${sequence})`)

describe("read models that another process folds", () => {
  it.live("are waited for until they are there, and not only their file", () =>
    Effect.gen(function* () {
      const dataFolder = yield* folder
      const db = yield* writer(dataFolder)
      // The first look finds the file, and nothing in it.
      const following = yield* Effect.forkChild(followCheckpoint(dataFolder), { startImmediately: true })
      expect(following.pollUnsafe()).toBeUndefined()
      makeTables(db, 3)
      const { position, reached } = yield* Fiber.join(following)
      expect(position()).toBe(3)
      const waiting = yield* Effect.forkChild(reached(5))
      db.exec("update checkpoint set sequence = 5")
      yield* Fiber.join(waiting)
    }).pipe(Effect.scoped)
  )

  it.live("are followed no longer when others take their place", () =>
    Effect.gen(function* () {
      const dataFolder = yield* folder
      makeTables(yield* writer(dataFolder), 3)
      const { replaced } = yield* followCheckpoint(dataFolder)
      const end = yield* Effect.forkChild(Effect.flip(replaced))
      discard(locationIn(dataFolder).database)
      makeTables(yield* writer(dataFolder), 0)
      const error = yield* Fiber.join(end)
      expect(error._tag).toBe("ReadModelsReplaced")
      expect(error.message).toContain("start this one again")
    }).pipe(Effect.scoped)
  )
})
