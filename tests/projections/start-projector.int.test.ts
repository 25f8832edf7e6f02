import { closeSync, existsSync, openSync, watch, writeSync } from "node:fs"
import { join } from "node:path"
import { Worker } from "node:worker_threads"
import { describe, expect, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Effect, Exit, Fiber, Layer, Redacted, Scope, Stream } from "effect"
import type { AnyFact } from "../../contracts/catalogue.ts"
import { hashOf, MessageKey } from "../../contracts/ids.ts"
import { type Entry, EventLog } from "../../infra/event-log/event-log.ts"
import { jetStreamLog } from "../../infra/event-log/jetstream-log.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { Nats } from "../../infra/nats/connection.ts"
import { openSqliteReadOnly } from "../../infra/sqlite/open.ts"
import { readModels } from "../../projections/catalogue.ts"
import { discard } from "../../projections/database.ts"
import { digest } from "../../projections/digest.ts"
import { locationIn } from "../../projections/location.ts"
import { ReadModels } from "../../projections/reader.ts"
import { rebuild } from "../../projections/rebuild.ts"
import { startProjector } from "../../projections/start-projector.ts"
import { startLocalNats } from "../setup/local-nats.ts"
import type { TestNats } from "../setup/test-nats.ts"
import { temporaryFolder } from "./simulated.ts"
import { chat, received } from "./story.ts"

const nth = (index: number, changes: Parameters<typeof received>[0] = {}) =>
  received({ message: MessageKey.make(hashOf("message", index)), ...changes })

/** As one append, so that the projector finds them all at once. */
const append = Effect.fnUntraced(function* (facts: ReadonlyArray<AnyFact>) {
  const log = yield* EventLog
  const from = yield* log.last
  const entries = facts.map((fact, index): Entry => ({ fact, id: `event-${from + index}` }))
  const { sequence } = yield* log.append(entries as [Entry, ...Array<Entry>], { actor: "test" })
  return sequence
})

/** A server, a data folder, and the log on them. */
const system = <A, E>(
  test: (at: {
    readonly nats: TestNats
    readonly options: Parameters<typeof startProjector>[0]
  }) => Effect.Effect<A, E, EventLog | Nats | Scope.Scope>
) =>
  Effect.gen(function* () {
    const nats = yield* startLocalNats({ syncIntervalMs: 120_000 })
    const dataFolder = yield* temporaryFolder
    const address = { url: nats.url, user: nats.user, password: Redacted.make(nats.pass) }
    const base = Layer.merge(Nats.layer(address, "test"), sqliteKeyring(join(dataFolder, "keyring.db")))
    const options = { dataFolder, nats: { url: nats.url, user: nats.user, password: nats.pass } }
    return yield* test({ nats, options }).pipe(Effect.provide(Layer.provideMerge(jetStreamLog, base)))
  })

const stored = (dataFolder: string) =>
  Effect.scoped(
    Effect.map(openSqliteReadOnly(locationIn(dataFolder).database), (db) => digest(db, readModels))
  )

const thread = (name: string) => new URL(`./threads/${name}.ts`, import.meta.url)

/** Completes when a file is there. */
const appears = (folder: string, name: string) =>
  Effect.callback<void>((resume) => {
    const look = () => {
      if (existsSync(join(folder, name))) resume(Effect.void)
    }
    const watcher = watch(folder, look)
    look()
    return Effect.sync(() => watcher.close())
  })

/** Overwrites the page at the root of a table. */
const damage = (path: string, table: string) => {
  const db = new Database(path)
  const page = db
    .prepare<[string], number>("select rootpage from sqlite_master where name = ?")
    .pluck()
    .get(table)!
  const size = Number(db.pragma("page_size", { simple: true }))
  db.pragma("wal_checkpoint(TRUNCATE)")
  db.close()
  const file = openSync(path, "r+")
  writeSync(file, Buffer.alloc(size, 0xa5), 0, size, (page - 1) * size)
  closeSync(file)
}

describe("the projector's thread", () => {
  it.live("ends where its file is damaged, and the next one folds the log anew", () =>
    system(({ options }) =>
      Effect.gen(function* () {
        const { database } = locationIn(options.dataFolder)
        const last = yield* append(Array.from({ length: 200 }, (_, index) => nth(index)))
        yield* Effect.scoped(Effect.flatMap(startProjector(options), (projector) => projector.reached(last)))
        damage(database, "messages")
        const failure = yield* Effect.scoped(
          Effect.gen(function* () {
            const projector = yield* startProjector(options)
            yield* append([nth(1_000)])
            return yield* Effect.flip(projector.failed)
          })
        ).pipe(Effect.catch(Effect.succeed))
        expect(failure).toMatchObject({ reason: "database" })
        expect(existsSync(database)).toBe(false)
        yield* Effect.scoped(
          Effect.flatMap(startProjector(options), (projector) => projector.reached(last + 1))
        )
        const anew = yield* stored(options.dataFolder)
        yield* rebuild({ dataFolder: options.dataFolder })
        expect(anew).toEqual(yield* stored(options.dataFolder))
      })
    )
  )

  it.live("lets a writer read what it wrote, and tells of every position", () =>
    system(({ options }) =>
      Effect.gen(function* () {
        yield* append([nth(1)])
        const projector = yield* startProjector(options)
        const keyring = sqliteKeyring(join(options.dataFolder, "keyring.db"))
        const positions = yield* Effect.forkScoped(
          projector.changes.pipe(
            Stream.takeUntil((position) => position >= 4),
            Stream.runLast
          )
        )
        yield* Effect.gen(function* () {
          const models = yield* ReadModels
          for (const index of [2, 3, 4]) {
            const sequence = yield* append([nth(index)])
            yield* models.after(sequence)
            expect(projector.position()).toBeGreaterThanOrEqual(sequence)
            expect(models.messages.list(chat, { limit: 1 })).toMatchObject([
              { cursor: sequence, text: "look http://example.com/" }
            ])
          }
        }).pipe(Effect.provide(ReadModels.layer(projector).pipe(Layer.provide(keyring))))
        expect(yield* Fiber.join(positions)).toMatchObject({ value: 4 })
      })
    )
  )

  it.live("ends cleanly in time, goes on where it was, and agrees with a rebuild", () =>
    system(({ options }) =>
      Effect.gen(function* () {
        const first = yield* append(Array.from({ length: 900 }, (_, index) => nth(index)))
        yield* Effect.scoped(
          Effect.gen(function* () {
            const projector = yield* startProjector(options)
            yield* projector.reached(first)
          })
        )
        const second = yield* append([nth(1_000)])
        yield* Effect.scoped(
          Effect.gen(function* () {
            const projector = yield* startProjector(options)
            expect(projector.position()).toBeGreaterThanOrEqual(first)
            yield* projector.reached(second)
          })
        )
        const live = yield* stored(options.dataFolder)
        expect((yield* rebuild(options)).digest).toEqual(live)
      })
    )
  )

  it.live(
    "killed in the middle of a transaction leaves nothing of it, and the next one misses and repeats nothing",
    () =>
      system(({ options }) =>
        Effect.gen(function* () {
          const { dataFolder } = options
          const last = yield* append(
            Array.from({ length: 800 }, (_, index) => nth(index, { sentAt: index === 700 ? 13 : 1 }))
          )
          const killed = new Worker(thread("stuck"), {
            workerData: {
              ...options,
              file: locationIn(dataFolder).database,
              begin: "go-on",
              strict: false
            }
          })
          yield* appears(dataFolder, "stuck")
          yield* Effect.promise(() => killed.terminate())
          const left = yield* openSqliteReadOnly(locationIn(dataFolder).database)
          const checkpoint = left.prepare("select sequence from checkpoint").pluck().get()
          expect(left.prepare("select count(*) from messages").pluck().get()).toBe(checkpoint)
          expect(left.prepare("select messages from chats").pluck().get() ?? 0).toBe(checkpoint)
          expect(checkpoint).toBeLessThan(701)
          yield* Effect.scoped(
            Effect.gen(function* () {
              const projector = yield* startProjector(options)
              yield* projector.reached(last)
            })
          )
          expect(left.prepare("select messages from chats").pluck().get()).toBe(800)
          const live = yield* stored(dataFolder)
          discard(locationIn(dataFolder).database)
          expect((yield* rebuild(options)).digest).toEqual(live)
        })
      )
  )

  it.live("that crashes is heard of", () =>
    system(({ options }) =>
      Effect.gen(function* () {
        const projector = yield* startProjector({ ...options, workerEntry: thread("crashing") })
        yield* append([nth(1)])
        const failure = yield* Effect.flip(projector.failed)
        expect(failure).toMatchObject({ reason: "crashed" })
        expect(failure.message).toContain("a defect of ours")
      })
    )
  )

  it.live("that does not end when asked is ended", () =>
    system(({ options }) =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        yield* append([nth(1, { sentAt: 13 })])
        yield* startProjector({ ...options, workerEntry: thread("stuck") }).pipe(Scope.provide(scope))
        yield* appears(options.dataFolder, "stuck")
        yield* Scope.close(scope, Exit.void)
        const projector = yield* startProjector(options)
        yield* projector.reached(1)
      })
    )
  )

  it.live("goes on when the server was killed and came back", () =>
    system(({ nats, options }) =>
      Effect.gen(function* () {
        const projector = yield* startProjector(options)
        yield* projector.reached(yield* append([nth(1)]))
        yield* nats.kill9
        yield* nats.restart
        const retried = append([nth(2)]).pipe(Effect.retry({ times: 50 }))
        yield* projector.reached(yield* retried)
        expect(projector.position()).toBeGreaterThanOrEqual(2)
      })
    )
  )

  it.live("is the only one on its folder", () =>
    system(({ options }) =>
      Effect.gen(function* () {
        yield* startProjector(options)
        expect(yield* Effect.flip(startProjector(options))).toMatchObject({ reason: "taken" })
        expect(yield* Effect.flip(rebuild(options))).toMatchObject({ reason: "taken" })
      })
    )
  )

  it.live("says that the server cannot be reached", () =>
    system(({ options }) =>
      Effect.gen(function* () {
        const nats = { ...options.nats, password: "another" }
        const failure = yield* Effect.flip(startProjector({ ...options, nats }))
        expect(failure).toMatchObject({ reason: "log-unavailable" })
      })
    )
  )
})
