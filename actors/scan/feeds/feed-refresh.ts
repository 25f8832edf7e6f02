/** Fetching a feed: only when it changed, into a table beside the one that is in use. */
import { Effect, Schema } from "effect"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import type { AnswerHead } from "../../../infra/guarded-client/exchange.ts"
import type { Fetched } from "./feed-file.ts"
import type { Follower } from "./feed-news.ts"
import { dayOf, FeedTable } from "./feed-table.ts"
import { readInThread } from "./list-thread.ts"

/** The longest list that is known has some 60 MB. */
const feedBytesMax = 256 * 1024 * 1024
const fetchMillis = 300_000

export class FeedUnfetched extends Schema.TaggedError<FeedUnfetched>()("FeedUnfetched", {
  message: Schema.String
}) {}

/** A feed by its name, its place among the feeds and its address. */
export interface Feed {
  readonly name: string
  readonly index: number
  readonly url: string
}

/** What a fetch led to: nothing new, or another table. */
export type Refreshed =
  | { readonly kind: "unchanged" }
  | {
      readonly kind: "changed"
      readonly table: FeedTable
      readonly fetched: Fetched
      readonly added: number
      readonly gone: number
      readonly digest: string
    }

const conditions = (last: Fetched | undefined, url: string): Readonly<Record<string, string>> => {
  if (last?.url !== url) return {}
  return {
    ...(last.etag === undefined ? {} : { "if-none-match": last.etag }),
    ...(last.lastModified === undefined ? {} : { "if-modified-since": last.lastModified })
  }
}

const fetchedOf = (url: string, { headers }: AnswerHead, at: number, listed: number): Fetched => ({
  url,
  at,
  listed,
  ...(headers["etag"] === undefined ? {} : { etag: headers["etag"] }),
  ...(headers["last-modified"] === undefined ? {} : { lastModified: headers["last-modified"] })
})

/** Lists move, and some are handed out by another server each time. */
const redirectsMax = 3

/** An answer that is no list: another place to ask, or a status that says no. */
type Elsewhere = {
  readonly kind: "elsewhere"
  readonly status: number
  readonly location: string | undefined
}

/**
 * Fetches a feed. A list that fails, breaks off or names nothing changes nothing: an empty answer is far more often a
 * fault than a world without danger.
 */
export const refreshFeed = Effect.fn("refreshFeed")(function* (
  client: GuardedClientService,
  feed: Feed,
  before: FeedTable,
  last: Fetched | undefined,
  now: number,
  follower: Follower
) {
  const fetchFrom = (url: string) =>
    client
      .download(
        {
          url,
          method: "GET",
          headers: conditions(last, feed.url),
          bytesMax: feedBytesMax,
          limitMillis: fetchMillis
        },
        async (head, parts): Promise<Refreshed | Elsewhere> => {
          if (head.status === 304) return { kind: "unchanged" }
          if (head.status !== 200)
            return { kind: "elsewhere", status: head.status, location: head.headers["location"] }
          let tell: ReturnType<Follower["reading"]> | undefined
          const { added, digest, gone, listed, slots, taken } = await readInThread(
            before,
            { index: feed.index, day: dayOf(now) },
            parts,
            () => (tell ??= follower.reading(feed.name))
          )
          const fetched = fetchedOf(feed.url, head, now, listed)
          return { kind: "changed", table: FeedTable.over(slots, taken), fetched, added, gone, digest }
        }
      )
      .pipe(Effect.mapError(({ fault, message }) => new FeedUnfetched({ message: `${fault}: ${message}` })))

  let url = feed.url
  for (let hops = 0; hops <= redirectsMax; hops++) {
    const found = yield* fetchFrom(url)
    if (found.kind === "changed" && found.fetched.listed === 0)
      return yield* new FeedUnfetched({ message: "expected a list of links or hosts, found none in it" })
    if (found.kind !== "elsewhere") return found
    const target = found.location === undefined ? undefined : URL.parse(found.location, url)?.href
    if (found.status < 300 || found.status > 399 || target === undefined)
      return yield* new FeedUnfetched({ message: `expected status 200, found ${found.status}` })
    url = target
  }
  return yield* new FeedUnfetched({ message: `expected a list, found more than ${redirectsMax} redirects` })
})
