/** A thread that folds the past, but for its entry: does one task after another, and reports. */
import { setPriority } from "node:os"
import { parentPort, workerData } from "node:worker_threads"
import { Cause, Effect, Exit, Queue } from "effect"
import { EventLog } from "../../infra/event-log/event-log.ts"
import type { Position } from "../projector.ts"
import type { ReadModel } from "../read-model.ts"
import { failureOf, logOf } from "../thread.ts"
import { checkModels } from "./check.ts"
import { foldPast } from "./fold-past.ts"
import type { PastInput, PastMessage, PastResult, PastTask } from "./protocol.ts"

/** Elsewhere than on Linux it would be the priority of the whole process. */
const giveWay = ({ niceness }: PastInput) => {
  if (process.platform === "linux") setPriority(niceness)
}

/** Runs until its host ends it. An entry of its own calls it, so that tests can fold other read models in a thread. */
export const runPastThread = (models: ReadonlyArray<ReadModel>): void => {
  const port = parentPort
  if (port === null) throw new Error("expected to run as a worker thread, started by startPastThread")
  // Whoever starts the thread is startPastThread, which hands over what the protocol says.
  const input = workerData as PastInput
  giveWay(input)
  const say = (message: PastMessage) => port.postMessage(message)
  const onCommit = (position: Position) => say({ say: "folding", ...position })

  const perform = (task: PastTask): Effect.Effect<PastResult, { readonly message: string }, EventLog> =>
    task.task === "fold"
      ? foldPast({ ...task, dataFolder: input.dataFolder, models, onCommit })
      : checkModels({ dataFolder: input.dataFolder, file: task.file, models, onCommit })

  const working = Effect.gen(function* () {
    yield* EventLog
    const tasks = yield* Queue.unbounded<PastTask>()
    port.on("message", (task: PastTask) => Queue.offerUnsafe(tasks, task))
    return yield* Effect.forever(
      Effect.flatMap(Queue.take(tasks), (task) =>
        Effect.map(Effect.exit(perform(task)), (exit) =>
          say(
            Exit.isSuccess(exit) ? { say: "done", result: exit.value } : failureOf(Cause.squash(exit.cause))
          )
        )
      )
    )
  })
  const fiber = Effect.runFork(working.pipe(Effect.scoped, Effect.provide(logOf(input))))
  fiber.addObserver((exit) => {
    if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)) say(failureOf(Cause.squash(exit.cause)))
    port.close()
  })
}
