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

/** What a test may set. */
interface CodeReaderOptions {
  readonly threadEntry?: URL
  readonly limitMillis?: number
}

/** Replaced by the thread's entry when bundled. */
const entry = () => new URL("./worker.ts", import.meta.url)

/** The thread broke, or was stopped, over this picture. */
const broken: CodesRead = { failed: "malformed" }

const failedBy = (cause: unknown) =>
  new ReaderFailed({ message: `the thread that reads codes did not start: ${String(cause)}` })

/** Waits for the first thing that a thread says or does, from here on. */
const next = <A, E>(
  worker: Worker,
  heard: (says: ThreadSays) => Effect.Effect<A, E> | undefined,
  ended: (cause: unknown) => Effect.Effect<A, E>
) =>
  Effect.callback<A, E>((resume) => {
    const settle = (done: Effect.Effect<A, E>) => {
      worker.off("message", message)
      worker.off("error", failed)
      worker.off("exit", failed)
      resume(done)
    }
    const message = (says: ThreadSays) => {
      const done = heard(says)
      if (done !== undefined) settle(done)
    }
    const failed = (cause: unknown) => settle(ended(cause))
    worker.on("message", message)
    worker.on("error", failed)
    worker.on("exit", failed)
  })

const stop = (worker: Worker) => Effect.asVoid(Effect.promise(() => worker.terminate()))

const start = Effect.fnUntraced(function* (from: URL) {
  const worker = new Worker(from, { name: "wadjet-codes" })
  // What happens to it while nobody waits is found by who asks next.
  worker.on("error", () => {})
  const ready = next<Worker, ReaderFailed>(
    worker,
    ({ say }) => (say === "ready" ? Effect.succeed(worker) : undefined),
    (cause) => Effect.fail(failedBy(cause))
  )
  return yield* Effect.onInterrupt(ready, () => stop(worker))
})

const ask = (worker: Worker, picture: SealedPicture) =>
  Effect.suspend(() => {
    worker.postMessage(picture, [picture.file.buffer])
    return next<CodesRead, never>(
      worker,
      (says) => (says.say === "read" ? Effect.succeed(says.read) : undefined),
      () => Effect.succeed(broken)
    )
  })

/** Reads one picture after the other. The thread ends with the last one that waits, and with the scope. */
export const codeReader = Effect.fnUntraced(function* ({
  limitMillis = readMillisMax,
  threadEntry = entry()
}: CodeReaderOptions = {}) {
  const one = Semaphore.makeUnsafe(1)
  let worker: Worker | undefined
  let waiting = 0

  const end = Effect.suspend(() => {
    const ending = worker
    worker = undefined
    return ending === undefined ? Effect.void : stop(ending)
  })

  const begun = (it: Worker) => {
    worker = it
    it.once("exit", () => {
      if (worker === it) worker = undefined
    })
  }

  const started = Effect.suspend(() =>
    worker === undefined
      ? Effect.tap(start(threadEntry), (it) => Effect.sync(() => begun(it)))
      : Effect.succeed(worker)
  )

  /** What took too long, or broke, takes its thread with it. */
  const readNow = (picture: SealedPicture) =>
    Effect.flatMap(started, (it) =>
      ask(it, picture).pipe(
        Effect.timeoutOrElse({ duration: limitMillis, orElse: () => Effect.succeed(broken) }),
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
