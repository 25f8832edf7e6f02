/** One thread that asks the outside, as its host sees it. */
import { Worker } from "node:worker_threads"
import { Deferred, Effect, Queue, Schema } from "effect"
import type { Outlook } from "../outside.ts"
import type { Noted, ThreadHears, ThreadInput, ThreadSays } from "./outside-protocol.ts"
import { logLine } from "./thread-log.ts"

/** Closing connections and a database takes a moment: whoever needs longer is ended by force. */
const stopSeconds = 5
/** What a thread may have: looks of the most links that are looked at side by side take a tenth of it. */
export const threadResources = {
  maxOldGenerationSizeMb: 160,
  /** What is asked lives for seconds, and a larger nursery makes nothing faster. */
  maxYoungGenerationSizeMb: 4
}

/** The thread ended without being asked to, or hangs. */
export class OutsideThreadLost extends Schema.TaggedError<OutsideThreadLost>()("OutsideThreadLost", {
  message: Schema.String
}) {}

/** What is needed of a thread. */
export interface Launched {
  on(event: "message", heard: (what: ThreadSays) => void): unknown
  on(event: "error", failed: (error: unknown) => void): unknown
  on(event: "exit", ended: (code: number) => void): unknown
  readonly postMessage: (what: ThreadHears) => void
  readonly terminate: () => Promise<number>
}

export interface OutsideThreadOptions {
  /** What a thread is handed, as it is when one is started. */
  readonly input: () => ThreadInput
  readonly noted: (noted: Noted) => void
  /** How a test starts an entry of its own. The product starts its own one, and no setting says otherwise. */
  readonly launch?: (input: ThreadInput) => Launched
}

type OfLook = Extract<ThreadSays, { readonly look: number }> | { readonly say: "lost" }

/** A thread that is there, and those who wait for looks of it. */
export interface OutsideThread {
  readonly looks: Map<number, (what: OfLook) => void>
  readonly say: (what: ThreadHears) => void
  /** Gives it up: it hangs, and is not asked to end. */
  readonly giveUp: (how: string) => void
  /** Fails when it ends without being asked to; never succeeds. */
  readonly failed: Effect.Effect<never, OutsideThreadLost>
}

/** Replaced by the thread's entry when bundled. */
const entry = () => new URL("./worker.ts", import.meta.url)

const launchOwn = (workerData: ThreadInput): Worker =>
  new Worker(entry(), {
    workerData,
    name: "wadjet-outside",
    resourceLimits: threadResources
  })

/** Asks the thread to end, and ends it where it does not within `stopSeconds`. */
const stop = (worker: Launched, ended: Deferred.Deferred<void>) =>
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  Effect.sync(() => worker.postMessage({ hear: "stop" } satisfies ThreadHears)).pipe(
    Effect.andThen(Deferred.await(ended)),
    Effect.timeoutOrElse({
      duration: `${stopSeconds} seconds`,
      orElse: () => Effect.asVoid(Effect.promise(() => worker.terminate()))
    })
  )

/** Starts a thread, which ends with the scope. */
export const startOutsideThread = Effect.fn("startOutsideThread")(function* ({
  input,
  launch = launchOwn,
  noted
}: OutsideThreadOptions) {
  const run = Effect.runForkWith(yield* Effect.context<never>())
  const failed = yield* Deferred.make<never, OutsideThreadLost>()
  const ended = yield* Deferred.make<void>()
  const looks: OutsideThread["looks"] = new Map()
  const fail = (how: string) => {
    const lost = new OutsideThreadLost({ message: `the thread that asks the outside ${how}` })
    Deferred.doneUnsafe(failed, Effect.fail(lost))
  }
  const heard = (what: ThreadSays) => {
    if (what.say === "log") return void run(logLine(what.line))
    if (what.say === "failed") return fail(`broke: ${what.message}`)
    if (what.say === "noted" || what.say === "looked") noted(what.noted)
    if (what.say !== "noted") looks.get(what.look)?.(what)
  }
  const worker = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const started = launch(input())
      started.on("message", heard)
      started.on("error", (error) => fail(`broke: ${String(error)}`))
      started.on("exit", (code) => {
        Deferred.doneUnsafe(ended, Effect.void)
        fail(`ended with code ${code}`)
      })
      return started
    }),
    (started) => stop(started, ended)
  )
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  const say = (what: ThreadHears) => worker.postMessage(what)
  const thread: OutsideThread = {
    looks,
    say,
    giveUp: (how) => {
      fail(how)
      void worker.terminate()
    },
    failed: Deferred.await(failed)
  }
  return thread
})

/** A look as it is asked for. */
export interface Look<E> {
  readonly url: string
  readonly asking: "sparingly" | undefined
  readonly heard: (evidence: Outlook["evidence"]) => Effect.Effect<void, E>
  readonly soFar: ((outlook: Outlook) => Effect.Effect<void, E>) | undefined
}

/**
 * Looks in a thread. What is said of the look is done in its order, and is done when the look is. Answers nothing where
 * the thread is lost meanwhile; one that has nothing to say for so long hangs, and is given up.
 */
export const lookIn = Effect.fnUntraced(function* <E>(
  { giveUp, looks, say }: OutsideThread,
  number: number,
  { asking, heard, soFar, url }: Look<E>,
  silentMillisMax: number
): Effect.fn.Return<Outlook | undefined, E> {
  const said = yield* Queue.unbounded<OfLook>()
  const looking = Effect.gen(function* () {
    looks.set(number, (what) => void Queue.offerUnsafe(said, what))
    say({ hear: "look", look: number, url, asking, wantsSoFar: soFar !== undefined })
    for (;;) {
      const next = yield* Effect.timeoutOption(Queue.take(said), silentMillisMax)
      if (next._tag === "None") {
        giveUp(`had nothing to say of a look for ${silentMillisMax / 1_000} s`)
        return undefined
      }
      const what = next.value
      if (what.say === "lost") return undefined
      if (what.say === "heard") yield* heard(what.evidence)
      else if (what.say === "so-far") yield* soFar?.(what.outlook) ?? Effect.void
      else {
        looks.delete(number)
        return what.outlook
      }
    }
  })
  return yield* Effect.ensuring(
    looking,
    Effect.sync(() => {
      if (looks.delete(number)) say({ hear: "leave", look: number })
    })
  )
})
