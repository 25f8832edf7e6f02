/** What is known of a place while it is shipped to. */
import type { PlaceState } from "../../../contracts/backup.ts"

export interface PlaceStatus {
  state: "starting" | PlaceState
  reason: string | null
  /** The last event that it holds. */
  upTo: number | null
  /** When the oldest event happened that it lacks, in milliseconds since the epoch; null where it lacks none. */
  unshippedSince: () => number | null
  fenced: boolean | null
  segments: number
  bytes: number
}

export const startingStatus = (): PlaceStatus => ({
  state: "starting",
  reason: null,
  upTo: null,
  unshippedSince: () => null,
  fenced: null,
  segments: 0,
  bytes: 0
})
