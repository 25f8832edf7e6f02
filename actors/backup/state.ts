/** What the backup actor keeps of the log: how far each place was said to have come, and whether it does what it is asked. */
import { BackupPlaceChanged, BackupShipped, type PlaceState } from "../../contracts/backup.ts"
import type { Recorded } from "../../contracts/event.ts"
import { collection } from "../../infra/actor/collection.ts"
import type { State } from "../../infra/actor/state.ts"

export interface Shipped {
  readonly generation: string
  readonly upTo: number
  /** The first event of the segment that `upTo` is in. */
  readonly segment: number
  readonly at: number
}

/** By place. */
export const shipped = collection<Shipped>("shipped")
export const placeStates = collection<PlaceState>("place")

export const listens = [BackupShipped, BackupPlaceChanged] as const
export type Heard = Recorded<(typeof listens)[number]>

export const evolve = (state: State, event: Heard): void => {
  switch (event.type) {
    case "backup.shipped": {
      const { at, generation, place, segment, upTo } = event.data
      return state.put(shipped, place, { generation, upTo, segment, at })
    }
    case "backup.place-changed":
      return state.put(placeStates, event.data.place, event.data.state)
  }
}
