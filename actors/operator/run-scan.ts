/** Running the scanner: its first look at a link, and its second where the outside is asked. */
import { join } from "node:path"
import { Context, Deferred, Effect, Layer } from "effect"
import type { AnyEvent } from "../../contracts/catalogue.ts"
import { supervise } from "../../infra/actor/supervise.ts"
import { runWorker, type Worker } from "../../infra/actor/worker.ts"
import { GuardedClient, guardedClient, type GuardedClientService } from "../../infra/guarded-client/client.ts"
import { makeScan } from "../scan/actor.ts"
import { expansion, expansionOff } from "../scan/expand/expand.ts"
import { type FeedAddress, keepFresh, noFeeds, openFeeds } from "../scan/feeds/feeds.ts"
import { noLists } from "../scan/lists.ts"
import { makeOutsideScan } from "../scan/outside-actor.ts"
import { nothingOutside, type Outside } from "../scan/outside.ts"
import { makeRecentScans } from "../scan/recent-scans.ts"
import { openQuotaLedger } from "../scan/sources/quota-ledger.ts"
import { outsideWith, type SourceChoice, sourcesOf } from "../scan/sources/sources.ts"

/** What may be asked about links outside. */
export interface Asking {
  /** Whether links are followed to where they lead. */
  readonly expand: boolean
  readonly sources: SourceChoice
  readonly feeds: ReadonlyArray<FeedAddress>
}

/** What the scanner asks: where links lead, if that is wanted, and the sources that are chosen. */
const outsideOf = Effect.fnUntraced(function* (
  dataFolder: string,
  asking: Asking,
  client: GuardedClientService
) {
  const sources = sourcesOf(asking.sources)
  const ledger = yield* openQuotaLedger(join(dataFolder, "sources.db"))
  return outsideWith(asking.expand ? expansion(client) : expansionOff, sources, client, ledger)
})

/** The lists that links are looked up in, which are fetched while the scanner runs. */
const listsOf = Effect.fnUntraced(function* (
  dataFolder: string,
  { feeds }: Asking,
  client: GuardedClientService
) {
  if (feeds.length === 0) return noFeeds
  const opened = yield* openFeeds(client, join(dataFolder, "feeds"), feeds)
  yield* Effect.forkScoped(keepFresh(opened))
  return opened
})

const everything = Effect.fnUntraced(function* (dataFolder: string, asking: Asking | undefined) {
  if (asking === undefined) return { outside: nothingOutside, lists: noLists }
  const client = Context.get(yield* Layer.build(guardedClient), GuardedClient)
  const lists = yield* listsOf(dataFolder, asking, client)
  return { outside: yield* outsideOf(dataFolder, asking, client), lists }
})

const runSupervised = Effect.fnUntraced(function* <L extends AnyEvent, P extends AnyEvent, E, R>(
  actor: Worker<L, P, E, R>
) {
  const ready = yield* Deferred.make<void>()
  const once = runWorker(actor, () => Deferred.doneUnsafe(ready, Effect.void))
  const fiber = yield* Effect.forkScoped(supervise(actor.durable ?? actor.name, once))
  return { ready: Deferred.await(ready), fiber }
})

/**
 * Runs the scanner under supervision. Where `asking` is left out nobody outside is asked anything; a test may answer
 * `instead` of the outside.
 */
export const runScan = Effect.fn("runScan")(function* (
  dataFolder: string,
  asking: Asking | undefined,
  instead?: Outside
) {
  const { lists, outside } =
    instead === undefined ? yield* everything(dataFolder, asking) : { outside: instead, lists: noLists }
  const recent = makeRecentScans()
  const first = yield* runSupervised(makeScan(outside, recent, lists))
  if (outside.asks.length === 0) return [first]
  return [first, yield* runSupervised(makeOutsideScan(outside, recent, lists))]
})
