/**
 * The open work of an actor, in memory: tens of thousands of entries may wait, in one lane or in a lane each,
 * without slowing the search for what can be done. It is filled from the stored state at start.
 */
import { type Heap, makeHeap, type Placed } from "./heap.ts"
import type { Work } from "./state.ts"

interface Entry extends Placed {
  readonly work: Work
  /** Counts up with each opening; what is opened again while it is open keeps its place. */
  readonly order: number
  /** Among all that somebody has asked about. */
  waiting?: Waiting
}

interface Waiting extends Placed {
  /** Since when it could have been done. */
  readonly since: number
}

/** What waits in one lane, of one priority. */
interface Lane extends Placed {
  readonly name: string
  readonly entries: Heap<Entry>
  heldUntil: number
  /** Whether it is held only until it is woken. */
  isWakeable: boolean
  /** Where it is: among those whose first piece may be done, or those whose moment is to come. */
  at: Heap<Lane> | undefined
}

/** All lanes of one priority. */
interface Queue {
  readonly lanes: Map<string, Lane>
  readonly ready: Heap<Lane>
  readonly later: Heap<Lane>
  heldUntil: number
}

export interface OpenWork {
  readonly put: (work: Work) => void
  readonly close: (key: string) => void
  readonly has: (key: string) => boolean
  /** The open work of a key, as it was last put. */
  readonly get: (key: string) => Work | undefined
  readonly size: () => number
  /** The first piece of work of a priority that is due, in a lane that is neither held nor busy. */
  readonly next: (priority: number, now: number, isBusy: (lane: string) => boolean) => Work | undefined
  /** The nearest moment after `now` at which more may be done, or `undefined`. */
  readonly nextDue: (now: number) => number | undefined
  /** Holds what waits in a lane, of one priority, until a moment; that may be infinitely far for who is woken. */
  readonly hold: (priority: number, lane: string, until: number, isWakeable?: boolean) => void
  /** Holds all work of a priority. */
  readonly holdAll: (priority: number, until: number) => void
  /** Lets go whatever is held until it is woken, or whatever is held at all. */
  readonly letGo: (which: "wakeable" | "all") => void
  /**
   * Since when the piece of work that waits longest could have been done: since it was due, and for work that is due
   * at once since this was first asked with it open. `undefined` where nothing is open.
   */
  readonly waitingSince: (now: number) => number | undefined
}

const isSooner = (a: Entry, b: Entry): boolean =>
  a.work.due === b.work.due ? a.order < b.order : a.work.due < b.work.due

const firstOf = (lane: Lane): Entry => lane.entries.first()!

const opensAt = (lane: Lane): number => Math.max(firstOf(lane).work.due, lane.heldUntil)

const makeQueue = (): Queue => ({
  lanes: new Map(),
  ready: makeHeap<Lane>((a, b) => firstOf(a).order < firstOf(b).order),
  later: makeHeap<Lane>((a, b) => opensAt(a) < opensAt(b)),
  heldUntil: 0
})

const move = (lane: Lane, to: Heap<Lane> | undefined) => {
  lane.at?.remove(lane)
  lane.at = to
  to?.add(lane)
}

/** Changes a lane, and places it anew. A heap would not find one that changes while it is in it. */
const change = (queue: Queue, lane: Lane, run: () => void) => {
  move(lane, undefined)
  run()
  if (lane.entries.size() === 0) queue.lanes.delete(lane.name)
  else move(lane, queue.later)
}

/** Lanes whose moment has come are ready. */
const promote = ({ later, ready }: Queue, now: number) => {
  for (let lane = later.first(); lane !== undefined && opensAt(lane) <= now; lane = later.first())
    move(lane, ready)
}

/** The first lane that can be taken. Those that are busy are passed over: no more than there are at work. */
const firstFree = (queue: Queue, now: number, isBusy: (lane: string) => boolean): Lane | undefined => {
  const passed: Array<Lane> = []
  let lane = queue.ready.first()
  for (; lane !== undefined; lane = queue.ready.first()) {
    // The clock may have been set back since.
    if (opensAt(lane) > now) move(lane, queue.later)
    else if (isBusy(lane.name)) {
      passed.push(lane)
      move(lane, undefined)
    } else break
  }
  for (const each of passed) move(each, queue.ready)
  return lane
}

export const makeOpenWork = (): OpenWork => {
  const byKey = new Map<string, Entry>()
  const queues = new Map<number, Queue>()
  const wakeable = new Set<Lane>()
  /** Opened since anybody asked how long work has been waiting. */
  const fresh = new Set<Entry>()
  const waiting = makeHeap<Waiting>((a, b) => a.since < b.since)
  let order = 0

  const queueOf = (priority: number): Queue => {
    const queue = queues.get(priority) ?? makeQueue()
    queues.set(priority, queue)
    return queue
  }

  const takeOut = (entry: Entry) => {
    fresh.delete(entry)
    if (entry.waiting !== undefined) waiting.remove(entry.waiting)
    const queue = queueOf(entry.work.priority)
    const lane = queue.lanes.get(entry.work.lane)!
    change(queue, lane, () => lane.entries.remove(entry))
    if (lane.entries.size() === 0) wakeable.delete(lane)
  }

  const close = (key: string) => {
    const entry = byKey.get(key)
    if (entry === undefined) return
    byKey.delete(key)
    takeOut(entry)
  }

  const addTo = (queue: Queue, entry: Entry) => {
    const name = entry.work.lane
    const lane: Lane = queue.lanes.get(name) ?? {
      name,
      entries: makeHeap(isSooner),
      heldUntil: 0,
      isWakeable: false,
      at: undefined,
      place: 0
    }
    queue.lanes.set(name, lane)
    change(queue, lane, () => lane.entries.add(entry))
  }

  const put = (work: Work) => {
    const before = byKey.get(work.key)
    const entry: Entry = { work, order: before?.order ?? order++, place: 0 }
    const queue = queueOf(work.priority)
    // In this order: a lane that is held stays held, although what it is held for is replaced.
    addTo(queue, entry)
    if (before !== undefined) takeOut(before)
    byKey.set(work.key, entry)
    fresh.add(entry)
  }

  const holdLane = (queue: Queue, lane: Lane, until: number, isWakeable: boolean) => {
    change(queue, lane, () => {
      lane.heldUntil = until
      lane.isWakeable = isWakeable
    })
    if (isWakeable) wakeable.add(lane)
    else wakeable.delete(lane)
  }

  const nextOf = (queue: Queue, now: number): number => {
    promote(queue, now)
    const later = queue.later.first()
    const laneOpens = later === undefined ? Infinity : opensAt(later)
    if (queue.heldUntil <= now) return laneOpens
    return queue.ready.size() > 0 ? queue.heldUntil : Math.max(queue.heldUntil, laneOpens)
  }

  return {
    put,
    close,
    has: (key) => byKey.has(key),
    get: (key) => byKey.get(key)?.work,
    size: () => byKey.size,
    next: (priority, now, isBusy) => {
      const queue = queueOf(priority)
      if (queue.heldUntil > now) return undefined
      promote(queue, now)
      const lane = firstFree(queue, now, isBusy)
      return lane === undefined ? undefined : firstOf(lane).work
    },
    nextDue: (now) => {
      const first = Math.min(...queues.values().map((queue) => nextOf(queue, now)))
      return first === Infinity ? undefined : first
    },
    hold: (priority, name, until, isWakeable = false) => {
      const queue = queueOf(priority)
      const lane = queue.lanes.get(name)
      if (lane !== undefined) holdLane(queue, lane, until, isWakeable)
    },
    holdAll: (priority, until) => {
      queueOf(priority).heldUntil = until
    },
    letGo: (which) => {
      for (const queue of queues.values()) {
        const held = which === "all" ? queue.lanes.values() : wakeable.values()
        for (const lane of held) if (queue.lanes.get(lane.name) === lane) holdLane(queue, lane, 0, false)
        if (which === "all") queue.heldUntil = 0
      }
    },
    waitingSince: (now) => {
      for (const entry of fresh) {
        entry.waiting = { since: entry.work.due === 0 ? now : entry.work.due, place: 0 }
        waiting.add(entry.waiting)
      }
      fresh.clear()
      return waiting.first()?.since
    }
  }
}
