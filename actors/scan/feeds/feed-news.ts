/** What becomes of lists, for whoever follows it. */
import { Effect } from "effect"
import type { Listing } from "./feed-line.ts"
import type { Mark } from "./feed-table.ts"

/** A list that was fetched, or found to be as it was. */
export interface Refreshed {
  readonly source: string
  /** The host that it came from. */
  readonly from: string
  readonly at: number
  readonly listed: number
  readonly added: number
  readonly gone: number
  /** The digest of the list as it was before, where there was one, and as it is now. */
  readonly before: string | undefined
  readonly digest: string
  readonly etag?: string
  readonly lastModified?: string
}

export interface Follower {
  /** Is told of what is new on a list, line by line, while it is read. Called with the first such line. */
  readonly reading: (source: string) => Promise<(listing: Listing) => void>
  /** The list is looked up as it is now. It is written to the disk afterwards, so that a crash brings all of it again. */
  readonly refreshed: (news: Refreshed) => Effect.Effect<void>
  readonly failed: (source: string, reason: string, at: number) => Effect.Effect<void>
}

export const nobody: Follower = {
  reading: () => Promise.resolve(() => {}),
  refreshed: () => Effect.void,
  failed: () => Effect.void
}

/** A digest of listings that does not depend on their order: each of them is to be added once. */
export const makeDigest = () => {
  let high = 0
  let low = 0
  return {
    add: (mark: Mark) => {
      high = (high + mark.high) >>> 0
      low = (low + mark.low) >>> 0
    },
    text: () => [high, low].map((word) => word.toString(16).padStart(8, "0")).join("")
  }
}
