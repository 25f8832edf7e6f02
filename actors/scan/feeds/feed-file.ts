/** A feed on disk: what was fetched, when, and every listing with its days. It is as public as the feed itself. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { Schema } from "effect"
import { makeDigest } from "./feed-news.ts"
import { FeedTable, type Listed, type Mark, pack, unpack } from "./feed-table.ts"

/** What is known of the last fetch. Times are milliseconds since the epoch. */
export const Fetched = Schema.Struct({
  url: Schema.String,
  etag: Schema.optionalKey(Schema.String),
  lastModified: Schema.optionalKey(Schema.String),
  at: Schema.Finite,
  /** Listings that are on the list now. */
  listed: Schema.Int
})
export type Fetched = typeof Fetched.Type

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Fetched))
const entryBytes = 12
/** Slots looked at in one go: some tenths of a millisecond, for a verdict has dozens of turns to wait for. */
const slotsAtOnce = 2_500

/** Lets everything else have its turn. */
export const pause = (): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  setImmediate(resolve)
  return promise
}

/** Walks over a table without holding up anybody. */
export const walkSlowly = async (
  table: FeedTable,
  visit: (mark: Mark, listed: Listed) => void
): Promise<void> => {
  for (let at = 0; at !== -1; at = table.walk(at, slotsAtOnce, visit)) await pause()
}

/** Writes the listings of one feed; the file is the one before or this one, whatever happens. */
export const writeFeed = async (
  path: string,
  fetched: Fetched,
  table: FeedTable,
  feed: number
): Promise<void> => {
  const words = new Uint32Array((table.size * entryBytes) / Uint32Array.BYTES_PER_ELEMENT)
  let used = 0
  await walkSlowly(table, ({ high, low }, listed) => {
    if (listed.feed !== feed) return
    words[used++] = high
    words[used++] = low
    words[used++] = pack({ ...listed, feed: 0 })
  })
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const head = Buffer.from(`${JSON.stringify(fetched)}\n`)
  await writeFile(`${path}.new`, [
    head,
    new Uint8Array(words.buffer, 0, used * Uint32Array.BYTES_PER_ELEMENT)
  ])
  await rename(`${path}.new`, path)
}

/** Reads the listings of a feed into a table; `undefined` where there is no such file, or it is damaged. */
export const readFeed = async (
  path: string,
  table: FeedTable,
  feed: number
): Promise<{ readonly fetched: Fetched; readonly digest: string } | undefined> => {
  const bytes = await readFile(path).catch(() => undefined)
  const end = bytes?.indexOf("\n") ?? -1
  if (bytes === undefined || end === -1 || (bytes.length - end - 1) % entryBytes !== 0) return undefined
  const fetched = await Promise.resolve(bytes.toString("utf8", 0, end))
    .then(decode)
    .catch(() => undefined)
  if (fetched === undefined) return undefined
  const digest = makeDigest()
  for (let at = end + 1; at < bytes.length; at += entryBytes) {
    const listed = { ...unpack(bytes.readUInt32LE(at + 8)), feed }
    const mark = { high: bytes.readUInt32LE(at), low: bytes.readUInt32LE(at + 4) }
    table.put(mark, listed)
    if (listed.isThere) digest.add(mark)
    if (at % (entryBytes * slotsAtOnce) === 0) await pause()
  }
  return { fetched, digest: digest.text() }
}
