/** A thread that folds the past, as its host sees it. */
import { Worker } from "node:worker_threads"
import { Effect, Redacted, Semaphore } from "effect"
import { ProjectorFailed } from "../failure.ts"
import type { Position } from "../projector.ts"
import type { ThreadOptions } from "../projector-thread.ts"
import type { CheckedModels, FoldedPast, PastInput, PastMessage, PastResult, PastTask } from "./protocol.ts"

type Task<Done extends PastResult["done"]> = Extract<PastTask, { readonly task: Done }>
type ResultOf<T extends PastTask> = T["task"] extends "fold" ? FoldedPast : CheckedModels

export interface PastThread {
  /** Has a task done, one at a time. `hear` is told of each commit. */
  readonly run: <T extends Task<"fold"> | Task<"check">>(
    task: T,
    hear?: (position: Position) => void
  ) => Effect.Effect<ResultOf<T>, ProjectorFailed>
}

/** Replaced by the thread's entry when bundled. */
const entry = () => new URL("./worker.ts", import.meta.url)

const crashed = (how: string) =>
  new ProjectorFailed({ reason: "crashed", message: `the thread that folds the past ended: ${how}` })

const launch = ({ dataFolder, nats, workerEntry }: ThreadOptions, niceness: number) => {
  const password = typeof nats.password === "string" ? nats.password : Redacted.value(nats.password)
  const workerData: PastInput = {
    dataFolder,
    niceness,
    nats: { url: nats.url, user: nats.user, password }
  }
  return new Worker(workerEntry ?? entry(), { workerData, name: "wadjet-past" })
}

/** Has it done, and answers with what the thread says of it. */
const perform = (worker: Worker, task: PastTask, hear: (position: Position) => void) =>
  Effect.callback<PastResult, ProjectorFailed>((resume) => {
    const end = (result: Effect.Effect<PastResult, ProjectorFailed>) => {
      forget()
      resume(result)
    }
    const onMessage = (message: PastMessage) => {
      if (message.say === "folding") return hear(message)
      if (message.say === "done") return end(Effect.succeed(message.result))
      const { message: text, reason, sequence } = message
      const place = sequence === undefined ? {} : { sequence }
      end(Effect.fail(new ProjectorFailed({ reason, message: text, ...place })))
    }
    const onError = (error: unknown) => end(Effect.fail(crashed(String(error))))
    const onExit = (code: number) => end(Effect.fail(crashed(`exit code ${code}`)))
    const forget = () => worker.off("message", onMessage).off("error", onError).off("exit", onExit)
    worker.on("message", onMessage).on("error", onError).on("exit", onExit)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(task)
    return Effect.sync(forget)
  })

/**
 * Starts a thread with a connection of its own. It writes nothing but the files that it is told to, which are worth
 * nothing unless it says that they are done: when the scope closes it is ended at once.
 *
 * @example
 * const thread = yield* startPastThread({ nats, dataFolder }, 10)
 * const { bytes } = yield* thread.run({ task: "fold", file: "then.db", until: 42, kept: [] })
 */
export const startPastThread = Effect.fn("startPastThread")(function* (
  options: ThreadOptions,
  niceness: number
) {
  const oneAtATime = yield* Semaphore.make(1)
  const worker = yield* Effect.acquireRelease(
    Effect.sync(() => launch(options, niceness)),
    (started) => Effect.asVoid(Effect.promise(() => started.terminate()))
  )
  // A failure between two tasks is told to whoever asks next, by the exit that follows it.
  worker.on("error", () => undefined)
  const run: PastThread["run"] = (task, hear = () => undefined) =>
    oneAtATime.withPermits(1)(
      // The thread answers a task with the result of that task.
      perform(worker, task, hear) as Effect.Effect<ResultOf<typeof task>, ProjectorFailed>
    )
  return { run } satisfies PastThread
})
