/**
 * Signals that are not facts, over core NATS: whoever listens at this moment hears them, and nothing keeps them.
 * Whoever begins to listen asks for the latest, and whoever speaks tells it again.
 */
import { Effect, Queue, Schema, type Scope, Stream } from "effect"
import type { AccountId } from "../../contracts/ids.ts"
import { liveSubject } from "../../contracts/subjects.ts"
import type { NatsService } from "./connection.ts"

/** Where those who begin to listen to a topic say so. */
const askTopicOf = (topic: string) => `${topic}-ask`

/**
 * Speaks on a topic until the scope closes. `latest` is what one who comes late is told.
 *
 * @example const say = yield* speakLive(nats, account, "session", LiveSession, () => [])
 */
export const speakLive = <S extends Schema.Codec<unknown, unknown>>(
  { connection }: NatsService,
  account: AccountId,
  topic: string,
  schema: S,
  latest: () => ReadonlyArray<S["Type"]>
): Effect.Effect<(message: S["Type"]) => void, never, Scope.Scope> => {
  const encode = Schema.encodeUnknownSync(schema)
  const say = (message: S["Type"]) =>
    connection.publish(liveSubject(account, topic), JSON.stringify(encode(message)))
  return Effect.acquireRelease(
    Effect.sync(() =>
      connection.subscribe(liveSubject(account, askTopicOf(topic)), {
        callback: (error) => {
          if (error === null) for (const message of latest()) say(message)
        }
      })
    ),
    (subscription) => Effect.sync(() => subscription.unsubscribe())
  ).pipe(Effect.as(say))
}

/**
 * Listens to a topic: the latest first, where somebody speaks. What does not decode is passed over. The
 * subscription is there when the outer effect completes.
 */
export const listenLive = <S extends Schema.Codec<unknown, unknown>>(
  { connection }: NatsService,
  account: AccountId,
  topic: string,
  schema: S
): Effect.Effect<Stream.Stream<S["Type"]>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const heard = yield* Queue.unbounded<S["Type"]>()
    const decode = Schema.decodeUnknownOption(Schema.fromJsonString(schema))
    yield* Effect.acquireRelease(
      Effect.sync(() =>
        connection.subscribe(liveSubject(account, topic), {
          callback: (error, message) => {
            if (error !== null) return
            const decoded = decode(message.string())
            if (decoded._tag === "Some") Queue.offerUnsafe(heard, decoded.value)
          }
        })
      ),
      (subscription) => Effect.sync(() => subscription.unsubscribe())
    )
    connection.publish(liveSubject(account, askTopicOf(topic)))
    // Once the server knows of the subscription, nothing that is said is missed.
    yield* Effect.ignore(Effect.tryPromise(() => connection.flush()))
    return Stream.fromQueue(heard)
  })
