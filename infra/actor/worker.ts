/**
 * Declaring and running a worker: an actor that is stateless towards its inputs, in any number of
 * replicas. Each input goes to one of them, in no order, and is acknowledged once its facts are in the log.
 */
import { Cause, Clock, Deferred, Effect, Latch, type Scope, Semaphore, Stream } from "effect"
import { ActorParked } from "../../contracts/actor.ts"
import type { AnyEvent, AnyFact, AnyRecorded } from "../../contracts/catalogue.ts"
import type { Writer } from "../../contracts/contexts.ts"
import type { Fact, Recorded } from "../../contracts/event.ts"
import { eventId } from "../../contracts/ids.ts"
import {
  type Appended,
  type AppendError,
  type Delivery,
  type Entry,
  EventLog,
  type EventLogService,
  type LogEvent,
  LogUnavailable
} from "../event-log/event-log.ts"
import { metrics } from "../telemetry/metrics.ts"
import { unhurriedMillis } from "./fold-log.ts"
import { inSpan, traceparentOf } from "../telemetry/trace.ts"

/** How long an input may be in work before another replica gets it, unless it is extended. */
const ackWaitSeconds = 30
const extendEverySeconds = 10
/** The first and longest wait before an input that failed is handed out again. */
const retryFirstMillis = 200
const retryLongestMillis = 10_000
/** After this many attempts a person has to look at it, unless something else than the input is at fault. */
const attemptsMax = 5

export interface WorkerSelf<Published> {
  /** Appends what an input led to; each fact alone, for they concern different boundaries. */
  readonly append: (part: string, fact: Published) => Effect.Effect<Appended, AppendError>
}

export interface Worker<Listens extends AnyEvent, Publishes extends AnyEvent, E, R> {
  readonly name: Writer
  /** The name of its place in the log, where an actor has more than one worker; left out, the actor's name. */
  readonly durable?: string
  readonly listens: ReadonlyArray<Listens>
  readonly publishes: ReadonlyArray<Publishes>
  /** How many inputs are in work at once in one replica. */
  readonly concurrency: number
  /** It leaves what is new for some milliseconds, in which whatever somebody waits for goes first. */
  readonly unhurried?: true
  readonly handle: (
    event: Recorded<Listens>,
    self: WorkerSelf<Fact<Publishes>>
  ) => Effect.Effect<void, E | AppendError, R>
}

/** Declares a worker; see `actors/scan/actor.ts` for one. */
export const worker = <
  const Listens extends AnyEvent,
  const Publishes extends AnyEvent,
  E = never,
  R = never
>(
  definition: Worker<Listens, Publishes, E, R>
): Worker<Listens, Publishes, E, R> => definition

/** An unreadable event has no id that can be trusted; its place in the log names it. */
const reasonOf = (event: LogEvent) => {
  const cause = event.type === "unreadable" ? String(event.sequence) : event.id
  const correlation = event.type === "unreadable" ? undefined : event.correlation
  return { cause, correlation: correlation ?? cause }
}

const appendFor = (log: EventLogService, actor: Writer, event: LogEvent) => {
  const reason = reasonOf(event)
  const provenance = { actor, ...reason, traceparent: traceparentOf(reason.cause, reason.correlation) }
  return (part: string, fact: AnyFact) => {
    const entry: Entry = { fact, id: eventId(reason.cause, actor, part) }
    return log
      .append([entry], provenance)
      .pipe(Effect.tap(() => Effect.sync(() => metrics.appends.inc({ actor }))))
  }
}

/**
 * Sets an input aside: a fact says so, and the input stays in the log under its sequence. The fact's id
 * follows from what was delivered: handed out again after it was parked, it is not parked twice, and parked
 * again after a retry it is a fact of its own.
 */
const park = Effect.fnUntraced(function* (
  log: EventLogService,
  actor: Writer,
  delivery: Delivery,
  event: LogEvent,
  reason: string
) {
  const fact = ActorParked({
    actor,
    sequence: event.sequence,
    event: event.type === "unreadable" ? event.subject : event.type,
    boundary: event.boundary,
    reason,
    attempts: delivery.attempt
  })
  yield* Effect.logError("an input was parked and waits for a person", {
    actor,
    sequence: event.sequence,
    reason
  })
  yield* appendFor(log, actor, delivery.event)("parked", fact)
})

/** Runs one replica until the scope closes. `onReady` is called when it takes inputs. */
export const runWorker = Effect.fn("runWorker")(function* <
  Listens extends AnyEvent,
  Publishes extends AnyEvent,
  E,
  R
>(
  actor: Worker<Listens, Publishes, E, R>,
  onReady: () => void
): Effect.fn.Return<never, LogUnavailable, EventLog | R | Scope.Scope> {
  const log = yield* EventLog
  const label = { actor: actor.name }
  const listens = actor.listens.map((type) => type.type)

  /** A person's decision to try a parked input again stands for that input, if it is one of this worker's. */
  const inputOf = Effect.fnUntraced(function* (event: LogEvent) {
    if (event.type !== "actor.unparked") return event
    if (event.data.actor !== actor.name || event.data.decision !== "retry") return undefined
    const parked = yield* log.get(event.data.sequence)
    return parked !== undefined &&
      (parked.type === "unreadable" || listens.some((name) => name === parked.type))
      ? parked
      : undefined
  })

  const handle = Effect.fnUntraced(function* (delivered: LogEvent) {
    const event = yield* inputOf(delivered)
    if (event === undefined) return
    if (event.type === "unreadable") return yield* Effect.fail(new Error(event.reason))
    const append = appendFor(log, actor.name, event)
    // The consumer filters by the names listened to, so the event is one that `handle` declares.
    const input = event as AnyRecorded as Recorded<Listens>
    return yield* actor
      .handle(input, { append: (part, fact) => append(part, fact as AnyFact) })
      .pipe(inSpan(`${actor.name}.${event.type}`, reasonOf(event), label))
  })

  const settle = Effect.fnUntraced(function* (delivery: Delivery, cause: Cause.Cause<unknown>) {
    const fault = Cause.squash(cause)
    const message = fault instanceof Error ? fault.message : String(fault)
    metrics.failed.inc({ ...label, what: "input" })
    // A log that does not answer is no fault of the input, which is tried for as long as that lasts.
    if (delivery.attempt < attemptsMax || fault instanceof LogUnavailable) {
      yield* Effect.logWarning("an input failed and is tried again", {
        ...label,
        sequence: delivery.event.sequence,
        attempt: delivery.attempt,
        error: message
      })
      return yield* delivery.again(
        Math.min(retryFirstMillis * 2 ** (delivery.attempt - 1), retryLongestMillis)
      )
    }
    yield* inputOf(delivery.event).pipe(
      Effect.flatMap((input) => park(log, actor.name, delivery, input ?? delivery.event, message)),
      Effect.andThen(delivery.done),
      Effect.catch(() => delivery.again(retryLongestMillis))
    )
  })

  /** One clock for all of them: a clock of its own would cost each input more than most take. */
  const inWork = new Set<Delivery>()
  const isBusy = Latch.makeUnsafe(false)
  const extending = Effect.gen(function* () {
    yield* isBusy.await
    yield* Effect.sleep(`${extendEverySeconds} seconds`)
    if (inWork.size === 0) return isBusy.closeUnsafe()
    yield* Effect.forEach([...inWork], ({ extend }) => extend, { discard: true })
  })

  const handleOne = Effect.fnUntraced(function* (delivery: Delivery) {
    if (actor.unhurried === true) yield* Effect.sleep(unhurriedMillis)
    const began = yield* Clock.currentTimeMillis
    inWork.add(delivery)
    isBusy.openUnsafe()
    yield* handle(delivery.event).pipe(
      Effect.andThen(delivery.done),
      Effect.catchCause((cause) => settle(delivery, cause)),
      Effect.ensuring(Effect.sync(() => inWork.delete(delivery)))
    )
    metrics.handled.inc({ ...label, what: "input" })
    metrics.duration.observe({ ...label, what: "input" }, ((yield* Clock.currentTimeMillis) - began) / 1_000)
  })

  const deliveries = yield* log.work({
    durable: actor.durable ?? actor.name,
    events: [...listens, "actor.unparked"],
    ackWaitSeconds,
    inFlightMax: actor.concurrency * 4
  })
  onReady()
  yield* Effect.forkScoped(Effect.forever(extending))
  const slots = Semaphore.makeUnsafe(actor.concurrency)
  const broken = Deferred.makeUnsafe<never>()
  // Each begins at once, in the turn of the event loop that brought it.
  const begin = (delivery: Delivery) =>
    Effect.andThen(
      slots.take(1),
      handleOne(delivery).pipe(
        Effect.catchCause((cause) =>
          Cause.hasInterruptsOnly(cause) ? Effect.interrupt : Deferred.failCause(broken, cause)
        ),
        Effect.ensuring(slots.release(1)),
        Effect.forkScoped({ startImmediately: true })
      )
    )
  yield* Effect.raceFirst(Stream.runForEach(deliveries, begin), Deferred.await(broken))
  return yield* Effect.never
})
