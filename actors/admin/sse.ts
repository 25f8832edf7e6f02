/**
 * The log as a stream of Server-Sent Events: what there is from a place on, then what comes, on one path, so
 * that nothing is missed or told twice. A reader that takes too slowly is let go, and resumes where it was.
 */
import { type Deferred, Deferred as Deferreds, Effect, Queue, Stream } from "effect"
import { type Context, contexts } from "../../contracts/contexts.ts"
import { streamId } from "../../contracts/http/events.ts"
import type { KeyInUse } from "../../contracts/http/access.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import type { Accounts } from "./accounts.ts"
import { eventJson } from "./event-view.ts"
import { heartbeats } from "./heartbeats.ts"

/** Streams that are open at once: each holds a consumer of the log and a few hundred events. */
export const streamsMax = 100
/** Frames that wait for a reader. */
const waitingMax = 256
/** A reader that takes nothing for this long while the queue is full is let go. */
const stalledSeconds = 30
/** How long a client waits before it comes back. */
const reconnectMillis = 1_000

export interface StreamOptions {
  /** Everything after this sequence. */
  readonly after: number
  readonly contexts: ReadonlyArray<Context> | undefined
  readonly words: boolean
  readonly key: KeyInUse
}

/** Contexts by their names, separated by commas; the first that is none where one is not. */
export const parseContexts = (text: string): ReadonlyArray<Context> | { readonly unknown: string } => {
  const names = text.split(",").map((name) => name.trim())
  const unknown = names.find((name) => !Object.hasOwn(contexts, name))
  return unknown === undefined ? (names as ReadonlyArray<Context>) : { unknown }
}

/** Frames of one reader. The stream ends when it stalls, when whoever asked for it may not any more, and at a stop. */
export const eventFrames = Effect.fnUntraced(function* (
  options: StreamOptions,
  accounts: Accounts,
  stopping: Deferred.Deferred<void>
) {
  const log = yield* EventLog
  const keyring = yield* Keyring
  const { generation } = log

  return Stream.callback<string>(
    (queue) => {
      /** Only whole frames go out, so that a reader that is let go has all of the last one or none of it. */
      const send = (frame: string) =>
        Queue.offer(queue, frame).pipe(
          Effect.timeoutOrElse({ duration: `${stalledSeconds} seconds`, orElse: () => Queue.end(queue) })
        )
      const tell = log
        .read({ from: options.after + 1, ...(options.contexts && { contexts: options.contexts }) })
        .pipe(
          Stream.runForEach((batch) =>
            Effect.forEach(
              batch.events,
              (event) =>
                Effect.flatMap(eventJson(event, keyring, options.words), (json) =>
                  send(`id: ${streamId(generation, event.sequence)}\ndata: ${json}\n\n`)
                ),
              { discard: true }
            )
          ),
          // The client comes back by itself, and hears then what is the matter.
          Effect.catch((error) => Effect.logWarning("an event stream ended", { error: error.message })),
          Effect.ensuring(Queue.end(queue))
        )
      const beat = Stream.runForEach(heartbeats(accounts, options.key), send).pipe(
        Effect.ensuring(Queue.end(queue))
      )
      return Effect.gen(function* () {
        // An id without data moves a client's place, so that it resumes from here even if nothing happens first.
        yield* send(`retry: ${reconnectMillis}\nid: ${streamId(generation, options.after)}\n\n`)
        yield* Effect.forkScoped(beat)
        yield* Effect.forkScoped(tell)
        yield* Effect.never
      })
    },
    { bufferSize: waitingMax, strategy: "suspend" }
  ).pipe(Stream.interruptWhen(Deferreds.await(stopping)))
})
