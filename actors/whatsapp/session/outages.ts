/**
 * When there was no connection, as the log tells: what came due in such a time and could not leave is told from what
 * merely waits its turn.
 */
import { collection } from "../../../infra/actor/collection.ts"
import type { State, StateReader } from "../../../infra/actor/state.ts"
import type { OutboxEntry } from "../model.ts"
import type { SessionEvent } from "./fold.ts"
import { blipMillis } from "./machine.ts"

/** From when until when, in milliseconds since the epoch. */
interface Outage {
  readonly from: number
  readonly until: number
}

interface Outages {
  /** Since when there is none now. */
  readonly since?: number
  readonly past: ReadonlyArray<Outage>
}

/** Of the account: its one entry is `main`. */
const outages = collection<Outages>("outages")
/** Those that are remembered: what came due in one before them leaves however late it is. */
const outagesMax = 32

/** Before the first connection there was none. */
const known = (state: StateReader): Outages => state.get(outages, "main") ?? { since: 0, past: [] }

export const foldOutage = (state: State, event: SessionEvent): void => {
  const { past, since } = known(state)
  switch (event.type) {
    case "session.closed":
    case "session.logged-out":
    case "session.refused":
      // Shorter ones are no fact.
      return state.put(outages, "main", { since: since ?? event.time - blipMillis, past })
    case "session.opened": {
      const from = Math.min(since ?? event.time, event.time - event.data.downMillis)
      const ended = { from, until: event.time }
      return state.put(outages, "main", { past: [...past, ended].slice(-outagesMax) })
    }
    default:
      return
  }
}

/** Whether an entry came due, and its last moment passed, in a time without connection. */
export const passedWithout = (
  state: StateReader,
  { dueAt, gateway, notAfter }: Pick<OutboxEntry, "dueAt" | "gateway" | "notAfter">,
  now: number
): boolean => {
  if (gateway !== "whatsapp" || dueAt === undefined || notAfter === undefined) return false
  const { past, since } = known(state)
  const all = since === undefined ? past : [...past, { from: since, until: now }]
  return all.some(({ from, until }) => from <= dueAt && notAfter < until)
}
