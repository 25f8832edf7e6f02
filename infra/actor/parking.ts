/**
 * Parking: an event that an actor cannot fold stays where it is, in the log. Its boundary is blocked from
 * there on, a fact says so, and a person decides whether it is tried again or passed over. What is parked,
 * told and decided is folded like everything else, so that every fold of the log comes to the same.
 */
import { Effect, Schedule, Stream } from "effect"
import { ActorParked } from "../../contracts/actor.ts"
import type { Context as EventContext, Writer } from "../../contracts/contexts.ts"
import { eventId } from "../../contracts/ids.ts"
import { eventTypeOf } from "../../contracts/catalogue.ts"
import type {
  DamagedLog,
  EventLogService,
  LogEvent,
  LogUnavailable,
  ReadOptions
} from "../event-log/event-log.ts"
import { isStorageFault } from "../sqlite/storage-fault.ts"
import { collection } from "./collection.ts"
import type { StateStore } from "./state-store.ts"

type Decision = "retry" | "drop"

interface Blocked {
  /** The first event that could not be folded. */
  readonly sequence: number
  /** Its name, or its subject where nobody can read it. */
  readonly event: string
  readonly id?: string
  readonly reason: string
  /** How often it could not be folded, from 1. */
  readonly attempts: number
  /** Whether the log holds the fact that says so. */
  readonly told: boolean
  /** What a person decided and is not carried out yet. */
  readonly decision?: Decision
}

/** By `<context>.<boundary>`. */
const blocked = collection<Blocked>("blocked")

/** The longest reason that is recorded, in UTF-16 code units. */
const reasonLengthMax = 1_000

const tellAgain = Schedule.exponential("100 millis").pipe(Schedule.upTo({ times: 5 }))

export const contextOf = (event: LogEvent): EventContext | undefined =>
  event.type === "unreadable" ? event.context : eventTypeOf(event.type)!.context

const placeOf = (event: LogEvent): string => `${contextOf(event) ?? "unknown"}.${event.boundary}`

const reasonOf = (fault: unknown): string =>
  (fault instanceof Error ? fault.message : String(fault)).slice(0, reasonLengthMax)

export const makeParking = (
  actor: Writer,
  store: StateStore,
  log: EventLogService,
  setHead: (event: LogEvent) => void,
  readingOf: (context: EventContext) => Pick<ReadOptions, "events" | "contexts">
) => {
  const all = () => store.state.walk(blocked, "")
  /** The places that are blocked, which every event is asked about; unknown again after every change. */
  let places: ReadonlySet<string> | undefined
  /** Whether something may have to be told. */
  let news = true

  const setAside = (event: LogEvent, reason: string, attempts: number) => {
    news = true
    places = undefined
    store.state.put(blocked, placeOf(event), {
      sequence: event.sequence,
      event: event.type === "unreadable" ? event.subject : event.type,
      ...(event.type === "unreadable" ? {} : { id: event.id }),
      reason,
      attempts,
      told: false
    })
  }

  const report = (event: LogEvent, reason: string) =>
    Effect.logError("an input was parked; its boundary waits for a person", {
      actor,
      sequence: event.sequence,
      event: event.type,
      reason
    })

  const change = (sequence: number, to: Partial<Blocked>) => {
    for (const [place, it] of all())
      if (it.sequence === sequence) store.state.put(blocked, place, { ...it, ...to })
  }

  /** The id is deterministic, so that telling again after a crash changes nothing. */
  const tell = (place: string, it: Blocked) =>
    log
      .append(
        [
          {
            id: eventId(String(it.sequence), actor, `parked#${it.attempts}`),
            fact: ActorParked({
              actor,
              sequence: it.sequence,
              event: it.event,
              boundary: place.slice(place.indexOf(".") + 1),
              reason: it.reason,
              attempts: it.attempts
            })
          }
        ],
        { actor, cause: it.id }
      )
      .pipe(
        Effect.retry({ schedule: tellAgain, while: (error) => error._tag === "LogUnavailable" }),
        Effect.catchTag(["Conflict", "FactRefused"], (error) =>
          Effect.logError("an input could not be recorded as parked", { actor, error: error.message })
        )
      )

  /** What waits in a boundary, from the parked event to where the actor is now. */
  const waitingIn = Effect.fnUntraced(function* (
    place: string,
    from: number
  ): Effect.fn.Return<ReadonlyArray<LogEvent>, LogUnavailable | DamagedLog> {
    const upTo = store.folded()
    const [context] = place.split(".") as [EventContext]
    const parts = yield* log.read({ from, ...readingOf(context) }).pipe(
      Stream.takeUntil((batch) => batch.pending === 0 || batch.upTo >= upTo),
      Stream.map(({ events }) => events.filter((it) => it.sequence <= upTo && placeOf(it) === place)),
      Stream.runCollect
    )
    return parts.flat()
  })

  /** Folds what waited, all or nothing, up to the next event that cannot be folded. */
  const carryOut = Effect.fnUntraced(function* (
    place: string,
    parked: Blocked,
    evolveOne: (event: LogEvent) => void
  ) {
    const waited = yield* waitingIn(place, parked.sequence)
    let at = 0
    const foldUpTo = (end: number, after: () => void = () => {}) =>
      store.fold(store.folded(), () => {
        store.state.drop(blocked, place)
        places = undefined
        for (at = 0; at < end; at++) {
          const event = waited[at]!
          if (parked.decision !== "drop" || event.sequence !== parked.sequence) evolveOne(event)
          // Passed over or not, it is there: whoever writes in its boundary must expect it.
          else setHead(event)
        }
        after()
      })
    try {
      foldUpTo(waited.length)
    } catch (fault) {
      places = undefined
      const next = waited[at]
      if (next === undefined || isStorageFault(fault)) throw fault
      const attempts = next.sequence === parked.sequence ? parked.attempts + 1 : 1
      foldUpTo(at, () => setAside(next, reasonOf(fault), attempts))
      yield* report(next, reasonOf(fault))
    }
  })

  return {
    isBlocked: (event: LogEvent): boolean => {
      places ??= new Set(all().map(([place]) => place))
      return places.size > 0 && places.has(placeOf(event))
    },
    park: (event: LogEvent, fault: unknown) =>
      Effect.suspend(() => {
        store.fold(event.sequence, () => setAside(event, reasonOf(fault), 1))
        return report(event, reasonOf(fault))
      }),
    /** Remembers, within a fold, that the log says what is parked. */
    told: (sequence: number) => change(sequence, { told: true }),
    /** Remembers, within a fold, that a person decided about a parked event. */
    decided: (sequence: number, decision: Decision) => change(sequence, { decision }),
    /** Carries out what was decided. Killed in between, it is carried out at the next start. */
    resume: Effect.fnUntraced(function* (evolveOne: (event: LogEvent) => void) {
      for (const [place, it] of all()) if (it.decision !== undefined) yield* carryOut(place, it, evolveOne)
      news = true
    }),
    /** Says what is parked and was not told yet, once the actor knows all that the log says. */
    tellAll: Effect.fnUntraced(function* () {
      if (!news) return
      for (const [place, it] of all()) if (!it.told) yield* tell(place, it)
      news = false
    })
  }
}
