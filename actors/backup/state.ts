/** What the backup actor keeps of the log: how each place stands, as far as that is in the log. */
import {
  BackupKeepingChanged,
  BackupPlaceChanged,
  BackupPointMade,
  BackupPruned,
  BackupScrubbed,
  BackupShipped,
  BackupUnverified,
  BackupVerified,
  type KeepStep,
  type PlaceState
} from "../../contracts/backup.ts"
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

/** What was done last at a place of a generation. Times are milliseconds since the epoch. */
export interface Kept {
  readonly generation: string
  readonly point?: { readonly at: number; readonly sequence: number }
  /** When copying began, by what was shipped first: what was never found to be good is unproven since then. */
  readonly begun?: number
  readonly verified?: { readonly at: number; readonly problems: ReadonlyArray<string> }
  /** When it was last found to be good, and the newest point that was restored then. */
  readonly good?: { readonly at: number; readonly point?: number }
  readonly scrubbed?: { readonly at: number; readonly problems: ReadonlyArray<string> }
  /** When it was said that nobody knows whether it is good. */
  readonly unverified?: number
  readonly pruned?: number
  /** Steps that were said not to succeed. */
  readonly failing?: ReadonlyArray<KeepStep>
}

/** By place. */
export const shipped = collection<Shipped>("shipped")
export const placeStates = collection<PlaceState>("place")
export const kept = collection<Kept>("kept")

export const listens = [
  BackupShipped,
  BackupPlaceChanged,
  BackupPointMade,
  BackupPruned,
  BackupVerified,
  BackupKeepingChanged,
  BackupUnverified,
  BackupScrubbed
] as const
export type Heard = Recorded<(typeof listens)[number]>

/** What was done last at a place; nothing of it counts for another generation. */
export const keptAt = (state: Pick<State, "get">, place: string, generation: string): Kept => {
  const known = state.get(kept, place)
  return known?.generation === generation ? known : { generation }
}

const keep = (state: State, place: string, generation: string, change: Partial<Kept>): void =>
  state.put(kept, place, { ...keptAt(state, place, generation), ...change })

/** Notes when copying began, once. */
const begin = (state: State, place: string, generation: string, at: number): void => {
  if (keptAt(state, place, generation).begun === undefined) keep(state, place, generation, { begun: at })
}

const verified = (state: State, { data }: Extract<Heard, { type: "backup.verified" }>): void => {
  const { at, generation, place, points, problems } = data
  const newest = points[0]
  keep(state, place, generation, {
    verified: { at, problems },
    ...(problems.length === 0
      ? { good: { at, ...(newest?.same === true ? { point: newest.at } : {}) }, unverified: 0 }
      : {})
  })
}

export const evolve = (state: State, event: Heard): void => {
  switch (event.type) {
    case "backup.shipped": {
      const { at, generation, place, segment, upTo } = event.data
      state.put(shipped, place, { generation, upTo, segment, at })
      return begin(state, place, generation, at)
    }
    case "backup.place-changed":
      return state.put(placeStates, event.data.place, event.data.state)
    case "backup.point-made": {
      const { at, generation, place, sequence } = event.data
      begin(state, place, generation, at)
      return keep(state, place, generation, { point: { at, sequence } })
    }
    case "backup.pruned":
      return keep(state, event.data.place, event.data.generation, { pruned: event.data.at })
    case "backup.verified":
      return verified(state, event)
    case "backup.keeping-changed": {
      const { generation, place, step, state: now } = event.data
      const others = (keptAt(state, place, generation).failing ?? []).filter((other) => other !== step)
      return keep(state, place, generation, { failing: now === "failing" ? [...others, step] : others })
    }
    case "backup.unverified": {
      const generation = state.get(kept, event.data.place)?.generation
      if (generation === undefined) return
      return keep(state, event.data.place, generation, { unverified: event.data.at })
    }
    case "backup.scrubbed": {
      const { at, generation, log, place, problems } = event.data
      return keep(state, place, generation, { scrubbed: { at, problems: [...log, ...problems] } })
    }
  }
}
