import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { directoryPlace } from "../../../../actors/backup/places/directory-place.ts"
import { openStores } from "../../../../actors/backup/ship/stores.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { onSettableClock } from "../../schedule/settable-clock.ts"
import { memoryPlace } from "../memory-place.ts"
import { origin, someIdentity } from "../segment/some-messages.ts"

/** A session that is written to as it is with every message. */
const sessionIn = (folder: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const db = new Database(join(folder, "session.db"))
      db.exec("create table ratchet (step integer)")
      return db
    }),
    (db) => Effect.sync(() => db.close())
  )

it.effect("the session is copied again after an hour, though the clock was set back meanwhile", () =>
  Effect.gen(function* () {
    const dataFolder = yield* temporaryFolder
    const session = yield* sessionIn(dataFolder)
    const { recipient } = yield* Effect.promise(someIdentity)
    const place = memoryPlace()
    yield* onSettableClock((setBy) =>
      Effect.gen(function* () {
        const stores = yield* openStores(place, {
          dataFolder,
          account: origin.account,
          recipients: [recipient]
        })
        yield* stores.copy(false)
        session.exec("insert into ratchet values (1)")
        expect(yield* stores.changed(false)).toBe(false)
        expect(yield* stores.changed(true)).toBe(true)
        setBy(-7_200_000)
        yield* TestClock.adjust("1 hour")
        expect(yield* stores.changed(false)).toBe(true)
      })
    )
  }).pipe(Effect.scoped)
)

it.live("no older state of a store is left at a place by the time that it is replaced", () =>
  Effect.gen(function* () {
    const dataFolder = yield* temporaryFolder
    const session = yield* sessionIn(dataFolder)
    const { recipient } = yield* Effect.promise(someIdentity)
    const root = yield* temporaryFolder
    const { account } = origin
    const stores = yield* openStores(directoryPlace("disk", root), {
      dataFolder,
      account,
      recipients: [recipient]
    })
    yield* stores.copy(false)
    const left = join(root, account, "stores", ".replacing-1-x")
    mkdirSync(join(root, account, "stores"), { recursive: true })
    writeFileSync(left, "a session of before")
    session.exec("insert into ratchet values (1)")
    yield* stores.copy(true)
    expect(existsSync(left)).toBe(false)
  }).pipe(Effect.scoped)
)
