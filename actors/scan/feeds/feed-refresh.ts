/** Fetching a feed: only when it changed, line by line, into a table beside the one that is in use. */
import { Effect, Schema } from "effect"
import type { AnswerHead, GuardedClientService } from "../../../infra/guarded-client/client.ts"
import { type Fetched, pause, walkSlowly } from "./feed-file.ts"
import { type Listing, readLine } from "./feed-line.ts"
import { type Follower, makeDigest } from "./feed-news.ts"
import { dayOf, FeedTable, markOf } from "./feed-table.ts"

/** The longest list that is known has some 60 MB. */
const feedBytesMax = 256 * 1024 * 1024
const fetchMillis = 300_000
/** Some tenths of a millisecond, for a verdict has dozens of turns to wait for. */
const linesAtOnce = 25
/** What left a list is remembered as long as this: what was dangerous last month often is so again. */
const rememberedDays = 90

export class FeedUnfetched extends Schema.TaggedError<FeedUnfetched>()("FeedUnfetched", {
  message: Schema.String
}) {}

/** A feed by its name, its place among the feeds and its address. */
export interface Feed {
  readonly name: string
  readonly index: number
  readonly url: string
}

async function* linesOf(parts: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ""
  for await (const part of parts) {
    const lines = (rest + decoder.decode(part, { stream: true })).split("\n")
    rest = lines.pop() ?? ""
    yield* lines
  }
  yield rest
}

/** Room for twice as much, made while everybody else has their turns. */
const roomier = async (table: FeedTable): Promise<FeedTable> => {
  const larger = new FeedTable(table.size * 2)
  await walkSlowly(table, (mark, listed) => void larger.put(mark, listed))
  return larger
}

/**
 * The table with a feed's lines in place of what it said before; of what it says no more the memory stays. Whoever
 * follows is told of what was not on it.
 */
const tableWith = async (
  before: FeedTable,
  { index, name }: Feed,
  lines: AsyncIterable<string>,
  day: number,
  follower: Follower
) => {
  let table = new FeedTable(before.size)
  const digest = makeDigest()
  let tell: ((listing: Listing) => void) | undefined
  let listed = 0
  let added = 0
  let gone = 0
  let read = 0
  for await (const line of lines) {
    if (++read % linesAtOnce === 0) await pause()
    const listing = readLine(line)
    if (listing === undefined) continue
    const mark = markOf(listing.kind, listing.key)
    const known = before.find(mark).find(({ feed }) => feed === index)
    listed++
    const isThere = { feed: index, firstDay: known?.firstDay ?? day, lastDay: day, isThere: true }
    if (table.isFull) table = await roomier(table)
    if (!table.put(mark, isThere)) continue
    digest.add(mark)
    if (known?.isThere === true) continue
    added++
    tell ??= await follower.reading(name)
    tell(listing)
  }
  await walkSlowly(before, (mark, old) => {
    if (old.feed !== index) return void table.put(mark, old)
    if (table.find(mark).some(({ feed }) => feed === index)) return
    if (old.isThere) gone++
    if (day - old.lastDay <= rememberedDays) table.put(mark, { ...old, isThere: false })
  })
  return { table, listed, added, gone, digest: digest.text() }
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
          const { listed, ...read } = await tableWith(before, feed, linesOf(parts), dayOf(now), follower)
          return { kind: "changed", ...read, fetched: fetchedOf(feed.url, head, now, listed) }
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
