/**
 * What a simulated log holds: it outlives the layers that use it, as a server outlives its clients. Appending
 * follows the rules of JetStream, in JetStream's order, on plain values and without a clock of its own.
 */
import type { LogMessage, StoredMessage } from "./codec.ts"
import type { OfferedMessage } from "./offer.ts"

export interface Held extends OfferedMessage {
  readonly sequence: number
}

/** An input that a group has in hand. */
export interface Handed {
  attempt: number
  /** When it may be handed out again, in milliseconds since the epoch. */
  dueMillis: number
}

/** The state of a group of replicas, as the server keeps it for a durable consumer. */
export interface Group {
  /** The first sequence that was never handed out. */
  cursor: number
  readonly handed: Map<number, Handed>
}

export interface SimulatedStore {
  readonly generation: string
  /** By sequence, from 1 at index 0. A hole is damage. */
  readonly messages: Array<Held | undefined>
  readonly groups: Map<string, Group>
  /** How long a repeated id is recognised; JetStream's window is two minutes. */
  readonly duplicateWindowMillis: number
  /** The most bytes of one message with its headers. */
  readonly messageMaxBytes: number
  readonly idsSeen: Map<string, { readonly sequence: number; readonly atMillis: number }>
  /** Sequences by boundary, ascending. */
  readonly boundaries: Map<string, Array<number>>
  /** Counts every change, so that whoever waits for one misses none. */
  version: number
  readonly waiting: Set<() => void>
}

export type CommitAnswer =
  | { readonly sequence: number; readonly duplicate: boolean }
  | { readonly conflict: { readonly boundary: string; readonly expected: number; readonly actual: number } }

/**
 * An empty store. Hand the same one to a new layer to go on after a simulated crash.
 *
 * @example
 * const store = makeSimulatedStore()
 * const before = simulatedLog({ store })
 * const after = simulatedLog({ store })
 */
export const makeSimulatedStore = (
  options: {
    readonly generation?: string
    readonly duplicateWindowMillis?: number
    readonly messageMaxBytes?: number
  } = {}
): SimulatedStore => ({
  generation: options.generation ?? "simulated",
  duplicateWindowMillis: options.duplicateWindowMillis ?? Number.POSITIVE_INFINITY,
  messageMaxBytes: options.messageMaxBytes ?? 8 * 1024 * 1024,
  messages: [],
  groups: new Map(),
  idsSeen: new Map(),
  boundaries: new Map(),
  version: 0,
  waiting: new Set()
})

/** Tells everyone who waits that something changed. */
export const announce = (store: SimulatedStore): void => {
  store.version++
  const waiting = [...store.waiting]
  store.waiting.clear()
  for (const wake of waiting) wake()
}

/** The newest sequence within a boundary, 0 when it is empty. */
export const lastWithin = (store: SimulatedStore, boundary: string): number =>
  store.boundaries.get(boundary)?.at(-1) ?? 0

const put = (store: SimulatedStore, message: OfferedMessage, atMillis: number): number => {
  const sequence = store.messages.length + 1
  store.messages.push({ ...message, sequence })
  store.idsSeen.set(message.id, { sequence, atMillis })
  const within = store.boundaries.get(message.boundary)
  if (within === undefined) store.boundaries.set(message.boundary, [sequence])
  else within.push(sequence)
  return sequence
}

/** The sequence under which an id is recognised at a moment, if it is. */
const knownAt = (store: SimulatedStore, id: string, atMillis: number): number | undefined => {
  const seen = store.idsSeen.get(id)
  return seen !== undefined && atMillis - seen.atMillis <= store.duplicateWindowMillis
    ? seen.sequence
    : undefined
}

/** The first sequence of a boundary after one that a writer expected to be the last. */
const firstAfter = (store: SimulatedStore, boundary: string, expected: number): number | undefined =>
  store.boundaries.get(boundary)?.find((sequence) => sequence > expected)

/** A refused expectation: adopted where what was offered stands there already, else a conflict. */
const refuse = (
  store: SimulatedStore,
  messages: ReadonlyArray<OfferedMessage>,
  index: number
): CommitAnswer => {
  const { boundary, expected, id } = messages[index]!
  const sequence = firstAfter(store, boundary, expected!.sequence)
  if (sequence !== undefined && store.messages[sequence - 1]?.id === id)
    return { sequence: sequence + messages.length - 1 - index, duplicate: true }
  return { conflict: { boundary, expected: expected!.sequence, actual: lastWithin(store, boundary) } }
}

/**
 * Stores all messages or none, at a moment. An id that is held already is adopted, and only the others are
 * stored; one of several messages says what its boundary is expected to end with.
 */
export const commit = (
  store: SimulatedStore,
  messages: ReadonlyArray<OfferedMessage>,
  atMillis: number
): CommitAnswer => {
  const known = messages.map(({ id }) => knownAt(store, id, atMillis))
  const fresh = messages.filter((_, index) => known[index] === undefined)
  if (messages.length > 1 && fresh.length < messages.length) {
    if (fresh.length === 0) return { sequence: known.at(-1)!, duplicate: true }
    const answer = commit(store, fresh, atMillis)
    return "conflict" in answer || known.at(-1) === undefined
      ? answer
      : { ...answer, sequence: known.at(-1)! }
  }
  const refused = messages.findIndex(
    ({ boundary, expected }) => expected !== undefined && lastWithin(store, boundary) !== expected.sequence
  )
  if (refused !== -1) return refuse(store, messages, refused)
  if (known[0] !== undefined) return { sequence: known[0], duplicate: true }
  const sequences = messages.map((message) => put(store, message, atMillis))
  announce(store)
  return { sequence: sequences.at(-1)!, duplicate: false }
}

/** Stores a message as it is, whatever it says: what another version, or a mistake, may have left there. */
export const storeRaw = (store: SimulatedStore, message: LogMessage): number => {
  const boundary = `${message.subject.split(".").slice(0, 4).join(".")}.>`
  const id = `raw ${store.messages.length + 1}`
  const sequence = put(store, { ...message, id, boundary, expected: undefined }, 0)
  announce(store)
  return sequence
}

/** Takes a message out, as a flipped bit does: readers must notice. */
export const loseMessage = (store: SimulatedStore, sequence: number): void => {
  store.messages[sequence - 1] = undefined
}

/** A held message as the codec reads it. */
export const storedMessage = (held: Held): StoredMessage => {
  const headers = new Map(held.headers)
  return {
    sequence: held.sequence,
    subject: held.subject,
    header: (name) => headers.get(name) ?? "",
    data: () => held.data
  }
}
