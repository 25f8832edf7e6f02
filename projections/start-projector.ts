/**
 * The projector as its host sees it: a thread that folds the log, how far it got, and another thread beside it where the
 * read models are folded anew, or gone back to, while they are asked.
 */
import { Clock, Deferred, Effect, Exit, PubSub, Scope, Semaphore, Stream } from "effect"
import { metrics } from "../infra/telemetry/metrics.ts"
import { ProjectorFailed } from "./failure.ts"
import { locationIn, swap } from "./location.ts"
import type { Position } from "./projector.ts"
import { type ProjectorThread, startThread, type ThreadOptions } from "./projector-thread.ts"
import type { RebuildProgress } from "./rebuild.ts"
import { beSoleWriter } from "./sole-writer.ts"
import type { Begin } from "./thread-protocol.ts"

/** Positions kept for a slow reader of `changes`; it misses older ones, which say nothing that newer ones do not. */
const changesKept = 16

/** Who stands for all but so many events is through with them in some tens of milliseconds, while nothing else is folded. */
const nearlyEvents = 1_000

export type ProjectorOptions = ThreadOptions

export interface Projector {
  /** The file that answers now. */
  readonly file: () => string
  /** The last sequence that the read models stand for. */
  readonly position: () => number
  /** Waits until the read models stand for a sequence. */
  readonly reached: (sequence: number) => Effect.Effect<void>
  /** The position after each commit. A slow reader misses some, never the newest. */
  readonly changes: Stream.Stream<number>
  /** How far the file is that is made beside the one that answers. */
  readonly building: () => RebuildProgress | undefined
  /**
   * Folds the log from its first event into a new file while the other answers, and has it answer once it stands for no
   * less. Strict: at an event that it cannot fold it fails, and nothing is changed.
   */
  readonly rebuild: Effect.Effect<void, ProjectorFailed>
  /** Has the file answer that did before, once it stands for no less. */
  readonly goBack: Effect.Effect<void, ProjectorFailed>
  /** Fails when the projector stops without being asked to; never succeeds. */
  readonly failed: Effect.Effect<never, ProjectorFailed>
}

/** A thread in a scope of its own. */
interface Running {
  readonly thread: ProjectorThread
  readonly scope: Scope.Closeable
}

const busy = new ProjectorFailed({ reason: "busy", message: "the read models are being rebuilt already" })

const storing = (file: string, run: () => void) =>
  Effect.try({
    try: run,
    catch: (cause) =>
      new ProjectorFailed({
        reason: "database",
        message: `expected to have ${file} answer, found: ${String(cause)}`
      })
  })

/**
 * Starts the projector in a thread of its own, with its own connection to NATS, and answers once its database
 * is open. When the scope closes, it finishes its transaction and ends. Fails with `ProjectorFailed` where it cannot
 * begin; what happens later is in `failed`. Read models that other versions of folds made are asked as they are while
 * they are folded anew beside them.
 *
 * @example
 * const projector = yield* startProjector({ nats: { url, user, password }, dataFolder: "./data" })
 * yield* projector.reached(sequence)
 */
export const startProjector = Effect.fn("startProjector")(function* (options: ProjectorOptions) {
  const { dataFolder } = options
  const scope = yield* Effect.scope
  const clock = yield* Clock.Clock
  const failed = yield* Deferred.make<never, ProjectorFailed>()
  const changes = yield* PubSub.sliding<number>(changesKept)
  const waiting = new Set<{ readonly sequence: number; readonly done: Deferred.Deferred<void> }>()
  const oneAtATime = yield* Semaphore.make(1)
  let now: Position = { sequence: 0, time: 0, pending: 0 }
  let progress: RebuildProgress | undefined
  let file = locationIn(dataFolder).database
  yield* beSoleWriter(locationIn(dataFolder))

  const moved = (position: Position) => {
    now = position
    metrics.projected.set(position.sequence)
    PubSub.publishUnsafe(changes, position.sequence)
    for (const waiter of waiting) {
      if (waiter.sequence > position.sequence) continue
      waiting.delete(waiter)
      Deferred.doneUnsafe(waiter.done, Effect.void)
    }
  }

  const start = Effect.fnUntraced(function* (
    of: string,
    begin: Begin,
    strict: boolean,
    onMoved: (position: Position, building: boolean) => void
  ) {
    const own = yield* Scope.fork(scope)
    const thread = yield* Scope.provide(startThread(options, { file: of, begin, strict, onMoved }), own)
    return { thread, scope: own } satisfies Running
  })
  const end = (running: Running) => Scope.close(running.scope, Exit.void)
  const watch = ({ thread }: Running) =>
    Effect.catch(thread.failed, (failure) => Deferred.fail(failed, failure)).pipe(Effect.forkIn(scope))

  let live: Running | undefined = yield* start(file, "go-on", false, moved)
  const begun = yield* live.thread.begun
  if (begun !== "following") {
    yield* end(live)
    live = undefined
  }
  if (begun === "foreign") {
    // It is kept for who goes back to the version that made it; that version's own may be the other one.
    const location = locationIn(dataFolder)
    yield* storing(location.aside, () => swap(location))
    file = location.aside
    live = yield* start(file, "go-on-here", false, moved)
    yield* live.thread.begun
  }
  let watching = live === undefined ? undefined : yield* watch(live)

  /** Nothing is committed after it: what the file beside has to stand for is settled. */
  const halt = Effect.gen(function* () {
    if (live === undefined || watching === undefined) return
    watching.interruptUnsafe()
    yield* end(live)
    live = undefined
  })

  /** Another file takes the place of the one that answers: at no moment does it stand for less. */
  const replace = Effect.fnUntraced(function* (begin: Begin, strict: boolean) {
    progress = { done: 0, total: now.sequence + now.pending, perSecond: 0, secondsLeft: 0 }
    const location = locationIn(dataFolder)
    const began = clock.currentTimeMillisUnsafe()
    const caughtUp = yield* Deferred.make<void>()
    let theirs: Position | undefined
    const onMoved = (position: Position, building: boolean) => {
      if (isLive) return moved(position)
      const { pending, sequence } = position
      const perSecond = sequence / (Math.max(1, clock.currentTimeMillisUnsafe() - began) / 1_000)
      progress = {
        done: sequence,
        total: sequence + pending,
        perSecond,
        secondsLeft: pending / Math.max(1, perSecond)
      }
      if (building) return
      theirs = position
      if (pending <= nearlyEvents) Deferred.doneUnsafe(caughtUp, Effect.void)
      if (isHalted && sequence >= now.sequence) Deferred.doneUnsafe(level, Effect.void)
    }
    let isHalted = false
    let isLive = false
    const level = yield* Deferred.make<void>()
    const candidate = yield* start(location.aside, begin, strict, onMoved)
    const orFailed = <A>(wait: Effect.Effect<A>) => Effect.raceFirst(wait, candidate.thread.failed)
    yield* Effect.gen(function* () {
      yield* orFailed(Deferred.await(caughtUp))
      yield* halt
      isHalted = true
      if (theirs !== undefined && theirs.sequence < now.sequence) yield* orFailed(Deferred.await(level))
      yield* storing(location.aside, () => swap(location))
    }).pipe(
      Effect.tapError(() => end(candidate)),
      Effect.tapError((failure) => (isHalted ? Deferred.fail(failed, failure) : Effect.void))
    )
    isLive = true
    file = location.aside
    moved(theirs ?? now)
    live = candidate
    watching = yield* watch(candidate)
  })

  const inTurn = (begin: Begin, strict: boolean) =>
    oneAtATime
      .withPermitsIfAvailable(1)(
        replace(begin, strict).pipe(Effect.ensuring(Effect.sync(() => void (progress = undefined))))
      )
      .pipe(Effect.flatMap((done) => (done._tag === "None" ? busy : Effect.void)))

  if (begun === "outdated")
    yield* inTurn("go-back", false).pipe(
      Effect.catch((failure) =>
        failure.reason === "nothing-before" ? inTurn("anew", false) : Effect.fail(failure)
      ),
      Effect.catch((failure) => Deferred.fail(failed, failure)),
      Effect.forkIn(scope)
    )

  return {
    file: () => file,
    position: () => now.sequence,
    reached: (sequence) =>
      Effect.suspend(() => {
        if (sequence <= now.sequence) return Effect.void
        const waiter = { sequence, done: Deferred.makeUnsafe<void>() }
        waiting.add(waiter)
        return Effect.onInterrupt(Deferred.await(waiter.done), () =>
          Effect.sync(() => void waiting.delete(waiter))
        )
      }),
    changes: Stream.fromPubSub(changes),
    building: () => progress,
    rebuild: inTurn("anew", true),
    goBack: inTurn("go-back", false),
    failed: Deferred.await(failed)
  } satisfies Projector
})
