/**
 * Parking: an event that an actor cannot fold stays where it is, in the log. Its boundary is blocked from
 * there on, a fact says so, and a person decides whether it is tried again or passed over.
 */
import { Effect, Stream } from "effect"
import { ActorParked } from "../../contracts/actor.ts"
import type { Context as EventContext, Writer } from "../../contracts/contexts.ts"
import { eventId } from "../../contracts/ids.ts"
import { eventTypeOf } from "../../contracts/catalogue.ts"
import type { EventLogService, LogEvent, LogUnavailable } from "../event-log/event-log.ts"
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
/** Sequences that a person chose to pass over. */
const passedOver = collection<true>("passed-over")

const contextOf = (event: LogEvent): EventContext | undefined =>
  event.type === "unreadable" ? event.context : eventTypeOf(event.type)!.context

const placeOf = (event: LogEvent): string => `${contextOf(event) ?? "unknown"}.${event.boundary}`

export const makeParking = (actor: Writer, store: StateStore, log: EventLogService) => {
  const count = () => metrics.parked.set({ actor }, store.state.walk(blocked, "").length)
  count()

  /** A fact under a deterministic id, so that saying it again after a crash changes nothing. */
  const tell = (event: LogEvent, reason: string) =>
    log
      .append(
        [
          {
            id: eventId(String(event.sequence), actor, "parked"),
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

  const block = Effect.fnUntraced(function* (event: LogEvent, fault: unknown) {
    const reason = fault instanceof Error ? fault.message : String(fault)
    store.fold(event.sequence, () =>
      store.state.put(blocked, placeOf(event), { sequence: event.sequence, reason })
    )
    count()
    yield* Effect.logError("an input was parked; its boundary waits for a person", {
      actor,
      sequence: event.sequence,
      event: event.type,
      reason
    })
    yield* tell(event, reason)
  })

  /** Folds what waited in a boundary, from the parked event to where the actor is now. */
  const catchUp = Effect.fnUntraced(function* (
    place: string,
    from: number,
    evolveOne: (event: LogEvent) => void
  ): Effect.fn.Return<void, LogUnavailable> {
    const upTo = store.folded()
    const [context] = place.split(".") as [EventContext]
    const batches = log
      .read({ from, contexts: [context] })
      .pipe(Stream.takeUntil((batch) => batch.pending === 0 || batch.upTo >= upTo))
    yield* Stream.runForEach(batches, (batch) =>
      Effect.gen(function* () {
        for (const event of batch.events) {
          if (event.sequence > upTo || placeOf(event) !== place) continue
          if (store.state.get(passedOver, String(event.sequence)) === true) continue
          try {
            store.fold(event.sequence, () => evolveOne(event))
          } catch (fault) {
            return yield* block(event, fault)
          }
        }
      })
    ).pipe(Effect.catchTag("DamagedLog", () => Effect.void))
  })

  return {
    isBlocked: (event: LogEvent): boolean => store.state.get(blocked, placeOf(event)) !== undefined,
    park: block,
    /** A person decided about a parked event. */
    resume: Effect.fnUntraced(function* (
      sequence: number,
      decision: "retry" | "drop",
      evolveOne: (event: LogEvent) => void
    ) {
      const found = store.state.walk(blocked, "").find(([, it]) => it.sequence === sequence)
      if (found === undefined) return
      const [place] = found
      store.fold(store.folded(), () => {
        store.state.drop(blocked, place)
        if (decision === "drop") store.state.put(passedOver, String(sequence), true)
      })
      count()
      yield* catchUp(place, sequence, evolveOne)
    })
  }
}
