/** What is known of a place while it is shipped to. */
import type { PlaceState } from "../../../contracts/backup.ts"
import type { Tail } from "../segment/segment.ts"

export interface PlaceStatus {
  state: "starting" | PlaceState
  reason: string | null
  /** The last event that it holds. */
  upTo: number | null
  /** The end of what was stored there. */
  tail: Tail | null
  /** When the oldest event happened that it lacks, in milliseconds since the epoch; null where it lacks none. */
  unshippedSince: () => number | null
  fenced: boolean | null
  segments: number
  bytes: number
  /** What the place was known to hold and did not hold any more when shipping began; null where there is nothing. */
  lost: string | null
  /** Whether the stores are to be looked at there again, as they are where somebody found one to be damaged. */
  recheckStores: boolean
  /** What keeps points from being made or the place from being checked; null where nothing does. */
  keeping: string | null
}

export const startingStatus = (): PlaceStatus => ({
  state: "starting",
  reason: null,
  upTo: null,
  tail: null,
  unshippedSince: () => null,
  fenced: null,
  segments: 0,
  bytes: 0,
  lost: null,
  recheckStores: false,
  keeping: null
})
