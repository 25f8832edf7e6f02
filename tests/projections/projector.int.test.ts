import { writeFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Effect } from "effect"
import fc from "fast-check"
import { makeSimulatedStore, loseMessage } from "../../infra/event-log/simulated-store.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { openSqliteReadOnly } from "../../infra/sqlite/open.ts"
import { readModels } from "../../projections/catalogue.ts"
import { openReadModels } from "../../projections/database.ts"
import { locationIn } from "../../projections/location.ts"
import { project } from "../../projections/projector.ts"
import { type Folds, readModel } from "../../projections/read-model.ts"
import { queriesOn } from "../../projections/reader.ts"
import { rebuild, type RebuildProgress } from "../../projections/rebuild.ts"
import { beSoleWriter } from "../../projections/sole-writer.ts"
import { append, foldTo, simulated, temporaryFolder } from "./simulated.ts"
import { chat, erased, everyExample, message, otherMessage, received, renamed, sender } from "./story.ts"

/** A read model that throws at the message with a certain key. */
const throwing = (fault: Error, at: string = otherMessage) => {
  const fold: Folds = {
    "message.received": () => (event) => {
      if (event.data.message === at) throw fault
    }
  }
  return [...readModels, readModel({ name: "throwing", version: 1, tables: [], fold })]
}

const three = [received(), received({ message: otherMessage }), renamed()] as const

describe("the checkpoint", () => {
  it.effect("moves with the rows, or neither does", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* append(three)
      const models = throwing(new Database.SqliteError("database or disk is full", "SQLITE_FULL"))
      const broken = yield* foldTo(folder, 3, { models })
      expect(broken.failure).toMatchObject({ reason: "database" })
      expect(broken.checkpoint.sequence).toBe(0)
      expect(broken.rows).toMatchObject({ messages: 0, chats: 0, sightings: 0 })
      const mended = yield* foldTo(folder, 3, { models: throwing(new Error("never"), "none") })
      expect(mended).toMatchObject({ from: 0, checkpoint: { sequence: 3 }, rows: { messages: 2, chats: 1 } })
    }).pipe(Effect.provide(simulated()))
  )

  it.effect("is where the next start goes on from", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* append(three)
      yield* foldTo(folder, 3)
      yield* append([erased()])
      expect(yield* foldTo(folder, 4)).toMatchObject({ from: 3, checkpoint: { sequence: 4 } })
    }).pipe(Effect.provide(simulated()))
  )

  it.effect("stops whoever finds it moved by somebody else", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const log = yield* EventLog
      yield* append(three)
      const { database: path } = locationIn(folder)
      const database = yield* openReadModels(path, log.generation, readModels)
      const meddling = { ...database, checkpoint: () => ({ ...database.checkpoint(), sequence: 1 }) }
      const failure = yield* Effect.flip(
        project({ log, database: meddling, models: readModels, mode: "live", until: 3, onCommit: () => {} })
      )
      expect(failure).toMatchObject({ reason: "moved" })
      expect(database.checkpoint().sequence).toBe(0)
    }).pipe(Effect.provide(simulated()))
  )
})

describe("the database", () => {
  it.effect("is folded again when the log is another one", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* append(three).pipe(
        Effect.andThen(foldTo(folder, 3)),
        Effect.provide(simulated(makeSimulatedStore({ generation: "before" })))
      )
      const after = simulated(makeSimulatedStore({ generation: "after" }))
      const restored = yield* append([received()]).pipe(
        Effect.andThen(foldTo(folder, 1)),
        Effect.provide(after)
      )
      expect(restored).toMatchObject({
        from: 0,
        checkpoint: { generation: "after", sequence: 1 },
        rows: { messages: 1, chats: 1 }
      })
    })
  )

  it.effect("is folded again when a read model has another version, another table, or is new", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* append(three)
      const [first, ...others] = readModels
      const [table, ...rest] = first!.tables
      const retabled = { ...table!, ddl: `${table!.ddl} create index one_more on messages (at);` }
      for (const models of [
        [{ ...first!, version: first!.version + 1 }, ...others],
        [{ ...first!, tables: [retabled, ...rest] }, ...others],
        throwing(new Error("never"), "none")
      ]) {
        yield* foldTo(folder, 3)
        expect(yield* foldTo(folder, 3, { models })).toMatchObject({ from: 0, checkpoint: { sequence: 3 } })
      }
      yield* foldTo(folder, 3)
      expect(yield* foldTo(folder, 3)).toMatchObject({ from: 3 })
    }).pipe(Effect.provide(simulated()))
  )

  it.effect("is folded again when the file is no database", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* append(three)
      const whole = yield* foldTo(folder, 3)
      writeFileSync(locationIn(folder).database, "this is not a database at all".repeat(400))
      const again = yield* foldTo(folder, 3)
      expect(again).toMatchObject({ from: 0, digest: whole.digest })
    }).pipe(Effect.provide(simulated()))
  )
})

describe("a damaged log", () => {
  it.effect("with a hole stops the projector, before anything behind the hole", () => {
    const store = makeSimulatedStore()
    return Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* append(three)
      loseMessage(store, 2)
      const stopped = yield* foldTo(folder, 3)
      expect(stopped.failure).toMatchObject({ reason: "damaged-log", sequence: 3 })
      expect(stopped.rows["chats"]).toBe(0)
    }).pipe(Effect.provide(simulated(store)))
  })

  it.effect("that lost its end stops the projector", () => {
    const store = makeSimulatedStore()
    return Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* append(three)
      yield* foldTo(folder, 3)
      store.messages.length = 2
      expect((yield* foldTo(folder, 9)).failure).toMatchObject({ reason: "damaged-log", sequence: 3 })
    }).pipe(Effect.provide(simulated(store)))
  })
})

describe("an event that cannot be folded", () => {
  const models = throwing(new Error("expected something else"))

  it.effect("is parked by the live projector, which goes on with the next", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* append(three)
      const folded = yield* foldTo(folder, 3, { models })
      expect(folded).toMatchObject({
        checkpoint: { sequence: 3 },
        rows: { messages: 1, chats: 1 },
        parked: [{ sequence: 2, reason: "expected something else" }]
      })
      const db = yield* openSqliteReadOnly(locationIn(folder).database)
      expect(queriesOn(db, yield* Keyring).parked.list()).toMatchObject([
        { actor: "projector", sequence: 2, event: "message.received", decision: null }
      ])
    }).pipe(Effect.provide(simulated()))
  )

  it.effect("stops a rebuild, which says where and leaves the read models as they were", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* append(three)
      const before = yield* foldTo(folder, 3)
      const failure = yield* Effect.flip(rebuild({ dataFolder: folder, models }))
      expect(failure).toMatchObject({ reason: "unfoldable", sequence: 2 })
      expect(String(failure)).toContain("message.received at sequence 2, found: expected something else")
      expect(yield* foldTo(folder, 3)).toMatchObject({ from: 3, digest: before.digest })
    }).pipe(Effect.provide(simulated()))
  )

  it.effect("is parked too when this version cannot even read it", () => {
    const store = makeSimulatedStore()
    return Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* append(three)
      const held = store.messages[1]!
      store.messages[1] = { ...held, data: "{}" }
      const folded = yield* foldTo(folder, 3)
      expect(folded).toMatchObject({
        checkpoint: { sequence: 3 },
        parked: [{ sequence: 2 }],
        rows: { messages: 1 }
      })
      expect(folded.checkpoint.time).toBeGreaterThanOrEqual(0)
    }).pipe(Effect.provide(simulated(store)))
  })
})

describe("a rebuild", () => {
  it.effect("brings deleted read models back as they were, and says how far it is", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* append(everyExample)
      const live = yield* foldTo(folder, everyExample.length)
      const heard: Array<RebuildProgress> = []
      const rebuilt = yield* rebuild({ dataFolder: folder, progress: (it) => heard.push(it) })
      expect(rebuilt).toMatchObject({ events: everyExample.length, digest: live.digest })
      expect(heard.at(-1)).toMatchObject({
        done: everyExample.length,
        total: everyExample.length,
        secondsLeft: 0
      })
      expect(yield* foldTo(folder, everyExample.length)).toMatchObject({
        from: everyExample.length,
        digest: live.digest
      })
    }).pipe(Effect.provide(simulated()))
  )

  it.effect("of an empty log is empty", () =>
    Effect.gen(function* () {
      expect(yield* rebuild({ dataFolder: yield* temporaryFolder })).toMatchObject({ events: 0 })
    }).pipe(Effect.provide(simulated()))
  )

  it.effect("is refused while somebody else writes the read models", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* beSoleWriter(locationIn(folder))
      expect(yield* Effect.flip(rebuild({ dataFolder: folder }))).toMatchObject({ reason: "taken" })
    }).pipe(Effect.provide(simulated()))
  )

  it.effect("agrees with what was folded live, however the log was cut and whoever was forgotten when", () =>
    Effect.gen(function* () {
      const anyFacts = fc.array(
        fc.oneof(
          { weight: 6, arbitrary: fc.constantFrom(...everyExample) },
          { weight: 1, arbitrary: fc.constantFrom(erased({ subject: chat }), erased({ subject: sender })) }
        ),
        { minLength: 1, maxLength: 40 }
      )
      const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 })
      for (const [facts, at] of fc.sample(fc.tuple(anyFacts, cuts), { numRuns: 25, seed: 7 })) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            const folder = yield* temporaryFolder
            const last = yield* append(facts)
            for (const cut of at.toSorted((a, b) => a - b)) yield* foldTo(folder, Math.min(cut, last))
            const live = yield* foldTo(folder, last)
            expect((yield* rebuild({ dataFolder: folder })).digest).toEqual(live.digest)
          })
        ).pipe(Effect.provide(simulated()))
      }
    })
  )
})

describe("after a person is forgotten", () => {
  it.effect("neither the live nor the rebuilt read models hold or open their words", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const keyring = yield* Keyring
      yield* append([received()])
      yield* foldTo(folder, 1)
      const { database: path } = locationIn(folder)
      const db = yield* openSqliteReadOnly(path)
      const words = () => queriesOn(db, keyring).messages.list(chat, { limit: 1 })[0]
      expect(words()).toMatchObject({ text: "look http://example.com/", senderName: "Ada" })
      yield* keyring.forget(sender)
      expect(words()).toMatchObject({ message, text: null, senderName: null })
      yield* append([erased()])
      const live = yield* foldTo(folder, 2)
      const { said, who } = db
        .prepare<[], { said: string | null; who: string | null }>("select said, who from messages")
        .get()!
      expect([said, who]).toEqual([null, null])
      expect((yield* rebuild({ dataFolder: folder })).digest).toEqual(live.digest)
    }).pipe(Effect.provide(simulated()))
  )
})
