/** One connection to NATS, shared by everything in a process. */
import { connect, type NatsConnection } from "@nats-io/transport-node"
import { jetstream, type JetStreamClient, type JetStreamManager, jetstreamManager } from "@nats-io/jetstream"
import { Context, Effect, Layer, Redacted, Schema } from "effect"

/** Where the server is and who we are to it. */
export interface NatsAddress {
  readonly url: string
  readonly user: string
  readonly password: Redacted.Redacted
}

export class NatsUnreachable extends Schema.TaggedError<NatsUnreachable>()("NatsUnreachable", {
  url: Schema.String,
  message: Schema.String
}) {}

export interface NatsService {
  readonly connection: NatsConnection
  readonly jetstream: JetStreamClient
  readonly manager: JetStreamManager
  /** Completes when the connection is closed for good; a broken one is made again by the client. */
  readonly closed: Effect.Effect<void>
}

/** How long a first connection may take. */
const connectTimeoutMillis = 5_000
/** How long the client waits between attempts to reach a server that went away. */
const reconnectWaitMillis = 100

/** A process whose server is gone keeps trying: actors stop acknowledging, and nothing is lost meanwhile. */
const openConnection = (address: NatsAddress, name: string) =>
  Effect.tryPromise({
    try: () =>
      connect({
        servers: address.url,
        user: address.user,
        pass: Redacted.value(address.password),
        name,
        timeout: connectTimeoutMillis,
        reconnect: true,
        maxReconnectAttempts: -1,
        reconnectTimeWait: reconnectWaitMillis,
        reconnectJitter: reconnectWaitMillis,
        // Else each request takes a stack trace in advance, for an error that says what it is without one.
        noAsyncTraces: true
      }),
    catch: (cause) =>
      new NatsUnreachable({
        url: address.url,
        message: `expected nats-server at ${address.url}, found: ${cause instanceof Error ? cause.message : String(cause)}; is it running, and are the user and password right?`
      })
  })

export class Nats extends Context.Service<Nats, NatsService>()("wadjet/infra/Nats") {
  static readonly layer = (address: NatsAddress, name: string) =>
    Layer.effect(
      Nats,
      Effect.gen(function* () {
        const connection = yield* Effect.acquireRelease(openConnection(address, name), (connection) =>
          Effect.promise(() => connection.close()).pipe(Effect.ignore)
        )
        const manager = yield* Effect.tryPromise({
          try: () => jetstreamManager(connection),
          catch: (cause) =>
            new NatsUnreachable({
              url: address.url,
              message: `nats-server at ${address.url} has no JetStream for this user: ${String(cause)}`
            })
        })
        return Nats.of({
          connection,
          manager,
          jetstream: jetstream(connection),
          closed: Effect.promise(() => connection.closed()).pipe(Effect.asVoid)
        })
      })
    )
}
