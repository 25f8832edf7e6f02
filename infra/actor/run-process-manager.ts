/**
 * Running a process manager: hold its lease, fold the log, do the open work lane by lane, answer
 * commands. Killed at any instant, it finds the same list of work when it starts again.
 */
import { Clock, Deferred, Effect, Fiber, type Scope } from "effect"
import type { AnyEvent, AnyFact, EventName } from "../../contracts/catalogue.ts"
import type { Fact } from "../../contracts/event.ts"
import { Refused } from "../../contracts/command.ts"
import { CommandBus } from "../command-bus/command-bus.ts"
import { type DamagedLog, EventLog, type LogUnavailable } from "../event-log/event-log.ts"
import { Leases, type LeaseLost } from "../leases/leases.ts"
import { metrics } from "../telemetry/metrics.ts"
import { inSpan } from "../telemetry/trace.ts"
import { appendAs } from "./append-as.ts"
import { foldLog } from "./fold-log.ts"
import { makeLanes } from "./lanes.ts"
import type { ActError, BesideError, Caused, ProcessManager, Self } from "./process-manager.ts"
import type { StateStore } from "./state-store.ts"
import { doWork } from "./do-work.ts"

/** How often a command is handled again when another writer was faster. */
const conflictRetriesMax = 20

/** What an actor publishes is declared; what is appended is any fact. */
const anyOf = <Published>(facts: ReadonlyArray<Caused<Published>>) =>
  facts as unknown as ReadonlyArray<Caused<AnyFact>>

export interface Running {
  /** Completes when the log was folded to its end and work began. */
  readonly ready: Effect.Effect<void>
  readonly folded: () => number
  readonly openWork: () => number
}

/**
 * Runs until the scope closes. Fails when the lease or the log is lost for good; whoever supervises it
 * starts it again, and nothing is lost by that.
 */
export const runProcessManager = Effect.fn("runProcessManager")(function* <
  Listens extends AnyEvent,
  Publishes extends AnyEvent,
  R
>(
  actor: ProcessManager<Listens, Publishes, R>,
  store: StateStore,
  onReady: (running: Running) => void
): Effect.fn.Return<
  never,
  LogUnavailable | DamagedLog | LeaseLost | BesideError,
  EventLog | Leases | CommandBus | R | Scope.Scope
> {
  const log = yield* EventLog
  const bus = yield* CommandBus
  const lease = yield* (yield* Leases).hold(actor.name)
  const services = yield* Effect.context<R>()

  let wake: () => void = () => {}
  let wakeAll: () => void = () => {}
  const lanes = makeLanes(() => wake())
  const folding = foldLog(actor, store, log, () => wake())
  const beginAppending = appendAs(actor, store, log, lease, folding)

  const lastAmong = (events: ReadonlyArray<EventName>) =>
    Effect.suspend(() => log.lastAmong(events, store.folded() + 1))

  const knowing: Self<Fact<Publishes>>["knowing"] = Effect.fnUntraced(function* (events, make) {
    const asking = yield* Effect.forkChild(lastAmong(events), { startImmediately: true })
    // The question leaves before anything else is done: what was written is sent by now.
    yield* Effect.promise(() => Promise.resolve())
    const before = store.folded()
    const made = yield* make
    const last = yield* Fiber.join(asking)
    if (last <= before && store.folded() === before) return made
    yield* folding.reached(last)
    return yield* make
  })

  /** What one attempt at a piece of work or a command acts through. */
  const begin = (): Self<Fact<Publishes>> => {
    const append = beginAppending()
    return {
      state: store.state,
      generation: log.generation,
      append: (reason, part, facts) =>
        append(
          reason,
          anyOf(facts.map((fact, index) => ({ cause: reason.cause, part: `${part}#${index}`, fact })))
        ),
      appendEach: (reason, facts) => append(reason, anyOf(facts)),
      record: (reason, part, fact) =>
        append(reason, anyOf([{ cause: reason.cause, part: `${part}#0`, fact }]), false),
      folded: (sequence) => folding.reached(sequence),
      upToDate: (events) => Effect.flatMap(lastAmong(events), folding.reached),
      knowing,
      event: folding.event
    }
  }

  const working = doWork(actor, store, lanes, begin, folding, (change, all) => {
    wake = change
    wakeAll = all
  })

  /** A handler that lost a race runs again on what the other writer left. */
  const handled = <A>(command: string, run: Effect.Effect<A, Refused | ActError, R>) =>
    run.pipe(
      Effect.tapError((error) =>
        error._tag === "Conflict"
          ? folding.reached(error.actual).pipe(Effect.timeoutOption("1 second"))
          : Effect.void
      ),
      Effect.retry({ times: conflictRetriesMax, while: (error) => error._tag === "Conflict" }),
      Effect.catch((error) =>
        Effect.fail(
          error._tag === "Refused"
            ? error
            : new Refused({ command, reason: "unavailable", message: error.message })
        )
      ),
      Effect.provideContext(services)
    )

  const serveCommands = Effect.forEach(
    actor.answers,
    (answerer) =>
      bus.serve(answerer.command, (request) => {
        const payload = request.payload as never
        const reason = { cause: request.id, correlation: request.id }
        const what = answerer.command.command
        return Effect.gen(function* () {
          const began = yield* Clock.currentTimeMillis
          const outcome = yield* lanes.within(
            answerer.lane(payload, store.state),
            handled(
              what,
              Effect.suspend(() => answerer.handle(payload, begin(), reason))
            ).pipe(inSpan(`${actor.name}.${what}`, reason, { actor: actor.name }))
          )
          metrics.handled.inc({ actor: actor.name, what })
          metrics.duration.observe(
            { actor: actor.name, what },
            ((yield* Clock.currentTimeMillis) - began) / 1_000
          )
          return outcome
        })
      }),
    { discard: true }
  )

  const beside = (run: NonNullable<typeof actor.beside>) =>
    Effect.scoped(
      run({ begin, within: lanes.within, state: store.state, lease, wake: () => wakeAll() })
    ).pipe(Effect.provideContext(services))

  const acting = Effect.gen(function* () {
    yield* Deferred.await(folding.caughtUp)
    yield* serveCommands
    onReady({ ready: Effect.void, folded: store.folded, openWork: store.work.size })
    return yield* actor.beside === undefined ? working : Effect.raceFirst(working, beside(actor.beside))
  })
  // Whatever ends one of them ends all: an actor that folds and does nothing would be mistaken for one at rest.
  return yield* Effect.raceAllFirst([folding.run, lease.lost, acting])
})
