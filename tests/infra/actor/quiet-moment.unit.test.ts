/** What folds wrote is moved from SQLite's journal into its file when nothing else is to be done. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import Database from "better-sqlite3"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { input, makeToy, speak } from "./toy.ts"
import { makeWorld, pass, until } from "./world.ts"

/** A disk that is kept as an actor's is. */
const onDisk = Effect.acquireRelease(
  Effect.sync(() => {
    const folder = mkdtempSync(join(tmpdir(), "wadjet-quiet-"))
    const db = new Database(join(folder, "a.db"))
    db.pragma("journal_mode=WAL")
    return { db, folder }
  }),
  ({ db, folder }) =>
    Effect.sync(() => {
      db.close()
      rmSync(folder, { recursive: true, force: true })
    })
).pipe(Effect.map(({ db }) => db))

interface Journal {
  readonly log: number
  readonly checkpointed: number
}

/** How many pages of the journal are in the file by now. */
const journalOf = (db: Database.Database): Journal => {
  const [found] = db.pragma("wal_checkpoint(NOOP)") as ReadonlyArray<Journal>
  return found!
}

describe("an actor with nothing to do", () => {
  it.effect("moves what its folds wrote into its file, once that is worth while", () =>
    Effect.gen(function* () {
      const disk = yield* onDisk
      const world = yield* makeWorld()
      const toy = yield* world.start(makeToy(), { disk })
      yield* toy.ready
      yield* world.append(input(1, 1))
      yield* until("it is answered", () => world.named("policy.muted").length === 1)
      yield* pass(1_000)
      expect(journalOf(disk).checkpointed).toBe(0)
      for (let number = 2; number <= 60; number++) {
        yield* world.append(input(1, number))
        yield* pass(1)
      }
      yield* until("all are answered", () => world.named("policy.muted").length === 60)
      yield* pass(1_000)
      const { checkpointed } = journalOf(disk)
      expect(checkpointed).toBeGreaterThan(0)
    }).pipe(Effect.scoped)
  )

  it.effect("does so when its work is done, and not beside it", () =>
    Effect.gen(function* () {
      const disk = yield* onDisk
      const world = yield* makeWorld()
      const goOn = Deferred.makeUnsafe<void>()
      const first = Deferred.makeUnsafe<void>()
      const toy = yield* world.start(
        makeToy({
          perform: (work, self) =>
            Deferred.doneUnsafe(first, Effect.void)
              ? Effect.andThen(Deferred.await(goOn), speak(work, self))
              : speak(work, self)
        }),
        { disk }
      )
      yield* toy.ready
      yield* world.append(input(0, 0))
      for (let number = 1; number <= 60; number++) {
        yield* world.append(input(1, number))
        yield* pass(1)
      }
      yield* until("all others are answered", () => world.named("policy.muted").length === 60)
      yield* pass(10_000)
      expect(journalOf(disk).checkpointed).toBe(0)
      yield* Deferred.succeed(goOn, undefined)
      yield* pass(1_000)
      expect(journalOf(disk).checkpointed).toBeGreaterThan(0)
    }).pipe(Effect.scoped)
  )
})
