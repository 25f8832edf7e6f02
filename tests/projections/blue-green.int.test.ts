/** Read models that are folded anew, or gone back to, while they are asked and events arrive. */
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted, Schedule, type Scope } from "effect"
import { hashOf, MessageKey } from "../../contracts/ids.ts"
import { type Entry, EventLog } from "../../infra/event-log/event-log.ts"
import { jetStreamLog } from "../../infra/event-log/jetstream-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { Nats } from "../../infra/nats/connection.ts"
import { openSqliteReadOnly } from "../../infra/sqlite/open.ts"
import { readModels } from "../../projections/catalogue.ts"
import { digest } from "../../projections/digest.ts"
import { locationIn } from "../../projections/location.ts"
import { ReadModels } from "../../projections/reader.ts"
import { foldInto } from "../../projections/rebuild.ts"
import { startProjector } from "../../projections/start-projector.ts"
import { startLocalNats } from "../setup/local-nats.ts"
import { temporaryFolder } from "./simulated.ts"
import { chat, received } from "./story.ts"

const clients = 200
/** What the changed fold makes of one message. */
const countedAs = 10

const makeWorld = Effect.gen(function* () {
  const nats = yield* startLocalNats({ syncIntervalMs: 120_000 })
  const dataFolder = yield* temporaryFolder
  const address = { url: nats.url, user: nats.user, password: Redacted.make(nats.pass) }
  const keyring = sqliteKeyring(join(dataFolder, "keyring.db"))
  const base = yield* Layer.build(
    Layer.provideMerge(jetStreamLog, Layer.merge(Nats.layer(address, "test"), keyring))
  )
  const version = { changed: false }
  const options = {
    dataFolder,
    nats: { url: nats.url, user: nats.user, password: nats.pass },
    /** The version that is installed when a thread starts. */
    get workerEntry() {
      return version.changed ? new URL("./threads/changed.ts", import.meta.url) : undefined
    }
  }
  return { base, dataFolder, options, version }
})

const inWorld = <A, E>(
  test: (world: Effect.Success<typeof makeWorld>) => Effect.Effect<A, E, EventLog | Keyring | Scope.Scope>
) =>
  Effect.scoped(
    Effect.flatMap(makeWorld, (world) => test(world).pipe(Effect.provide(Layer.succeedContext(world.base))))
  )

let posted = 0

const post = Effect.fnUntraced(function* (count: number) {
  const log = yield* EventLog
  const entries = Array.from({ length: count }, (): Entry => {
    posted += 1
    return { fact: received({ message: MessageKey.make(hashOf("message", posted)) }), id: `event-${posted}` }
  })
  const { sequence } = yield* log.append(entries as [Entry, ...Array<Entry>], { actor: "test" })
  return sequence
})

const digestOf = (file: string) =>
  Effect.scoped(Effect.map(openSqliteReadOnly(file), (db) => digest(db, readModels).whole))

/** Somebody who asks over and over, and what they were told: how far it stood, and how many messages there were. */
const asking = Effect.fnUntraced(function* (models: ReadModels["Service"]) {
  const told: Array<{ readonly upTo: number; readonly messages: number }> = []
  const newest = () => models.messages.list(chat, { limit: 1 })[0]?.cursor ?? 0
  const ask = Effect.sync(() => {
    const upTo = newest()
    const messages = models.chats.list()[0]?.messages ?? 0
    // Between two queries there may have been a commit.
    if (newest() === upTo) told.push({ upTo, messages })
  })
  return { told, run: Effect.repeat(ask, Schedule.spaced("100 millis")) }
})

const isSorted = (numbers: ReadonlyArray<number>) =>
  numbers.every((number, index) => index === 0 || numbers[index - 1]! <= number)

describe("a fold that is changed", () => {
  it.live(
    "takes over while clients ask and events arrive: none fails, and none is told less than before",
    () =>
      inWorld(({ dataFolder, options, version }) =>
        Effect.gen(function* () {
          yield* post(1_000)
          const projector = yield* startProjector(options)
          yield* projector.reached(1_000)
          const models = yield* Effect.map(Layer.build(ReadModels.layer(projector)), (context) =>
            ReadModels.pipe(Effect.provideContext(context))
          ).pipe(Effect.flatten)
          const asked = yield* Effect.forEach(Array.from({ length: clients }), () => asking(models))
          const asks = yield* Effect.forEach(asked, ({ run }) => Effect.forkScoped(run))
          const arriving = yield* Effect.forkScoped(Effect.repeat(post(1), Schedule.spaced("5 millis")))
          const before = projector.file()

          version.changed = true
          yield* projector.rebuild
          const changed = projector.file()
          expect(projector.building()).toBeUndefined()
          expect(changed).not.toBe(before)
          expect(locationIn(dataFolder).database).toBe(changed)
          expect(models.chats.list()[0]?.messages).toBeGreaterThanOrEqual(1_000 * countedAs)
          yield* projector.reached(yield* post(10))
          expect(projector.building()).toBeUndefined()

          version.changed = false
          const atSwap = projector.position()
          yield* projector.goBack
          expect(projector.file()).toBe(before)
          // What arrived while the other one answered is in it.
          expect(projector.position()).toBeGreaterThanOrEqual(atSwap)
          yield* projector.reached(yield* post(10))

          yield* Fiber.interrupt(arriving)
          yield* projector.reached(yield* Effect.flatMap(EventLog, (log) => log.last))
          yield* Effect.forEach(asks, (ask) => Effect.sync(() => expect(ask.pollUnsafe()).toBeUndefined()))
          for (const { told } of asked) {
            expect(isSorted(told.map(({ upTo }) => upTo))).toBe(true)
            // Both folds were asked, and none but these: a message counts as one, or as ten.
            expect(
              told.every(({ messages, upTo }) => messages === upTo || messages === upTo * countedAs)
            ).toBe(true)
          }
          expect(asked.some(({ told }) => told.some(({ messages, upTo }) => messages > upTo))).toBe(true)
          const file = join(dataFolder, "independent.db")
          yield* foldInto({ file, until: projector.position() })
          expect(yield* digestOf(file)).toBe(yield* digestOf(before))
        })
      )
  )

  it.live("answers as before until it is folded anew, and the version before finds what it left", () =>
    inWorld(({ dataFolder, options, version }) =>
      Effect.gen(function* () {
        const run = <A, E, R>(
          use: (projector: Effect.Success<ReturnType<typeof startProjector>>) => Effect.Effect<A, E, R>
        ) => Effect.scoped(Effect.flatMap(startProjector(options), use))
        const first = yield* post(500)
        yield* run((projector) => projector.reached(first))
        const before = locationIn(dataFolder).database
        const second = yield* post(20)
        version.changed = true
        yield* run((projector) =>
          Effect.gen(function* () {
            expect(projector.file()).toBe(before)
            expect(projector.position()).toBe(first)
            yield* projector.reached(second)
            expect(projector.file()).not.toBe(before)
          })
        )
        const third = yield* post(20)
        version.changed = false
        yield* run((projector) =>
          Effect.gen(function* () {
            yield* projector.reached(third)
            expect(projector.file()).toBe(before)
          })
        )
        const file = join(dataFolder, "independent.db")
        yield* foldInto({ file, until: third })
        expect(yield* digestOf(before)).toBe(yield* digestOf(file))
      })
    )
  )
})

describe("read models that cannot be replaced", () => {
  it.live("stay as they are, and say why", () =>
    inWorld(({ options }) =>
      Effect.gen(function* () {
        const projector = yield* startProjector(options)
        yield* projector.reached(yield* post(5))
        const before = projector.file()
        expect(yield* Effect.flip(projector.goBack)).toMatchObject({ reason: "nothing-before" })
        expect(projector.file()).toBe(before)
        const both = yield* Effect.all([Effect.exit(projector.rebuild), Effect.flip(projector.rebuild)], {
          concurrency: 2
        })
        expect(both[1]).toMatchObject({ reason: "busy" })
        yield* projector.reached(yield* post(5))
      })
    )
  )
})
