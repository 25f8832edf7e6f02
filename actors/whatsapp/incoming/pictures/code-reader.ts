/**
 * Reading codes beside the actor, in a thread that is started for pictures and ended behind them: nothing is
 * loaded and no memory is kept while there are none.
 */
import { Worker } from "node:worker_threads"
import { Effect, Schema, Semaphore } from "effect"
import type { CodesRead, SealedPicture, ThreadSays } from "./code-protocol.ts"

/** The largest pictures take seconds on a slow machine; one that takes longer is made to. */
const readMillisMax = 20_000

/** The thread could not be started. The picture has nothing to do with that. */
export class ReaderFailed extends Schema.TaggedError<ReaderFailed>()("ReaderFailed", {
  message: Schema.String
}) {}

/** Reads one picture. Its bytes are handed over, and are not there any more afterwards. */
export type ReadCodes = (picture: SealedPicture) => Effect.Effect<CodesRead, ReaderFailed>

/** Replaced by the thread's entry when bundled. */
const entry = () => new URL("./worker.ts", import.meta.url)

/** The thread broke, or was stopped, over this picture. */
const broken: CodesRead = { failed: "malformed" }

const failedBy = (cause: unknown) =>
  new ReaderFailed({ message: `the thread that reads codes did not start: ${String(cause)}` })

const start = Effect.callback<Worker, ReaderFailed>((resume) => {
  const worker = new Worker(entry(), { name: "wadjet-codes" })
  const settle = (done: Effect.Effect<Worker, ReaderFailed>) => {
    worker.removeAllListeners()
    resume(done)
  }
  worker.on("message", (message: ThreadSays) => {
    if (message.say === "ready") settle(Effect.succeed(worker))
  })
  worker.on("error", (error) => settle(Effect.fail(failedBy(error))))
  worker.on("exit", (code) => settle(Effect.fail(failedBy(`exit code ${code}`))))
  return Effect.promise(() => worker.terminate())
})

const ask = (worker: Worker, picture: SealedPicture) =>
  Effect.callback<CodesRead>((resume) => {
    const settle = (read: CodesRead) => {
      worker.removeAllListeners()
      resume(Effect.succeed(read))
    }
    worker.on("message", (message: ThreadSays) => {
      if (message.say === "read") settle(message.read)
    })
    worker.on("error", () => settle(broken))
    worker.on("exit", () => settle(broken))
    worker.postMessage(picture, [picture.file.buffer])
  })

/** Reads one picture after the other. The thread ends with the last one that waits, and with the scope. */
export const codeReader = Effect.gen(function* () {
  const one = Semaphore.makeUnsafe(1)
  let worker: Worker | undefined
  let waiting = 0

  const end = Effect.suspend(() => {
    const ending = worker
    worker = undefined
    return ending === undefined ? Effect.void : Effect.asVoid(Effect.promise(() => ending.terminate()))
  })

  const started = Effect.suspend(() =>
    worker === undefined
      ? Effect.tap(start, (it) =>
          Effect.sync(() => {
            worker = it
          })
        )
      : Effect.succeed(worker)
  )

  /** What took too long, or broke, takes its thread with it. */
  const readNow = (picture: SealedPicture) =>
    Effect.flatMap(started, (it) =>
      ask(it, picture).pipe(
        Effect.timeoutOrElse({ duration: readMillisMax, orElse: () => Effect.succeed(broken) }),
        Effect.tap((read) => (read === broken ? end : Effect.void)),
        Effect.onInterrupt(() => end)
      )
    )

  yield* Effect.addFinalizer(() => end)
  const read: ReadCodes = (picture) =>
    Effect.suspend(() => {
      waiting += 1
      return one
        .withPermits(1)(readNow(picture))
        .pipe(
          Effect.ensuring(
            Effect.suspend(() => {
              waiting -= 1
              return waiting === 0 ? end : Effect.void
            })
          )
        )
    })
  return read
})
