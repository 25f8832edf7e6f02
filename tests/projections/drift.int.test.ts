/** Comparing read models with a second fold of the log, while events arrive. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import Database from "better-sqlite3"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Schedule, type Scope } from "effect"
import { hashOf, MessageKey } from "../../contracts/ids.ts"
import { type Entry, EventLog } from "../../infra/event-log/event-log.ts"
import { jetStreamLog } from "../../infra/event-log/jetstream-log.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { Nats } from "../../infra/nats/connection.ts"
import { startPastThread } from "../../projections/past/start-thread.ts"
import { type Projector, startProjector } from "../../projections/start-projector.ts"
import { startLocalNats } from "../setup/local-nats.ts"
import { temporaryFolder } from "./simulated.ts"
import { chat, received, renamed } from "./story.ts"

let posted = 0

const post = Effect.fnUntraced(function* (count: number) {
  const log = yield* EventLog
  const entries = Array.from({ length: count }, (): Entry => {
    posted += 1
    return { fact: received({ message: MessageKey.make(hashOf("drift", posted)) }), id: `event-${posted}` }
  })
  return (yield* log.append(entries as [Entry, ...Array<Entry>], { actor: "test" })).sequence
})

interface World {
  readonly projector: Projector
  /** A comparison from its beginning to its end. */
  readonly check: Effect.Effect<
    {
      readonly sequence: number
      readonly differences: ReadonlyArray<{ readonly table: string; readonly how: string }>
    },
    { readonly message: string }
  >
  /** Changes what answers behind the projector's back. */
  readonly byHand: (sql: string) => void
  readonly file: string
}

const inWorld = <A, E>(test: (world: World) => Effect.Effect<A, E, EventLog | Scope.Scope>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const nats = yield* startLocalNats({ syncIntervalMs: 120_000 })
      const dataFolder = yield* temporaryFolder
      const address = { url: nats.url, user: nats.user, password: Redacted.make(nats.pass) }
      const base = yield* Layer.build(
        Layer.provide(
          jetStreamLog,
          Layer.merge(Nats.layer(address, "test"), sqliteKeyring(join(dataFolder, "keyring.db")))
        )
      )
      const options = { dataFolder, nats: { url: nats.url, user: nats.user, password: nats.pass } }
      const projector = yield* startProjector(options)
      const thread = yield* startPastThread(options, 0)
      const file = join(dataFolder, "read-model", "second-fold.db")
      const world: World = {
        projector,
        check: thread.run({ task: "check", file }),
        byHand: (sql) => {
          const db = new Database(projector.file(), { timeout: 5_000 })
          db.exec(sql)
          db.close()
        },
        file
      }
      return yield* test(world).pipe(Effect.provide(Layer.succeedContext(base)))
    })
  )

describe("the alarm of drift", () => {
  it.live(
    "is silent while events arrive, and names the first row that differs once one does",
    () =>
      inWorld(({ byHand, check, file, projector }) =>
        Effect.gen(function* () {
          const log = yield* EventLog
          yield* post(600)
          yield* log.append([{ fact: renamed(), id: "renamed" }], { actor: "test" })
          yield* projector.reached(yield* post(10))
          yield* Effect.forkScoped(Effect.repeat(post(1), Schedule.spaced("5 millis")))
          let before = 0
          for (let round = 0; round < 2; round++) {
            const { differences, sequence } = yield* check
            expect(differences).toEqual([])
            expect(sequence).toBeGreaterThan(before)
            before = sequence
          }
          const name = hashOf("drift", 3)
          byHand(`update chats set messages = messages + 1 where chat = '${chat}'`)
          byHand(`delete from messages where message = '${name}'`)
          byHand(
            "insert into withheld (sequence, chat, reason, at) values (1, 'c0example0', 'no-consent', 0)"
          )
          const found = yield* check
          expect(found.differences).toMatchObject([
            { model: "messages", table: "messages", key: "3", how: "missing" },
            { model: "chats", table: "chats", key: chat, how: "changed" },
            { model: "withheld", table: "withheld", key: "1", how: "surplus" }
          ])
          // The second fold is nobody's to keep.
          expect(existsSync(file)).toBe(false)

          yield* projector.rebuild
          expect((yield* check).differences).toEqual([])
        })
      ),
    120_000
  )
})
