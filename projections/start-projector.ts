/** The projector as its host sees it: a thread that folds the log, and how far it got. */
import { Worker } from "node:worker_threads"
import { Deferred, Effect, PubSub, type Redacted, Stream } from "effect"
import { Redacted as Secret } from "effect"
import { metrics } from "../infra/telemetry/metrics.ts"
import { ProjectorFailed } from "./failure.ts"
import { projectorName } from "./parked.ts"
import { stopMessage, type ThreadInput, type ThreadMessage } from "./thread-protocol.ts"

/** A transaction takes milliseconds and closing a connection a moment: whoever needs longer is ended by force. */
export const stopSeconds = 5

/** Positions kept for a slow reader of `changes`; it misses older ones, which say nothing that newer ones do not. */
const changesKept = 16

export interface ProjectorOptions {
  readonly nats: {
    readonly url: string
    readonly user: string
    readonly password: string | Redacted.Redacted
  }
  readonly dataFolder: string
  /** Another entry of the thread, for tests of faults. */
  readonly workerEntry?: URL | undefined
}

export interface Projector {
  /** The last sequence that the read models stand for. */
  readonly position: () => number
  /** Events of the log that are not folded yet. */
  readonly lag: () => number
  /** Waits until the read models stand for a sequence. */
  readonly reached: (sequence: number) => Effect.Effect<void>
  /** The position after each commit. A slow reader misses some, never the newest. */
  readonly changes: Stream.Stream<number>
  /** Fails when the projector stops without being asked to; never succeeds. */
  readonly failed: Effect.Effect<never, ProjectorFailed>
}

/** Replaced by the thread's entry when bundled. */
const entry = () => new URL("./worker.ts", import.meta.url)

const launch = ({ dataFolder, nats, workerEntry }: ProjectorOptions) => {
  const password = typeof nats.password === "string" ? nats.password : Secret.value(nats.password)
  const workerData: ThreadInput = { dataFolder, nats: { url: nats.url, user: nats.user, password } }
  return new Worker(workerEntry ?? entry(), { workerData, name: "wadjet-projector" })
}

/** Asks the thread to end, and ends it where it does not within `stopSeconds`. */
const stop = (worker: Worker, ended: Deferred.Deferred<void>) =>
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  Effect.sync(() => worker.postMessage(stopMessage)).pipe(
    Effect.andThen(Deferred.await(ended)),
    Effect.timeoutOrElse({
      duration: `${stopSeconds} seconds`,
      orElse: () => Effect.asVoid(Effect.promise(() => worker.terminate()))
    })
  )

/**
 * Starts the projector in a thread of its own, with its own connection to NATS, and answers once its database
 * is open. When the scope closes, it finishes its transaction and ends, within `stopSeconds`. Fails with
 * `ProjectorFailed` where it cannot begin; what happens later is in `failed`.
 *
 * @example
 * const projector = yield* startProjector({ nats: { url, user, password }, dataFolder: "./data" })
 * yield* projector.reached(sequence)
 */
export const startProjector = Effect.fn("startProjector")(function* (options: ProjectorOptions) {
  const ready = yield* Deferred.make<void, ProjectorFailed>()
  const failed = yield* Deferred.make<never, ProjectorFailed>()
  const ended = yield* Deferred.make<void>()
  const changes = yield* PubSub.sliding<number>(changesKept)
  const waiting = new Set<{ readonly sequence: number; readonly done: Deferred.Deferred<void> }>()
  let position = 0
  let pending = 0

  const moved = (sequence: number, left: number) => {
    position = sequence
    pending = left
    metrics.projected.set(sequence)
    metrics.lag.set({ actor: projectorName }, left)
    PubSub.publishUnsafe(changes, sequence)
    for (const waiter of waiting) {
      if (waiter.sequence > sequence) continue
      waiting.delete(waiter)
      Deferred.doneUnsafe(waiter.done, Effect.void)
    }
  }
  const fail = (failure: ProjectorFailed) => {
    Deferred.doneUnsafe(ready, Effect.fail(failure))
    Deferred.doneUnsafe(failed, Effect.fail(failure))
  }
  const heard = (message: ThreadMessage) => {
    if (message.say === "failed") {
      const { reason, sequence } = message
      return fail(
        new ProjectorFailed({
          reason,
          message: message.message,
          ...(sequence === undefined ? {} : { sequence })
        })
      )
    }
    moved(message.sequence, message.pending)
    if (message.say === "ready") Deferred.doneUnsafe(ready, Effect.void)
  }
  const crashed = (how: string) =>
    fail(new ProjectorFailed({ reason: "crashed", message: `the projector's thread ended: ${how}` }))

  yield* Effect.acquireRelease(
    Effect.sync(() => {
      const worker = launch(options)
      worker.on("message", heard)
      worker.on("error", (error) => crashed(String(error)))
      worker.on("exit", (code) => {
        Deferred.doneUnsafe(ended, Effect.void)
        crashed(`exit code ${code}`)
      })
      return worker
    }),
    (worker) => stop(worker, ended)
  )
  yield* Deferred.await(ready)

  return {
    position: () => position,
    lag: () => pending,
    reached: (sequence) =>
      Effect.suspend(() => {
        if (sequence <= position) return Effect.void
        const waiter = { sequence, done: Deferred.makeUnsafe<void>() }
        waiting.add(waiter)
        return Effect.onInterrupt(Deferred.await(waiter.done), () =>
          Effect.sync(() => void waiting.delete(waiter))
        )
      }),
    changes: Stream.fromPubSub(changes),
    failed: Deferred.await(failed)
  } satisfies Projector
})
