/** Running the scanner: its first look at a link, and its second where the outside is asked. */
import { join } from "node:path"
import { Context, Deferred, Effect, Layer } from "effect"
import type { AnyEvent } from "../../contracts/catalogue.ts"
import { supervise } from "../../infra/actor/supervise.ts"
import { runWorker, type Worker } from "../../infra/actor/worker.ts"
import { GuardedClient, guardedClient, type GuardedClientService } from "../../infra/guarded-client/client.ts"
import { makeScan } from "../scan/actor.ts"
import { type BrandIndex, builtInBrands } from "../scan/brand-index.ts"
import { askedBy, type Asking as AskingOutside, ledgerIn } from "../scan/compose-outside.ts"
import { type FeedAddress, keepFresh, noFeeds, openFeeds } from "../scan/feeds/feeds.ts"
import { type Lists, noLists } from "../scan/lists.ts"
import { makeOutsideScan } from "../scan/outside-actor.ts"
import { heedNoted } from "../scan/outside-thread/heed-noted.ts"
import { inputOf } from "../scan/outside-thread/outside-protocol.ts"
import { openOutsideThread } from "../scan/outside-thread/outside-thread.ts"
import { nothingOutside, type Outside } from "../scan/outside.ts"
import { makeRecentScans } from "../scan/recent-scans.ts"
import { openLocalLists, type SafeBrowsingMode } from "../scan/safe-browsing/mode.ts"
import { makePrefixMemory } from "../scan/safe-browsing/prefix-memory.ts"
import { openQuotaLedger } from "../scan/sources/quota-ledger.ts"
import { makeWatch } from "../scan/watch/actor.ts"
import { makeRelay, type Relay } from "../scan/watch/relay.ts"
import { safeBrowsingService } from "../scan/sources/safe-browsing.ts"

/** Lists are fetched once the watch follows them, or after this: where another process holds it, it never does here. */
const watchSecondsMax = 10

/** What may be asked about links outside. */
export interface Asking extends Omit<AskingOutside, "brands"> {
  /** What of Safe Browsing is kept on this machine, if it is asked at all. */
  readonly safeBrowsingMode: SafeBrowsingMode
  readonly feeds: ReadonlyArray<FeedAddress>
}

/** The lists of Safe Browsing, where it is asked and its mode has lists. */
const hashListsOf = (
  dataFolder: string,
  { safeBrowsingMode, sources: { safeBrowsing: key } }: Asking,
  client: GuardedClientService,
  changed: () => void
) => {
  const place = { client, base: safeBrowsingService, folder: join(dataFolder, "safe-browsing") }
  return key === undefined
    ? Effect.succeed(undefined)
    : openLocalLists({ ...place, key }, safeBrowsingMode, changed)
}

/**
 * What the scanner asks: where links lead, if that is wanted, and the sources that are chosen, in a thread of its own.
 * What is known of a link without asking is known in this thread as well.
 */
const outsideOf = Effect.fnUntraced(function* (
  dataFolder: string,
  asking: Asking & AskingOutside,
  client: GuardedClientService,
  relay: Relay
) {
  // A ledger that cannot be opened is said at the start, and not by a thread when it is wanted.
  yield* Effect.scoped(openQuotaLedger(ledgerIn(dataFolder)))
  const memory = makePrefixMemory()
  let changed = () => {}
  const local = yield* hashListsOf(dataFolder, asking, client, () => changed())
  const handed = local && (() => ({ mode: local.mode, lists: local.lists.shared() }))
  const outside = yield* openOutsideThread(askedBy(asking, client, { local, memory }), {
    input: () => inputOf(dataFolder, asking, handed?.()),
    noted: heedNoted(memory, relay.tell)
  })
  if (handed !== undefined) changed = () => outside.hand(handed())
  return outside
})

/** The lists that links are looked up in, which are fetched while the scanner runs. */
const listsOf = Effect.fnUntraced(function* (
  dataFolder: string,
  { feeds }: Asking,
  client: GuardedClientService,
  relay: Relay
) {
  if (feeds.length === 0) return noFeeds
  const opened = yield* openFeeds(client, join(dataFolder, "feeds"), feeds, relay.follower)
  const patience = Effect.timeoutOption(relay.attached, `${watchSecondsMax} seconds`)
  yield* Effect.forkScoped(Effect.andThen(patience, keepFresh(opened)))
  return opened
})

const everything = Effect.fnUntraced(function* (
  dataFolder: string,
  asking: (Asking & AskingOutside) | undefined
) {
  if (asking === undefined)
    return { outside: nothingOutside, lists: noLists, relay: makeRelay(), isBlind: true as const }
  const client = Context.get(yield* Layer.build(guardedClient), GuardedClient)
  const relay = makeRelay(new Set(asking.feeds.map(({ name }) => name)))
  const lists = yield* listsOf(dataFolder, asking, client, relay)
  return { outside: yield* outsideOf(dataFolder, asking, client, relay), lists, relay }
})

const runSupervised = Effect.fnUntraced(function* <L extends AnyEvent, P extends AnyEvent, E, R>(
  actor: Worker<L, P, E, R>
) {
  const ready = yield* Deferred.make<void>()
  const once = runWorker(actor, () => Deferred.doneUnsafe(ready, Effect.void))
  const fiber = yield* Effect.forkScoped(supervise(actor.durable ?? actor.name, once))
  return { ready: Deferred.await(ready), fiber }
})

/** What a test has in place of everything outside. */
export interface Instead {
  readonly outside?: Outside
  readonly lists?: Lists
  readonly relay?: Relay
}

/**
 * Runs the workers of the scanner under supervision, and declares the watch beside them. Where `asking` is left out
 * nobody outside is asked anything; a test may answer `instead` of the outside. Where `brands` are left out, they are
 * those that Wadjet knows from the start.
 */
export const runScan = Effect.fn("runScan")(function* (
  dataFolder: string,
  asking: Asking | undefined,
  instead?: Instead,
  brands: BrandIndex = builtInBrands()
) {
  const { lists, outside, relay, ...sight } =
    instead === undefined
      ? yield* everything(dataFolder, asking && { ...asking, brands })
      : { outside: nothingOutside, lists: noLists, relay: makeRelay(), ...instead }
  const recent = makeRecentScans()
  const first = yield* runSupervised(makeScan(outside, recent, lists, brands))
  const watch = makeWatch({ outside, lists, recent, brands, ...sight }, relay)
  if (outside.asks.length === 0) return { workers: [first], watch }
  const second = makeOutsideScan(outside, recent, lists, brands)
  return { workers: [first, yield* runSupervised(second)], watch }
})
