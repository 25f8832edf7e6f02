/** The feeds of a scanner: read from disk at its start, fetched again every hour, looked up at any time. */
import { join } from "node:path"
import { Clock, Effect } from "effect"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import { metrics } from "../../../infra/telemetry/metrics.ts"
import type { Lists } from "../lists.ts"
import { type Fetched, readFeed, writeFeed } from "./feed-file.ts"
import { lookUpIn } from "./feed-lookup.ts"
import { type Follower, makeDigest, nobody, type Refreshed } from "./feed-news.ts"
import {
  type Feed,
  type FeedUnfetched,
  refreshFeed,
  type Refreshed as RefreshedTable
} from "./feed-refresh.ts"
import { FeedTable } from "./feed-table.ts"

const refreshMinutes = 60
/** A list that could not be fetched for as long as this is missing, whatever it said before. */
const staleHours = 48

/** A feed's name is the name of its file. */
export interface FeedAddress {
  readonly name: string
  readonly url: string
}

export interface Feeds extends Lists {
  /** Fetches all feeds once, one after the other. A feed that fails stays as it was. */
  readonly refresh: Effect.Effect<void>
}

const newsOf = (
  { name, url }: Feed,
  { at, etag, lastModified, listed }: Fetched,
  refreshed: RefreshedTable,
  before: string | undefined
): Refreshed => ({
  source: name,
  from: URL.parse(url)?.hostname ?? "",
  at,
  listed,
  ...(refreshed.kind === "changed"
    ? { added: refreshed.added, gone: refreshed.gone, digest: refreshed.digest }
    : { added: 0, gone: 0, digest: before ?? makeDigest().text() }),
  before,
  ...(etag === undefined ? {} : { etag }),
  ...(lastModified === undefined ? {} : { lastModified })
})

/** Opens the feeds of a folder, with what was fetched before. */
export const openFeeds = Effect.fn("openFeeds")(function* (
  client: GuardedClientService,
  folder: string,
  addresses: ReadonlyArray<FeedAddress>,
  follower: Follower = nobody
) {
  const feeds = addresses.map(({ name, url }, index): Feed => ({ name, url, index }))
  const names = feeds.map(({ name }) => name)
  const pathOf = ({ name }: Feed) => join(folder, `${name}.feed`)
  const fetched = new Map<string, Fetched>()
  const digests = new Map<string, string>()
  const faults = new Map<string, string>()
  let table = new FeedTable()
  let now = yield* Clock.currentTimeMillis

  const tell = ({ name }: Feed) => {
    metrics.feedListed.set({ feed: name }, fetched.get(name)?.listed ?? 0)
    metrics.feedFetched.set({ feed: name }, (fetched.get(name)?.at ?? 0) / 1_000)
  }

  for (const feed of feeds) {
    const before = yield* Effect.promise(() => readFeed(pathOf(feed), table, feed.index))
    if (before !== undefined) {
      fetched.set(feed.name, before.fetched)
      digests.set(feed.name, before.digest)
    }
    tell(feed)
  }

  const refreshOne = Effect.fnUntraced(function* (feed: Feed) {
    const last = fetched.get(feed.name)
    const refreshed = yield* refreshFeed(client, feed, table, last, now, follower)
    const before = digests.get(feed.name)
    if (refreshed.kind === "unchanged" && last !== undefined) fetched.set(feed.name, { ...last, at: now })
    if (refreshed.kind === "changed") {
      table = refreshed.table
      fetched.set(feed.name, refreshed.fetched)
      digests.set(feed.name, refreshed.digest)
    }
    faults.delete(feed.name)
    tell(feed)
    const written = fetched.get(feed.name)
    if (written === undefined) return
    // Who dies with a list that others were told of would judge by the one before in its next life.
    const kept = yield* Effect.exit(
      Effect.tryPromise(() => writeFeed(pathOf(feed), written, table, feed.index))
    )
    yield* follower.refreshed(newsOf(feed, written, refreshed, before))
    yield* kept
  })

  const failed = (feed: Feed, message: string) => {
    faults.set(feed.name, message)
    const warn = Effect.logWarning("a feed could not be fetched, and stays as it was", {
      feed: feed.name,
      error: message
    })
    return Effect.andThen(warn, follower.failed(feed.name, message, now))
  }

  const refresh = Effect.gen(function* () {
    now = yield* Clock.currentTimeMillis
    for (const feed of feeds)
      yield* Effect.catch(refreshOne(feed), (fault: FeedUnfetched | { readonly message: string }) =>
        failed(feed, fault.message)
      )
  })

  const missing = () =>
    feeds.flatMap(({ name }) => {
      const at = fetched.get(name)?.at
      if (at !== undefined && now - at < staleHours * 3_600_000) return []
      const why = faults.has(name)
        ? `it could not be fetched (${faults.get(name)!})`
        : "it was not fetched yet"
      return [{ source: `feed ${name}`, reason: why }]
    })

  const opened: Feeds = { lookUp: (url) => lookUpIn(table, names, url), missing, refresh }
  return opened
})

/** No feed is wanted. */
export const noFeeds: Lists = {
  lookUp: () => [],
  missing: () => [{ source: "feeds", reason: "no list is configured (WADJET_FEEDS is off)" }]
}

/** Fetches the feeds again and again; never ends. */
export const keepFresh = ({ refresh }: Feeds): Effect.Effect<never> =>
  Effect.forever(Effect.andThen(refresh, Effect.sleep(`${refreshMinutes} minutes`)))
