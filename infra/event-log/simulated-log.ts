/**
 * The event log in memory, for deterministic simulation: the same semantics and the same codec as the one on
 * JetStream, time from Effect's clock, and faults from a plan that the caller draws from a seed.
 */
import { Clock, Deferred, Effect, Layer, Stream } from "effect"
import { boundarySubject } from "../../contracts/subjects.ts"
import { Keyring } from "../keyring/keyring.ts"
import { decodeMessage } from "./codec.ts"
import { damagedAt } from "./damaged.ts"
import {
  type AppendError,
  Conflict,
  type Delivery,
  EventLog,
  type EventLogService,
  LogUnavailable,
  type ReadOptions,
  type WorkOptions
} from "./event-log.ts"
import { listeningTo, wantsAll } from "./listening.ts"
import { offer, type OfferedMessage } from "./offer.ts"
import { groupOf, nextDueMillis, postpone, settle, takeNext } from "./simulated-group.ts"
import {
  commit,
  type Held,
  lastWithin,
  makeSimulatedStore,
  type SimulatedStore,
  storedMessage
} from "./simulated-store.ts"

/** What goes wrong with one append. */
export interface AppendFault {
  /** How long it is under way. It arrives even when its writer is interrupted meanwhile. */
  readonly delayMillis?: number
  /** `before`: it never arrives. `answer`: it is stored and its writer does not hear of it. */
  readonly lost?: "before" | "answer"
}

/** What goes wrong with one input handed to a replica. */
export interface DeliveryFault {
  /** It is handed out again at once, to whoever asks next, as if its acknowledgement came too late. */
  readonly twice?: boolean
  /** Its acknowledgement never arrives. */
  readonly acknowledgementLost?: boolean
}

/**
 * Decides what goes wrong. Each function is asked once per operation, in their order, so that answers drawn
 * from a seeded generator give the same run again.
 */
export interface FaultPlan {
  readonly append?: (at: { readonly actor: string; readonly ids: ReadonlyArray<string> }) => AppendFault
  readonly delivery?: (at: {
    readonly durable: string
    readonly sequence: number
    readonly attempt: number
  }) => DeliveryFault
  /** Milliseconds that an input is held back before a group first gets it. */
  readonly heldBackMillis?: (at: { readonly durable: string; readonly sequence: number }) => number
  /** Milliseconds that a reader waits for its next batch. */
  readonly readDelayMillis?: () => number
}

export interface SimulatedLogOptions {
  readonly store?: SimulatedStore
  readonly faults?: FaultPlan
}

/** JetStream's own number of messages asked for ahead of need. */
const batchMaxByDefault = 500

/** Completes when the store has changed since a version of it was looked at. */
const changedSince = (store: SimulatedStore, version: number) =>
  Effect.callback<void>((resume) => {
    const wake = () => resume(Effect.void)
    if (store.version !== version) return wake()
    store.waiting.add(wake)
    return Effect.sync(() => void store.waiting.delete(wake))
  })

const unavailable = (operation: string, message: string) => new LogUnavailable({ operation, message })

const appending = (store: SimulatedStore) => {
  const arrive = Effect.fnUntraced(function* (messages: ReadonlyArray<OfferedMessage>, fault: AppendFault) {
    if (fault.lost === "before") return yield* unavailable("store an event", "simulated: it never arrived")
    const answer = commit(store, messages, yield* Clock.currentTimeMillis)
    if (fault.lost === "answer") return yield* unavailable("store an event", "simulated: the answer was lost")
    if ("conflict" in answer) return yield* new Conflict(answer.conflict)
    return answer
  })
  return Effect.fnUntraced(function* (messages: ReadonlyArray<OfferedMessage>, fault: AppendFault) {
    if (fault.delayMillis === undefined || fault.delayMillis <= 0) return yield* arrive(messages, fault)
    const outcome = yield* Deferred.make<
      { readonly sequence: number; readonly duplicate: boolean },
      AppendError
    >()
    // What is under way goes on without its writer: a crash does not call a message back.
    yield* Effect.sleep(fault.delayMillis).pipe(
      Effect.andThen(Deferred.into(arrive(messages, fault), outcome)),
      Effect.forkDetach
    )
    return yield* Deferred.await(outcome)
  })
}

const reading = (store: SimulatedStore, faults: FaultPlan, options: ReadOptions) => {
  const listens = listeningTo(options)
  const whole = wantsAll(options)
  const batchMax = options.batchMax ?? batchMaxByDefault
  const waiting: Array<Held> = []
  let seen = options.from - 1
  let upTo = options.from - 1
  let started = false
  const look = () => {
    for (; seen < store.messages.length; seen++) {
      const held = store.messages[seen]
      if (held !== undefined && listens(held.subject)) waiting.push(held)
    }
  }
  const more = Effect.gen(function* () {
    for (;;) {
      const version = store.version
      look()
      if (waiting.length > 0) return
      yield* changedSince(store, version)
    }
  })
  const next = Effect.gen(function* () {
    const delayMillis = faults.readDelayMillis?.() ?? 0
    if (delayMillis > 0) yield* Effect.sleep(delayMillis)
    for (;;) {
      const version = store.version
      look()
      const taken = waiting.splice(0, batchMax)
      const hole = whole ? taken.findIndex((held, index) => held.sequence !== upTo + 1 + index) : -1
      if (hole !== -1) return yield* damagedAt(upTo + 1 + hole, taken[hole]!.sequence)
      if (taken.length > 0 || !started) {
        started = true
        upTo = taken.at(-1)?.sequence ?? upTo
        return {
          events: taken.map((held) => decodeMessage(storedMessage(held))),
          upTo,
          pending: waiting.length,
          more
        }
      }
      yield* changedSince(store, version)
    }
  })
  return Stream.fromEffectRepeat(next)
}

const later = (millis: number) => Effect.map(Clock.currentTimeMillis, (now) => now + millis)

const working = (store: SimulatedStore, faults: FaultPlan, options: WorkOptions) => {
  const { durable, inFlightMax } = options
  const ackWaitMillis = options.ackWaitSeconds * 1_000
  const group = groupOf(store, durable)
  const heldBackMillis = ({ sequence }: Held) => faults.heldBackMillis?.({ durable, sequence }) ?? 0
  const rules = { listens: listeningTo(options), ackWaitMillis, inFlightMax, heldBackMillis }
  const next = Effect.gen(function* () {
    for (;;) {
      const version = store.version
      const now = yield* Clock.currentTimeMillis
      const taken = takeNext(store, group, rules, now)
      if (taken !== undefined) {
        const { attempt, held } = taken
        const fault = faults.delivery?.({ durable, sequence: held.sequence, attempt }) ?? {}
        if (fault.twice === true) postpone(store, group, taken, now)
        return {
          event: decodeMessage(storedMessage(held)),
          attempt,
          done: Effect.sync(() => {
            if (fault.acknowledgementLost !== true) settle(store, group, held.sequence)
          }),
          again: (delayMillis) => Effect.map(later(delayMillis), (due) => postpone(store, group, taken, due)),
          extend: Effect.map(later(ackWaitMillis), (due) => postpone(store, group, taken, due))
        } satisfies Delivery
      }
      const due = nextDueMillis(group)
      const change = changedSince(store, version)
      yield* Number.isFinite(due) ? Effect.raceFirst(change, Effect.sleep(due - now)) : change
    }
  })
  return Stream.fromEffectRepeat(next)
}

/**
 * A simulated log on a store (a new empty one if left out), under a fault plan. Needs a keyring.
 *
 * @example
 * const store = makeSimulatedStore()
 * const log = simulatedLog({ store, faults: { append: () => (random() < 0.1 ? { lost: "answer" } : {}) } })
 */
export const simulatedLog = (options: SimulatedLogOptions = {}) =>
  Layer.effect(
    EventLog,
    Effect.map(Keyring, (keyring): EventLogService => {
      const store = options.store ?? makeSimulatedStore()
      const faults = options.faults ?? {}
      const send = appending(store)
      return {
        generation: store.generation,
        append: Effect.fnUntraced(function* (entries, provenance) {
          const now = yield* Clock.currentTimeMillis
          const messages = yield* offer(keyring, entries, provenance, now, store.messageMaxBytes)
          return yield* send(
            messages,
            faults.append?.({ actor: provenance.actor, ids: messages.map(({ id }) => id) }) ?? {}
          )
        }),
        read: (wanted) => Stream.suspend(() => reading(store, faults, wanted)),
        work: (wanted) => Effect.sync(() => working(store, faults, wanted)),
        last: Effect.sync(() => store.messages.length),
        get: (sequence) =>
          Effect.sync(() => {
            const held = store.messages[sequence - 1]
            return held === undefined ? undefined : decodeMessage(storedMessage(held))
          }),
        lastOf: (context, boundary) =>
          Effect.sync(() => lastWithin(store, boundarySubject(keyring.account, context, boundary))),
        lastAmong: (events, from) =>
          Effect.sync(() => {
            const listens = listeningTo({ events })
            return (
              store.messages.findLast(
                (held, index) => index + 1 >= from && held !== undefined && listens(held.subject)
              )?.sequence ?? 0
            )
          })
      }
    })
  )
