/** Whether what is disposable comes back the same: actor snapshots and read models against fresh folds. */
import { join } from "node:path"
import Database from "better-sqlite3"
import { Effect } from "effect"
import type { AnyEvent } from "../../contracts/catalogue.ts"
import { foldLog } from "../../infra/actor/fold-log.ts"
import type { ProcessManager } from "../../infra/actor/process-manager.ts"
import { openStateStore } from "../../infra/actor/state-store.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import type { NatsAddress } from "../../infra/nats/connection.ts"
import { openSqliteReadOnly } from "../../infra/sqlite/open.ts"
import { readModels } from "../../projections/catalogue.ts"
import { digest } from "../../projections/digest.ts"
import { locationIn } from "../../projections/location.ts"
import { rebuild } from "../../projections/rebuild.ts"
import { startProjector } from "../../projections/start-projector.ts"
import { noLists } from "../../actors/scan/lists.ts"
import { nothingOutside } from "../../actors/scan/outside.ts"
import { makeRecentScans } from "../../actors/scan/recent-scans.ts"
import { makeWatch } from "../../actors/scan/watch/actor.ts"
import { verdict } from "../../actors/verdict/actor.ts"
import { makeWhatsApp } from "../../actors/whatsapp/actor.ts"
import { defaultPacing } from "../../actors/whatsapp/pacing/limits.ts"

/** The digest of a snapshot after folding what it lacks, as a start would. */
const digestOf = Effect.fnUntraced(function* <L extends AnyEvent, P extends AnyEvent, R>(
  actor: ProcessManager<L, P, R>,
  path: string
) {
  const log = yield* EventLog
  const db = yield* Effect.acquireRelease(
    Effect.sync(() => new Database(path)),
    (opened) => Effect.sync(() => opened.close())
  )
  const store = openStateStore(db, log.generation, actor.version)
  const from = store.folded()
  const folding = foldLog(actor, store, log, () => {})
  const ours = yield* lastListened(actor)
  yield* Effect.raceFirst(folding.run, folding.reached(ours))
  return { digest: store.digest(), from, openWork: store.work.size() }
}, Effect.scoped)

/** The last sequence that an actor will ever fold. */
const lastListened = Effect.fnUntraced(function* <L extends AnyEvent, P extends AnyEvent, R>(
  actor: ProcessManager<L, P, R>
) {
  const log = yield* EventLog
  const names = new Set<string>(actor.listens.map(({ type }) => type))
  for (let sequence = yield* log.last; sequence > 0; sequence--) {
    const event = yield* log.get(sequence)
    if (event !== undefined && event.type !== "unreadable" && names.has(event.type)) return sequence
  }
  return 0
})

/** Snapshots that differ from a fold of the whole log from its first event. */
export const snapshotBreaches = Effect.fnUntraced(function* (dataFolder: string) {
  const whatsapp = makeWhatsApp(defaultPacing)
  const both = <L extends AnyEvent, P extends AnyEvent, R>(actor: ProcessManager<L, P, R>) =>
    Effect.all({
      kept: digestOf(actor, join(dataFolder, "actors", `${actor.name}.db`)),
      fresh: digestOf(actor, ":memory:")
    })
  const watch = makeWatch({ outside: nothingOutside, lists: noLists, recent: makeRecentScans() })
  const found = { whatsapp: yield* both(whatsapp), verdict: yield* both(verdict), scan: yield* both(watch) }
  return Object.entries(found).flatMap(([name, { fresh, kept }]) => [
    ...(kept.digest === fresh.digest
      ? []
      : [`law 5: the snapshot of ${name} (from ${kept.from}) differs from a fresh fold`]),
    ...(fresh.openWork === 0
      ? []
      : [`${name} did not come to rest: ${fresh.openWork} pieces of work are open`])
  ])
})

/** Read models, brought up to date by a projector as a start would, that differ from a rebuild. */
export const readModelBreaches = Effect.fnUntraced(function* (dataFolder: string, nats: NatsAddress) {
  const log = yield* EventLog
  const last = yield* log.last
  const live = yield* Effect.scoped(
    Effect.gen(function* () {
      const projector = yield* startProjector({ nats: { ...nats }, dataFolder })
      yield* Effect.raceFirst(projector.reached(last), projector.failed)
      const db = yield* openSqliteReadOnly(locationIn(dataFolder).database)
      return digest(db, readModels)
    })
  )
  const rebuilt = yield* rebuild({ dataFolder })
  return Object.entries(rebuilt.digest.models)
    .filter(([name, text]) => live.models[name] !== text)
    .map(([name]) => `law 5: the read model ${name} differs from its rebuild`)
})
