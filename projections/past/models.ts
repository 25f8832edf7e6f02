/**
 * The read models as they stood at an event of the past, to be asked like those of now. They are folded in a thread that
 * gives way to others, into files that are kept for a while, and never longer than words that may not be read any more.
 */
import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { Clock, Context, Deferred, Effect, Exit, Layer, Schedule, Scope, Semaphore, Stream } from "effect"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { openSqliteReadOnly } from "../../infra/sqlite/open.ts"
import { ProjectorFailed } from "../failure.ts"
import { locationIn } from "../location.ts"
import type { ThreadOptions } from "../projector-thread.ts"
import { type Queries, queriesOn } from "../reader.ts"
import { storing } from "../rebuild.ts"
import { keptFiles } from "./kept-files.ts"
import { type PastThread, startPastThread } from "./start-thread.ts"

/** Moments that may be waited for at once: where the log is long, each is the work of minutes. */
const waitingMax = 8
/** How much the thread gives way, as nice(1) counts. */
const usualNiceness = 10
/** How often it is looked what need not be kept any more. */
const tidyEverySeconds = 5
/** How long before a log that does not answer is asked again. */
const askAgainMillis = 500

/** Facts after which words are gone that a file of before may still hold in some form. */
const endings = ["erasure.completed", "policy.words-expired"] as const

/** How far the file of a moment is. */
export interface PastProgress {
  /** The event that it will stand for. */
  readonly sequence: number
  readonly done: number
}

export interface PastQueries {
  readonly sequence: number
  /** Of that event, milliseconds since the epoch; 0 before the first one. */
  readonly time: number
  readonly queries: Queries
}

export interface PastModelsService {
  /**
   * The read models as they stood at an event that the log has, once they are folded. Who does not wait that long finds
   * them when they ask again. Refused with `busy` where too many are being waited for.
   */
  readonly at: (sequence: number) => Effect.Effect<PastQueries, ProjectorFailed>
  /** How far those are that are being folded, or wait for it. */
  readonly building: () => ReadonlyArray<PastProgress>
}

const full = new ProjectorFailed({
  reason: "busy",
  message: `${waitingMax} moments of the past are being folded, which is all there can be at once`
})

interface Wanted {
  readonly done: Deferred.Deferred<PastQueries, ProjectorFailed>
  progress: PastProgress
}

const make = Effect.fnUntraced(function* (options: ThreadOptions, niceness: number) {
  const log = yield* EventLog
  const keyring = yield* Keyring
  const scope = yield* Effect.scope
  const clock = yield* Clock.Clock
  const now = () => clock.currentTimeMillisUnsafe()
  const location = () => locationIn(options.dataFolder)
  const folder = join(location().folder, "past")
  const kept = keptFiles()
  const wanted = new Map<number, Wanted>()
  const oneAtATime = yield* Semaphore.make(1)
  /** Raised by whatever takes words away: what was begun before that is folded again. */
  let epoch = 0
  let files = 0
  let running: { readonly thread: PastThread; readonly scope: Scope.Closeable } | undefined

  const empty = Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  yield* Effect.andThen(
    empty,
    Effect.addFinalizer(() => empty)
  )

  const forget = Effect.sync(() => {
    epoch += 1
    kept.clear(now())
  })
  /** From an event on. What cannot be watched is not kept. */
  const watch = (from: number) => {
    let next = from
    return Effect.suspend(() =>
      Stream.runForEach(log.read({ from: next, events: endings }), ({ events, upTo }) => {
        next = upTo + 1
        return events.length === 0 ? Effect.void : forget
      })
    ).pipe(
      Effect.tapError(() => forget),
      Effect.retry(Schedule.spaced(`${askAgainMillis} millis`))
    )
  }

  /** Ends what need only be there while something is kept, or is to be. */
  const keep = Effect.gen(function* () {
    do {
      yield* Effect.sleep(`${tidyEverySeconds} seconds`)
      kept.tidy(now())
    } while (!kept.isEmpty() || wanted.size > 0)
    const ended = running
    running = undefined
    if (ended !== undefined) yield* Scope.close(ended.scope, Exit.void)
  })

  const threadNow = oneAtATime.withPermits(1)(
    Effect.gen(function* () {
      if (running !== undefined) return running.thread
      const own = yield* Scope.fork(scope)
      const last = yield* log.last.pipe(
        Effect.mapError(({ message }) => new ProjectorFailed({ reason: "log-unavailable", message }))
      )
      yield* storing(folder, () => void mkdirSync(folder, { recursive: true, mode: 0o700 }))
      yield* Effect.forkIn(watch(last + 1), own)
      const thread = yield* Scope.provide(startPastThread(options, niceness), own)
      running = { thread, scope: own }
      yield* Effect.forkIn(keep, scope)
      return thread
    })
  )

  const open = Effect.fnUntraced(function* (file: string) {
    const own = yield* Scope.fork(scope)
    const db = yield* Scope.provide(openSqliteReadOnly(file), own).pipe(
      Effect.mapError(({ message }) => new ProjectorFailed({ reason: "database", message }))
    )
    return { queries: queriesOn(db, keyring), close: () => Effect.runSync(Scope.close(own, Exit.void)) }
  })

  const build = Effect.fnUntraced(function* (sequence: number, want: Wanted) {
    for (;;) {
      const thread = yield* threadNow
      const began = epoch
      files += 1
      const file = join(folder, `${sequence}-${files}.db`)
      const folded = yield* thread.run(
        { task: "fold", file, until: sequence, kept: [...kept.paths(), location().aside] },
        (position) => (want.progress = { sequence, done: position.sequence })
      )
      if (began === epoch) {
        const { bytes, time } = folded
        const entry = { sequence, time, file, bytes, ...(yield* open(file)) }
        kept.put(entry, now())
        return entry
      }
      rmSync(file, { force: true })
    }
  })

  return {
    at: (sequence) =>
      Effect.suspend((): Effect.Effect<PastQueries, ProjectorFailed> => {
        const found = kept.get(sequence, now())
        if (found !== undefined) return Effect.succeed(found)
        const known = wanted.get(sequence)
        if (known !== undefined) return Deferred.await(known.done)
        if (wanted.size >= waitingMax) return Effect.fail(full)
        const want: Wanted = { done: Deferred.makeUnsafe(), progress: { sequence, done: 0 } }
        wanted.set(sequence, want)
        return build(sequence, want).pipe(
          Effect.onExit((exit) => {
            wanted.delete(sequence)
            return Deferred.done(want.done, exit)
          }),
          Effect.forkIn(scope),
          Effect.andThen(Deferred.await(want.done))
        )
      }),
    building: () => [...wanted.values()].map(({ progress }) => progress)
  } satisfies PastModelsService
})

/**
 * Needs the log and the keyring. Nothing runs until somebody asks.
 *
 * @example
 * const { queries } = yield* PastModels.use((past) => past.at(42))
 * queries.overview().messages
 */
export class PastModels extends Context.Service<PastModels, PastModelsService>()(
  "wadjet/projections/PastModels"
) {
  static readonly layer = (options: ThreadOptions, niceness: number = usualNiceness) =>
    Layer.effect(PastModels, make(options, niceness))
}
