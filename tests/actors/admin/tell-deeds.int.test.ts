/** Keys are made where no log may be running; the log hears of each of them once. */
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { accountsFile, openAccounts } from "../../../actors/admin/accounts.ts"
import { keepTelling, tellDeeds } from "../../../actors/admin/tell-deeds.ts"
import { services } from "../../../actors/operator/system.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { ground } from "./whole.ts"

const told = (count: number) =>
  EventLog.use((log) =>
    log.read({ from: 1, contexts: ["account"] }).pipe(
      Stream.flatMap((batch) => Stream.fromIterable(batch.events)),
      Stream.take(count),
      Stream.runCollect,
      Effect.map((events) =>
        events.map((event) => (event.type === "unreadable" ? event : { type: event.type, ...event.data }))
      )
    )
  )

it.live("tells the log of keys that were made and revoked while it was not running, and of each once", () =>
  Effect.gen(function* () {
    const { dataFolder, foundation } = yield* ground
    const accounts = yield* openAccounts(join(dataFolder, accountsFile))
    const kept = yield* accounts.createKey({ role: "viewer" })
    const revoked = yield* accounts.createKey({ role: "operator" })
    yield* accounts.revokeKey(revoked.key.key)
    yield* Effect.gen(function* () {
      // Two replicas at the same time say the same.
      yield* Effect.all([tellDeeds(accounts), tellDeeds(accounts)], { concurrency: "unbounded" })
      expect(yield* tellDeeds(accounts)).toBe(0)
      expect(yield* told(3)).toMatchObject([
        { type: "account.key-issued", key: kept.key.key, role: "viewer" },
        { type: "account.key-issued", key: revoked.key.key, role: "operator" },
        { type: "account.key-revoked", key: revoked.key.key }
      ])
      expect(yield* EventLog.use((log) => log.last)).toBe(3)
    }).pipe(Effect.provide(services(foundation)))
  })
)

it.live("tells the log of a key that another process makes while it is running", () =>
  Effect.gen(function* () {
    const { dataFolder, foundation } = yield* ground
    const path = join(dataFolder, accountsFile)
    const accounts = yield* openAccounts(path)
    const elsewhere = yield* openAccounts(path)
    const context = yield* Layer.build(services(foundation))
    yield* Effect.forkScoped(Effect.provideContext(keepTelling(accounts), context))
    const { key } = yield* elsewhere.createKey({ role: "moderator" })
    expect(yield* Effect.provideContext(told(1), context)).toMatchObject([
      { type: "account.key-issued", key: key.key }
    ])
  })
)
