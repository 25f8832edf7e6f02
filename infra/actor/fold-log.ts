/**
 * Folding the log into an actor's state, in order. An event that cannot be folded blocks its own boundary
 * and nothing else: it is parked, in sight, and what follows it in that boundary waits with it.
 */
import { Clock, Deferred, Effect, Stream } from "effect"
import type { AnyEvent, AnyRecorded, EventName, RecordedOf } from "../../contracts/catalogue.ts"
import { eventTypeOf } from "../../contracts/catalogue.ts"
import type { Recorded } from "../../contracts/event.ts"
import type { Batch, DamagedLog, EventLogService, LogEvent, LogUnavailable } from "../event-log/event-log.ts"
import { isStorageFault } from "../sqlite/storage-fault.ts"
import { metrics } from "../telemetry/metrics.ts"
import { readInTurn } from "./catching-up.ts"
import { contextOf, makeParking } from "./parking.ts"
import type { ProcessManager } from "./process-manager.ts"
import { makeRecentEvents } from "./recent-events.ts"
import type { StateStore } from "./state-store.ts"

/**
 * The most events of one transaction while catching up: pages that several of them change are written once, and
 * nothing else in the process waits for longer than some tens of milliseconds.
 */
export const eventsPerFoldMax = 1_000

/** For so long an actor leaves what is new where nobody waits for it: a posted link has its verdict by then. */
export const unhurriedMillis = 15

export interface Folding {
  readonly run: Effect.Effect<never, LogUnavailable | DamagedLog>
  /** Succeeds once, when everything that was there at the start is folded. */
  readonly caughtUp: Deferred.Deferred<void>
  /** Waits until a sequence is folded. */
  readonly reached: (sequence: number) => Effect.Effect<void>
  /** The event at a sequence: most likely one that was folded just now, else from the log. */
  readonly event: (sequence: number) => Effect.Effect<LogEvent | undefined, LogUnavailable>
  /** Remembers that a sequence of our own is on its way. */
  readonly expect: (sequence: number) => void
  /** The newest of our own sequences that is on its way. */
  readonly expected: () => number
}

export const foldLog = <L extends AnyEvent, P extends AnyEvent, R>(
  actor: ProcessManager<L, P, R>,
  store: StateStore,
  log: EventLogService,
  onFolded: () => void
): Folding => {
  const listened: ReadonlySet<string> = new Set(actor.listens.map((type) => type.type))
  const caughtUp = Deferred.makeUnsafe<void>()
  const waiting = new Set<{ readonly sequence: number; readonly done: Deferred.Deferred<void> }>()
  /** Both facts about what is parked concern every actor that folds. */
  const listening = [...new Set([...listened, "actor.parked", "actor.unparked"])] as ReadonlyArray<EventName>
  /** Whoever only listens to a context appends nothing there, and needs to know no end of it. */
  const setHead = (event: LogEvent) => {
    const context = contextOf(event)
    if (context !== undefined && actor.owns.includes(context))
      store.setHead(context, event.boundary, event.sequence)
  }

  const parking = makeParking(actor.name, store, log, setHead, (context) => ({
    events: listening.filter((name) => eventTypeOf(name)!.context === context),
    contexts: actor.owns.filter((own) => own === context)
  }))
  const recent = makeRecentEvents()
  let expected = 0

  const evolveOne = (event: LogEvent) => {
    if (parking.isBlocked(event)) return
    if (event.type === "unreadable") throw new Error(event.reason)
    setHead(event)
    if (event.type === "actor.parked" && event.data.actor === actor.name) parking.told(event.data.sequence)
    if (isDecision(event)) parking.decided(event.data.sequence, event.data.decision)
    // The reader filters by the names listened to, so the event is one that `evolve` declares.
    if (listened.has(event.type)) actor.evolve(store.state, event as AnyRecorded as Recorded<L>)
  }

  const isDecision = (event: LogEvent): event is RecordedOf<"actor.unparked"> =>
    event.type === "actor.unparked" && event.data.actor === actor.name

  /** All in one transaction; where it fails, one by one, to find the event that is at fault. */
  const foldAll = Effect.fnUntraced(function* (events: ReadonlyArray<LogEvent>) {
    const whole = yield* attempt(() => store.fold(events.at(-1)!.sequence, () => events.forEach(evolveOne)))
    if (whole === undefined) return
    for (const event of events) {
      const fault = yield* attempt(() => store.fold(event.sequence, () => evolveOne(event)))
      if (fault !== undefined) yield* parking.park(event, fault)
    }
  })

  /** What waited behind a parked event is folded where it was decided about: the same in every fold of the log. */
  const foldBatch = Effect.fnUntraced(function* (batch: Batch) {
    let rest = batch.events.filter((event) => event.sequence > store.folded())
    while (rest.length > 0) {
      const decision = rest.findIndex(isDecision)
      const end = decision < 0 ? rest.length : decision + 1
      yield* foldAll(rest.slice(0, end))
      if (decision >= 0) yield* parking.resume(evolveOne)
      rest = rest.slice(end)
    }
    if (batch.upTo > store.folded()) store.fold(batch.upTo, () => {})
    if (batch.pending === 0) yield* parking.tellAll()
  })

  const settle = (batch: Batch) => {
    for (const waiter of waiting) {
      if (waiter.sequence > store.folded()) continue
      waiting.delete(waiter)
      Deferred.doneUnsafe(waiter.done, Effect.void)
    }
    metrics.lag.set({ actor: actor.name }, batch.pending)
    metrics.handled.inc({ actor: actor.name, what: "event" }, batch.events.length)
    if (batch.pending === 0) Deferred.doneUnsafe(caughtUp, Effect.void)
    onFolded()
  }

  const isOwn = (event: LogEvent) => actor.owns.includes(contextOf(event)!)
  /**
   * Folding takes a while, and the same event reaches others in this process at the same moment: those who fold
   * nothing go first, such as the scanner, then those who only listen to it, and last the one who wrote it. In turns
   * of the event loop.
   */
  const turnsOf = ({ events }: Batch) => (events.every(isOwn) ? 2 : 1)
  const says = (which: ((event: Recorded<L>) => boolean) | undefined) => (event: LogEvent) =>
    which !== undefined && listened.has(event.type) && which(event as AnyRecorded as Recorded<L>)
  const hurries = says(actor.hurries)
  const awaitsNext = says(actor.awaitsNext)
  const letGoFirst = (batch: Batch) => {
    const { events, more, pending } = batch
    if (pending === 0 && events.length > 0) {
      if (events.some(hurries)) return Effect.void
      if (actor.unhurried === true) return Effect.sleep(unhurriedMillis)
      if (more !== undefined && events.every(awaitsNext))
        return Effect.raceFirst(Effect.sleep(unhurriedMillis), more)
    }
    return Effect.repeat(Effect.yieldNow, { times: turnsOf(batch) - 1 })
  }

  const reading = Effect.suspend(() =>
    Stream.runForEach(
      log.read({
        from: store.folded() + 1,
        events: listening,
        contexts: actor.owns,
        batchMax: eventsPerFoldMax,
        gathers: actor.unhurried === true
      }),
      (batch) =>
        Effect.andThen(
          Effect.flatMap(letGoFirst(batch), () => {
            recent.remember(batch.events)
            return foldBatch(batch)
          }),
          Effect.sync(() => settle(batch))
        )
    )
  ).pipe(Effect.andThen(Effect.never))

  return {
    run: Effect.andThen(
      parking.resume(evolveOne),
      readInTurn(log, store.folded, Deferred.await(caughtUp), reading)
    ),
    caughtUp,
    reached: (sequence) =>
      Effect.suspend(() => {
        if (sequence <= store.folded()) return Effect.void
        const waiter = { sequence, done: Deferred.makeUnsafe<void>() }
        waiting.add(waiter)
        return Effect.onInterrupt(Deferred.await(waiter.done), () =>
          Effect.sync(() => void waiting.delete(waiter))
        )
      }),
    event: (sequence) =>
      Effect.suspend(() => {
        const event = recent.get(sequence)
        return event === undefined ? log.get(sequence) : Effect.succeed(event)
      }),
    expect: (sequence) => {
      expected = Math.max(expected, sequence)
    },
    expected: () => expected
  }
}

/**
 * Runs, and answers with what was thrown. For a disk that is full or a file that is locked no event is to blame:
 * then the actor ends, and is started again on what its file holds.
 */
const attempt = (run: () => void): Effect.Effect<unknown> =>
  Effect.map(Clock.currentTimeMillis, () => {
    try {
      run()
      return undefined
    } catch (fault) {
      if (isStorageFault(fault)) throw fault
      return fault ?? new Error("something was thrown without saying what")
    }
  })
