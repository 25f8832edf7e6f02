/** Reading a list, as its thread does it: lines come in, a table beside the one that is in use comes out. */
import { lineLengthMax, type Listing, readLine } from "./feed-line.ts"
import { makeDigest } from "./feed-news.ts"
import { FeedTable, markOf } from "./feed-table.ts"
import type { ListInput, ReadList } from "./list-protocol.ts"

/** What left a list is remembered as long as this: what was dangerous last month often is so again. */
const rememberedDays = 90

export interface ListReader {
  readonly bytes: (part: Uint8Array) => void
  readonly end: () => ReadList
}

/** Hears of each listing that was not on the list before. */
type OnAdded = (listing: Listing) => void

/**
 * Reads a list in parts, cut anywhere. The table that comes out has its lines in place of what the feed said before;
 * of what it says no more the memory stays, and so does what other feeds say.
 */
export const makeListReader = ({ day, index, slots, taken }: ListInput, onAdded: OnAdded): ListReader => {
  const before = FeedTable.over(slots, taken)
  const table = new FeedTable(before.size)
  const decoder = new TextDecoder()
  const digest = makeDigest()
  let rest = ""
  let listed = 0
  let added = 0
  let gone = 0

  const line = (text: string) => {
    const listing = readLine(text)
    if (listing === undefined) return
    const mark = markOf(listing.kind, listing.key)
    const known = before.find(mark).find(({ feed }) => feed === index)
    listed++
    const isNew = table.put(mark, {
      feed: index,
      firstDay: known?.firstDay ?? day,
      lastDay: day,
      isThere: true
    })
    if (!isNew) return
    digest.add(mark)
    if (known?.isThere === true) return
    added++
    onAdded(listing)
  }

  const keepOthers = () =>
    before.walk(0, Infinity, (mark, old) => {
      if (old.feed !== index) return void table.put(mark, old)
      if (table.find(mark).some(({ feed }) => feed === index)) return
      if (old.isThere) gone++
      if (day - old.lastDay <= rememberedDays) table.put(mark, { ...old, isThere: false })
    })

  return {
    bytes: (part) => {
      const lines = (rest + decoder.decode(part, { stream: true })).split("\n")
      // A line without an end is not gathered: that it is too long is all there is to know of it.
      rest = (lines.pop() ?? "").slice(0, lineLengthMax + 1)
      for (const one of lines) line(one)
    },
    end: () => {
      line(rest + decoder.decode())
      keepOthers()
      return { slots: table.shared, taken: table.size, listed, added, gone, digest: digest.text() }
    }
  }
}
