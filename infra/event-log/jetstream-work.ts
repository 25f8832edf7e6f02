/**
 * Taking work from JetStream in groups. The server keeps a group in its memory: who has what in hand, and what is settled.
 * Where it is gone, with the server or without it, it is made again where it is known to have been; what was settled after
 * that is handed out once more, and what comes of it is known to the log by its id, or ignored by every fold.
 */
import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerMessages,
  DeliverPolicy,
  JetStreamApiError,
  type JsMsg
} from "@nats-io/jetstream"
import { nanos } from "@nats-io/transport-node"
import { Duration, Effect, Latch, Schedule, Stream } from "effect"
import type { AccountId } from "../../contracts/ids.ts"
import { eventStream } from "../../contracts/streams.ts"
import type { NatsService } from "../nats/connection.ts"
import type { StoredMessage } from "./codec.ts"
import { type Delivery, type EventLogService, type LogEvent, LogUnavailable } from "./event-log.ts"
import { type GroupPlaces, openGroupPlaces } from "./group-places.ts"
import { storedOf } from "./jetstream-read.ts"
import { filtersOf } from "./listening.ts"
import { idleHeartbeatMillis, pullExpiresMillis } from "./pulling.ts"
import { because, tryLog } from "./try-log.ts"

/** JetStream's error code for a durable consumer that exists under other terms. */
const consumerExists = 10148

/**
 * What is settled is acknowledged together after so long: a write of its own for each would come while what it led to is
 * dealt with. What is lost of them with the process is handed out again.
 */
const ackEveryMillis = 15
/** While inputs are settled, the place of a group is kept this often: so much is handed out again after a loss. */
const keepEverySeconds = 5
/** How long a replica that ends waits for its group's place to be kept. */
const keepLastSeconds = 2
/** How long a replica whose group is gone waits before it asks a server again that did not answer. */
const askAgainMillis = 500

type Terms = Partial<ConsumerConfig> & { readonly durable_name: string }

export interface WorkFrom {
  readonly nats: NatsService
  readonly account: AccountId
  readonly generation: string
  /** What was restored was worked on before: a group begins behind it. */
  readonly restoredUpTo: number
  readonly decode: (message: StoredMessage) => LogEvent
}

const startBehind = (sequence: number): Partial<ConsumerConfig> =>
  sequence === 0
    ? { deliver_policy: DeliverPolicy.All }
    : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: sequence + 1 }

/** `work` of the event log. */
export const workFrom = ({
  account,
  decode,
  generation,
  nats,
  restoredUpTo
}: WorkFrom): EventLogService["work"] => {
  const { consumers } = nats.manager
  const stream = eventStream.name

  /** A group that exists goes on under the terms of now, from where it is. */
  const ensureGroup = async (terms: Terms, filters: ReadonlyArray<string>, places: GroupPlaces) => {
    const name = terms.durable_name
    const add = async () => {
      const known = await places.of(name)
      const sequence = Math.max(restoredUpTo, known?.sequence ?? 0)
      // Whoever looks at the log while nothing runs is told of every group, and of what is before it.
      if (known?.filters.join(" ") !== filters.join(" ")) await places.keep(name, { sequence, filters })
      await consumers.add(stream, { ...terms, ...startBehind(sequence) })
    }
    try {
      return await add()
    } catch (cause) {
      if (!(cause instanceof JetStreamApiError) || cause.code !== consumerExists) throw cause
    }
    const { ack_floor, config } = await consumers.info(stream, name)
    if (config.mem_storage === true) return void (await consumers.update(stream, name, terms))
    // Of a version that had the server keep groups on the disk: it goes on from where it was.
    await places.keep(name, { sequence: ack_floor.stream_seq, filters })
    await consumers.delete(stream, name)
    await add()
  }

  return Effect.fnUntraced(function* ({ ackWaitSeconds, durable, events, inFlightMax }) {
    const filters = filtersOf(account, { events })
    const terms: Terms = {
      durable_name: durable,
      filter_subjects: [...filters],
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ackWaitSeconds * 1_000),
      max_ack_pending: inFlightMax,
      max_deliver: -1,
      mem_storage: true
    }
    const places = yield* tryLog("show where its groups are", () => openGroupPlaces(nats, generation))
    const settledSince = Latch.makeUnsafe(false)
    const isSettled = Latch.makeUnsafe(false)
    const settled: Array<JsMsg> = []

    /** The client takes what it can still send at some time, and throws where the connection is closed for good. */
    const acknowledge = Effect.ignore(
      tryLog("acknowledge work", async () => {
        if (!isSettled.closeUnsafe()) return
        for (const message of settled.splice(0)) message.ack()
        settledSince.openUnsafe()
      })
    )

    const keepPlace = Effect.gen(function* () {
      if (!settledSince.closeUnsafe()) return
      yield* tryLog("keep where a group is", async () => {
        const { ack_floor } = await consumers.info(stream, durable)
        const known = await places.of(durable)
        if (ack_floor.stream_seq > (known?.sequence ?? 0))
          await places.keep(durable, { sequence: ack_floor.stream_seq, filters })
      })
    }).pipe(
      // The next time will do: until then more is handed out again.
      Effect.catch(() => Effect.sync(() => settledSince.openUnsafe()))
    )

    const open = Effect.gen(function* () {
      yield* tryLog("make a consumer", () => ensureGroup(terms, filters, places))
      return yield* Effect.acquireRelease(
        tryLog("take work", async () => {
          const consumer = await nats.jetstream.consumers.get(stream, durable)
          return await consumer.consume({
            max_messages: inFlightMax,
            expires: pullExpiresMillis,
            idle_heartbeat: idleHeartbeatMillis,
            abort_on_missing_resource: true
          })
        }),
        (messages) => Effect.sync(() => messages.stop())
      )
    })

    const deliveryOf = (message: JsMsg): Delivery => ({
      event: decode(storedOf(message)),
      attempt: message.info.deliveryCount,
      done: Effect.sync(() => {
        settled.push(message)
        isSettled.openUnsafe()
      }),
      again: (delayMillis) => Effect.sync(() => message.nak(delayMillis)),
      extend: Effect.sync(() => message.working())
    })

    const inputsOf = (messages: ConsumerMessages) =>
      Stream.fromAsyncIterable(
        messages,
        (cause) => new LogUnavailable({ operation: "take work", message: because(cause) })
      )
    const isConnected = () => !nats.connection.isClosed()
    const reopened = open.pipe(
      Effect.retry({ schedule: Schedule.spaced(Duration.millis(askAgainMillis)), while: isConnected })
    )
    /** Whose group is gone makes it again, however long that takes. */
    const inputs = (opened: typeof open): Stream.Stream<JsMsg, LogUnavailable> =>
      Stream.unwrap(Effect.map(opened, inputsOf)).pipe(Stream.catchIf(isConnected, () => inputs(reopened)))

    yield* Effect.forkScoped(
      Effect.forever(
        Effect.andThen(isSettled.await, Effect.delay(acknowledge, Duration.millis(ackEveryMillis)))
      )
    )
    yield* Effect.addFinalizer(() =>
      Effect.ignore(
        Effect.timeoutOption(Effect.andThen(acknowledge, keepPlace), Duration.seconds(keepLastSeconds))
      )
    )
    yield* Effect.forkScoped(
      Effect.forever(
        Effect.andThen(settledSince.await, Effect.delay(keepPlace, Duration.seconds(keepEverySeconds)))
      )
    )
    // Who starts is told when the server does not answer.
    const first = yield* open
    return Stream.map(inputs(Effect.succeed(first)), deliveryOf)
  })
}
