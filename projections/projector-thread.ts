/** One thread that folds the log into one file, as its host sees it. */
import { Worker } from "node:worker_threads"
import { Deferred, Effect, Redacted } from "effect"
import { ProjectorFailed } from "./failure.ts"
import type { Position } from "./projector.ts"
import { type Begin, stopMessage, type ThreadInput, type ThreadMessage } from "./thread-protocol.ts"

/** A transaction takes milliseconds and closing a connection a moment: whoever needs longer is ended by force. */
export const stopSeconds = 5

export interface ThreadOptions {
  readonly nats: {
    readonly url: string
    readonly user: string
    readonly password: string | Redacted.Redacted
  }
  readonly dataFolder: string
  /** Another entry of the thread, for tests of faults. */
  readonly workerEntry?: URL | undefined
}

export interface ThreadTask {
  readonly file: string
  readonly begin: Begin
  readonly strict: boolean
  /** Hears of every commit, the position that it began at included. */
  readonly onMoved: (position: Position, building: boolean) => void
}

export type Begun = "following" | "outdated" | "foreign"

export interface ProjectorThread {
  /** How it began, once it has: at this position, or with a file that it leaves as it is. */
  readonly begun: Effect.Effect<Begun, ProjectorFailed>
  /** Fails when it stops without being asked to; never succeeds. */
  readonly failed: Effect.Effect<never, ProjectorFailed>
}

/** Replaced by the thread's entry when bundled. */
const entry = () => new URL("./worker.ts", import.meta.url)

const launch = (
  { dataFolder, nats, workerEntry }: ThreadOptions,
  { begin, file, strict }: Omit<ThreadTask, "onMoved">
) => {
  const password = typeof nats.password === "string" ? nats.password : Redacted.value(nats.password)
  const workerData: ThreadInput = {
    dataFolder,
    file,
    begin,
    strict,
    nats: { url: nats.url, user: nats.user, password }
  }
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

const failureOf = ({ message, reason, sequence }: Extract<ThreadMessage, { readonly say: "failed" }>) =>
  new ProjectorFailed({ reason, message, ...(sequence === undefined ? {} : { sequence }) })

/** Starts a thread. When the scope closes, it finishes its transaction and ends, within `stopSeconds`. */
export const startThread = Effect.fn("startThread")(function* (options: ThreadOptions, task: ThreadTask) {
  const begun = yield* Deferred.make<Begun, ProjectorFailed>()
  const failed = yield* Deferred.make<never, ProjectorFailed>()
  const ended = yield* Deferred.make<void>()

  const fail = (failure: ProjectorFailed) => {
    Deferred.doneUnsafe(begun, Effect.fail(failure))
    Deferred.doneUnsafe(failed, Effect.fail(failure))
  }
  const heard = (message: ThreadMessage) => {
    if (message.say === "failed") return fail(failureOf(message))
    if (message.say !== "foreign") task.onMoved(message, message.say === "building")
    if (message.say === "ready") Deferred.doneUnsafe(begun, Effect.succeed("following"))
    if (message.say === "outdated" || message.say === "foreign")
      Deferred.doneUnsafe(begun, Effect.succeed(message.say))
  }
  const crashed = (how: string) =>
    fail(new ProjectorFailed({ reason: "crashed", message: `the projector's thread ended: ${how}` }))

  yield* Effect.acquireRelease(
    Effect.sync(() => {
      const worker = launch(options, task)
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
  return { begun: Deferred.await(begun), failed: Deferred.await(failed) } satisfies ProjectorThread
})
