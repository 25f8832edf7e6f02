/**
 * The open work of an actor, in memory: thousands of entries may wait in one lane without slowing the
 * search for what can be done in another. It is filled from the stored state at start.
 */
import type { Work } from "./state.ts"

interface Entry {
  readonly work: Work
  /** Counts up with each opening; what is opened again while it is open keeps its place. */
  readonly order: number
  /** Since when it could have been done, where somebody has asked. */
  since?: number
}

interface Lane {
  /** Sorted by due time, then by the order of opening. */
  readonly waiting: Array<Entry>
}

const isBefore = (a: Entry, b: Entry): boolean =>
  a.work.due === b.work.due ? a.order < b.order : a.work.due < b.work.due

export interface OpenWork {
  readonly put: (work: Work) => void
  readonly close: (key: string) => void
  readonly has: (key: string) => boolean
  /** The open work of a key, as it was last put. */
  readonly get: (key: string) => Work | undefined
  readonly size: () => number
  /** The first piece of work of a priority that is due, in a lane that is not busy. */
  readonly next: (priority: number, now: number, isBusy: (lane: string) => boolean) => Work | undefined
  /** The nearest moment after `now` at which more becomes due, or `undefined`. */
  readonly nextDue: (now: number) => number | undefined
  /**
   * Since when the piece of work that waits longest could have been done, the first of each lane being asked: since
   * it was due, and for work that is due at once since this was first asked with it open. `undefined` where nothing
   * is open.
   */
  readonly waitingSince: (now: number) => number | undefined
}

export const makeOpenWork = (): OpenWork => {
  const byKey = new Map<string, Entry>()
  const lanes = new Map<number, Map<string, Lane>>()
  /** Opened since anybody asked how long work has been waiting. */
  const fresh = new Set<Entry>()
  let order = 0

  const takeOut = (entry: Entry) => {
    fresh.delete(entry)
    const byLane = lanes.get(entry.work.priority)
    const lane = byLane?.get(entry.work.lane)
    if (lane === undefined) return
    lane.waiting.splice(lane.waiting.indexOf(entry), 1)
    if (lane.waiting.length === 0) byLane?.delete(entry.work.lane)
  }

  /** What waits in each lane, first in its order. */
  const heads = function* (): Generator<Entry> {
    for (const byLane of lanes.values()) for (const lane of byLane.values()) yield lane.waiting[0]!
  }

  const earliest = (moments: Iterable<number>): number | undefined => {
    let first: number | undefined
    for (const moment of moments) if (first === undefined || moment < first) first = moment
    return first
  }

  const close = (key: string) => {
    const entry = byKey.get(key)
    if (entry === undefined) return
    byKey.delete(key)
    takeOut(entry)
  }

  const put = (work: Work) => {
    const before = byKey.get(work.key)
    if (before !== undefined) takeOut(before)
    const entry: Entry = { work, order: before?.order ?? order++ }
    byKey.set(work.key, entry)
    fresh.add(entry)
    const byLane = lanes.get(work.priority) ?? new Map<string, Lane>()
    lanes.set(work.priority, byLane)
    const lane = byLane.get(work.lane) ?? { waiting: [] }
    byLane.set(work.lane, lane)
    let at = lane.waiting.length
    while (at > 0 && isBefore(entry, lane.waiting[at - 1]!)) at--
    lane.waiting.splice(at, 0, entry)
  }

  return {
    put,
    close,
    has: (key) => byKey.has(key),
    get: (key) => byKey.get(key)?.work,
    size: () => byKey.size,
    next: (priority, now, isBusy) => {
      let best: Entry | undefined
      for (const [name, lane] of lanes.get(priority) ?? []) {
        const first = lane.waiting[0]!
        if (first.work.due > now || isBusy(name)) continue
        if (best === undefined || first.order < best.order) best = first
      }
      return best?.work
    },
    nextDue: (now) =>
      earliest(
        heads()
          .map(({ work }) => work.due)
          .filter((due) => due > now)
      ),
    waitingSince: (now) => {
      for (const entry of fresh) entry.since = entry.work.due === 0 ? now : entry.work.due
      fresh.clear()
      return earliest(heads().map(({ since }) => since ?? now))
    }
  }
}
