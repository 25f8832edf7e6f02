/**
 * Parking: an event that an actor cannot fold stays where it is, in the log. Its boundary is blocked from
 * there on, a fact says so, and a person decides whether it is tried again or passed over.
 */
import { Effect, Stream } from "effect"
import { ActorParked } from "../../contracts/actor.ts"
import type { Context as EventContext, Writer } from "../../contracts/contexts.ts"
import { eventId } from "../../contracts/ids.ts"
import { eventTypeOf, type RecordedOf } from "../../contracts/catalogue.ts"
import type { DamagedLog, EventLogService, LogEvent, LogUnavailable } from "../event-log/event-log.ts"
import { metrics } from "../telemetry/metrics.ts"
import { collection } from "./collection.ts"
import type { StateStore } from "./state-store.ts"

interface Blocked {
  /** The first event that could not be folded. */
  readonly sequence: number
  readonly reason: string
}

/** By `<context>.<boundary>`. */
const blocked = collection<Blocked>("blocked")
interface Decision {
  readonly what: "retry" | "drop"
  /** The sequence at which it was decided. */
  readonly at: number
}

/** What a person decided and is not carried out yet, by the sequence of the parked event. */
const decisions = collection<Decision>("decision")
/** Sequences that a person chose to pass over. */
const passedOver = collection<true>("passed-over")

const contextOf = (event: LogEvent): EventContext | undefined =>
  event.type === "unreadable" ? event.context : eventTypeOf(event.type)!.context

const placeOf = (event: LogEvent): string => `${contextOf(event) ?? "unknown"}.${event.boundary}`

export const makeParking = (actor: Writer, store: StateStore, log: EventLogService) => {
  const count = () => metrics.parked.set({ actor }, store.state.walk(blocked, "").length)
  count()

  /**
   * A fact under a deterministic id, so that saying it again after a crash changes nothing. `after` is the
   * sequence of the decision that led here, 0 for the first time: each time is a fact of its own.
   */
  const tell = (event: LogEvent, reason: string, after: number) =>
    log
      .append(
        [
          {
            id: eventId(String(event.sequence), actor, `parked:${after}`),
            fact: ActorParked({
              actor,
              sequence: event.sequence,
              event: event.type === "unreadable" ? event.subject : event.type,
              boundary: event.boundary,
              reason,
              attempts: 1
            })
          }
        ],
        { actor, cause: event.type === "unreadable" ? undefined : event.id }
      )
      .pipe(
        Effect.retry({ times: 5, while: (error) => error._tag === "LogUnavailable" }),
        Effect.catch((error) =>
          Effect.logError("an input could not be recorded as parked", { actor, error: error.message })
        )
      )

  const setAside = (event: LogEvent, reason: string) =>
    store.state.put(blocked, placeOf(event), { sequence: event.sequence, reason })

  const report = Effect.fnUntraced(function* (event: LogEvent, reason: string, after: number) {
    count()
    yield* Effect.logError("an input was parked; its boundary waits for a person", {
      actor,
      sequence: event.sequence,
      event: event.type,
      reason
    })
    yield* tell(event, reason, after)
  })

  /** What waits in a boundary, from the parked event to where the actor is now. */
  const waitingIn = Effect.fnUntraced(function* (
    place: string,
    from: number
  ): Effect.fn.Return<ReadonlyArray<LogEvent>, LogUnavailable | DamagedLog> {
    const upTo = store.folded()
    const [context] = place.split(".") as [EventContext]
    const batches = yield* log.read({ from, contexts: [context] }).pipe(
      Stream.takeUntil((batch) => batch.pending === 0 || batch.upTo >= upTo),
      Stream.runCollect
    )
    return batches
      .flatMap((batch) => batch.events)
      .filter((event) => event.sequence <= upTo && placeOf(event) === place)
  })

  /** Folds what waited, all or nothing, up to the next event that cannot be folded. */
  const carryOut = Effect.fnUntraced(function* (
    key: string,
    decision: Decision,
    place: string,
    evolveOne: (event: LogEvent) => void
  ) {
    const passes = (event: LogEvent) =>
      (decision.what === "drop" && String(event.sequence) === key) ||
      store.state.get(passedOver, String(event.sequence)) === true
    const waited = (yield* waitingIn(place, Number(key))).filter((event) => !passes(event))
    let at = 0
    const foldUpTo = (end: number, after: () => void = () => {}) =>
      store.fold(store.folded(), () => {
        store.state.drop(blocked, place)
        store.state.drop(decisions, key)
        if (decision.what === "drop") store.state.put(passedOver, key, true)
        for (at = 0; at < end; at++) evolveOne(waited[at]!)
        after()
      })
    try {
      foldUpTo(waited.length)
      count()
    } catch (fault) {
      const next = waited[at]!
      const reason = reasonOf(fault)
      foldUpTo(at, () => setAside(next, reason))
      yield* report(next, reason, decision.at)
    }
  })

  return {
    isBlocked: (event: LogEvent): boolean => store.state.get(blocked, placeOf(event)) !== undefined,
    park: (event: LogEvent, fault: unknown) =>
      Effect.suspend(() => {
        const reason = reasonOf(fault)
        store.fold(event.sequence, () => setAside(event, reason))
        return report(event, reason, 0)
      }),
    /** Remembers, within a fold, that a person decided about a parked event. */
    decided: ({ data, sequence }: RecordedOf<"actor.unparked">) =>
      store.state.put(decisions, String(data.sequence), { what: data.decision, at: sequence }),
    /** Carries out what was decided. Killed in between, it is carried out at the next start. */
    resume: Effect.fnUntraced(function* (evolveOne: (event: LogEvent) => void) {
      for (const [key, decision] of store.state.walk(decisions, "")) {
        const found = store.state.walk(blocked, "").find(([, it]) => String(it.sequence) === key)
        if (found === undefined) store.fold(store.folded(), () => store.state.drop(decisions, key))
        else yield* carryOut(key, decision, found[0], evolveOne)
      }
    })
  }
}

const reasonOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault))
