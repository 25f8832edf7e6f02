/** Which input a group of replicas gets next, by the rules of a durable consumer that is acknowledged. */
import { announce, type Group, type Handed, type Held, type SimulatedStore } from "./simulated-store.ts"

export interface GroupOptions {
  readonly listens: (subject: string) => boolean
  readonly ackWaitMillis: number
  readonly inFlightMax: number
  /** How long an input is held back before it is handed out for the first time. */
  readonly heldBackMillis: (held: Held) => number
}

/** The group of a name. It is kept with the store, so that what a crashed replica had in hand comes back. */
export const groupOf = (store: SimulatedStore, durable: string): Group => {
  const known = store.groups.get(durable)
  if (known !== undefined) return known
  const made: Group = { cursor: 1, handed: new Map() }
  store.groups.set(durable, made)
  return made
}

export interface Taken {
  readonly held: Held
  readonly handed: Handed
  readonly attempt: number
}

/** Hands out what is due again, else what is new; nothing where the group has its hands full. */
export const takeNext = (
  store: SimulatedStore,
  group: Group,
  options: GroupOptions,
  nowMillis: number
): Taken | undefined => {
  admit(store, group, options, nowMillis)
  for (const [sequence, handed] of group.handed) {
    if (handed.dueMillis > nowMillis) continue
    handed.attempt++
    handed.dueMillis = nowMillis + options.ackWaitMillis
    return { held: store.messages[sequence - 1]!, handed, attempt: handed.attempt }
  }
  return undefined
}

/** Takes new inputs into the group while it has room. One that was lost from the store is passed over. */
const admit = (store: SimulatedStore, group: Group, options: GroupOptions, nowMillis: number): void => {
  while (group.handed.size < options.inFlightMax && group.cursor <= store.messages.length) {
    const held = store.messages[group.cursor - 1]
    group.cursor++
    if (held === undefined || !options.listens(held.subject)) continue
    const dueMillis = nowMillis + options.heldBackMillis(held)
    group.handed.set(held.sequence, { attempt: 0, dueMillis })
  }
}

/** When the next input of the group is due, in milliseconds since the epoch; infinity when none waits. */
export const nextDueMillis = (group: Group): number =>
  [...group.handed.values()].reduce(
    (least, { dueMillis }) => Math.min(least, dueMillis),
    Number.POSITIVE_INFINITY
  )

/** Handled: it is never handed out again. A late word from an earlier attempt counts as well. */
export const settle = (store: SimulatedStore, group: Group, sequence: number): void => {
  if (group.handed.delete(sequence)) announce(store)
}

/** Sets when an input is handed out again, unless it has been handed to another replica since. */
export const postpone = (store: SimulatedStore, group: Group, taken: Taken, dueMillis: number): void => {
  if (group.handed.get(taken.held.sequence) !== taken.handed || taken.handed.attempt !== taken.attempt) return
  taken.handed.dueMillis = dueMillis
  announce(store)
}
