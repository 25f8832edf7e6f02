/** The event log on NATS JetStream. */
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  JetStreamApiError,
  type JsMsg
} from "@nats-io/jetstream"
import { nanos } from "@nats-io/transport-node"
import { Effect, Layer, Stream } from "effect"
import { events as everyEvent, type EventName } from "../../contracts/catalogue.ts"
import type { Context } from "../../contracts/contexts.ts"
import { boundarySubject, eventFilter } from "../../contracts/subjects.ts"
import { eventStream } from "../../contracts/streams.ts"
import { Keyring } from "../keyring/keyring.ts"
import { Nats } from "../nats/connection.ts"
import { decodeMessage, type StoredMessage } from "./codec.ts"
import { damagedAt } from "./damaged.ts"
import { type Delivery, EventLog, LogUnavailable, type ReadOptions, type WorkOptions } from "./event-log.ts"
import { appendTo, findMessage } from "./jetstream-append.ts"
import { ensureStream } from "./stream-setup.ts"
import { because, tryLog } from "./try-log.ts"

/** JetStream's error code for a durable consumer that exists under other terms. */
const consumerExists = 10148

/** Messages asked of the server ahead of need: more costs memory, fewer costs round trips. */
const prefetchMessages = 500
/** How long a silent reader waits before it asks whether its consumer still exists. */
const idleHeartbeatMillis = 2_000
/** How long the server keeps the consumer of a reader that went away. */
const abandonedAfterMillis = 30_000
/** How long one pull request stays open at the server. */
const pullExpiresMillis = 10_000

const storedOf = (message: JsMsg): StoredMessage => ({
  sequence: message.seq,
  subject: message.subject,
  header: (name) => message.headers?.get(name) ?? "",
  data: () => message.string()
})

const make = Effect.gen(function* () {
  const nats = yield* Nats
  const keyring = yield* Keyring
  const { generation } = yield* ensureStream(nats.manager, eventStream)
  const name = eventStream.name
  const account = keyring.account

  /** Filters must not overlap: the server refuses them. */
  const filtersOf = (
    events: ReadonlyArray<EventName>,
    contexts: ReadonlyArray<Context> = []
  ): ReadonlyArray<string> => [
    ...new Set(contexts.map((context) => `evt.${account}.${context}.>`)),
    ...everyEvent
      .filter((type) => events.includes(type.type) && !contexts.includes(type.context))
      .map((type) => eventFilter(account, type.context, type.event))
  ]

  const consume = Effect.fnUntraced(function* (options: ReadOptions, filters: ReadonlyArray<string>) {
    const consumer = yield* tryLog("start reading", () =>
      nats.jetstream.consumers.get(name, {
        ...(filters.length === 0 ? {} : { filter_subjects: [...filters] }),
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: options.from,
        inactive_threshold: abandonedAfterMillis
      })
    )
    const pending = (yield* tryLog("start reading", () => consumer.info())).num_pending
    const messages = yield* Effect.acquireRelease(
      tryLog("start reading", () =>
        consumer.consume({
          max_messages: prefetchMessages,
          expires: pullExpiresMillis,
          idle_heartbeat: idleHeartbeatMillis
        })
      ),
      (messages) => Effect.sync(() => messages.stop())
    )
    return { iterator: messages[Symbol.asyncIterator](), pending }
  })

  const read = (options: ReadOptions) =>
    Stream.unwrap(
      Effect.gen(function* () {
        const whole = options.events === undefined && options.contexts === undefined
        const filters = whole ? [] : filtersOf(options.events ?? [], options.contexts)
        const batchMax = options.batchMax ?? prefetchMessages
        const { iterator, pending } = yield* consume(options, filters)
        let upTo = options.from - 1

        const next = Effect.gen(function* () {
          const taken = yield* tryLog("go on reading", () => takeBatch(iterator, batchMax))
          const events = taken.messages.map((message) => decodeMessage(storedOf(message)))
          if (whole) {
            const hole = events.find((event, index) => event.sequence !== upTo + 1 + index)
            if (hole !== undefined) return yield* damagedAt(upTo + 1 + events.indexOf(hole), hole.sequence)
          }
          upTo = events.at(-1)?.sequence ?? upTo
          return { events, upTo, pending: taken.pending }
        })
        const caughtUp = { events: [], upTo, pending: 0 }
        const live = Stream.fromEffectRepeat(next)
        return pending === 0 ? Stream.concat(Stream.succeed(caughtUp), live) : live
      })
    )

  /** A group that exists goes on under the terms of now. */
  const ensureConsumer = async (terms: Partial<ConsumerConfig> & { readonly durable_name: string }) => {
    try {
      await nats.manager.consumers.add(name, terms)
    } catch (cause) {
      if (!(cause instanceof JetStreamApiError) || cause.code !== consumerExists) throw cause
      await nats.manager.consumers.update(name, terms.durable_name, terms)
    }
  }

  const work = Effect.fnUntraced(function* (options: WorkOptions) {
    yield* tryLog("make a consumer", () =>
      ensureConsumer({
        durable_name: options.durable,
        filter_subjects: [...filtersOf(options.events)],
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All,
        ack_wait: nanos(options.ackWaitSeconds * 1_000),
        max_ack_pending: options.inFlightMax,
        max_deliver: -1
      })
    )
    const messages = yield* Effect.acquireRelease(
      tryLog("take work", async () => {
        const consumer = await nats.jetstream.consumers.get(name, options.durable)
        return await consumer.consume({
          max_messages: options.inFlightMax,
          expires: pullExpiresMillis,
          idle_heartbeat: idleHeartbeatMillis
        })
      }),
      (messages) => Effect.sync(() => messages.stop())
    )
    return Stream.fromAsyncIterable(
      messages,
      (cause) => new LogUnavailable({ operation: "take work", message: because(cause) })
    ).pipe(
      Stream.map((message): Delivery => ({
        event: decodeMessage(storedOf(message)),
        attempt: message.info.deliveryCount,
        done: Effect.sync(() => message.ack()),
        again: (delayMillis) => Effect.sync(() => message.nak(delayMillis)),
        extend: Effect.sync(() => message.working())
      }))
    )
  })

  const get = (sequence: number) =>
    Effect.map(
      tryLog("show an event", () => findMessage(nats, { seq: sequence })),
      (found) =>
        found === undefined
          ? undefined
          : decodeMessage({
              sequence: found.seq,
              subject: found.subject,
              header: (header) => found.header.get(header),
              data: () => found.string()
            })
    )

  return EventLog.of({
    generation,
    append: appendTo(nats, keyring),
    read,
    work,
    last: Effect.map(
      tryLog("show its end", () => nats.manager.streams.info(name)),
      (info) => info.state.last_seq
    ),
    get,
    lastOf: (context, boundary) =>
      Effect.map(
        tryLog("show the end of a boundary", () =>
          findMessage(nats, { last_by_subj: boundarySubject(account, context, boundary) })
        ),
        (found) => found?.seq ?? 0
      )
  })
})

/** Takes what is there, at least one message, up to a limit or until the server has nothing more for now. */
const takeBatch = async (iterator: AsyncIterator<JsMsg>, batchMax: number) => {
  const messages: Array<JsMsg> = []
  let pending = 0
  do {
    const next = await iterator.next()
    if (next.done === true) throw new Error("the reader was closed")
    messages.push(next.value)
    pending = next.value.info.pending
  } while (pending > 0 && messages.length < batchMax)
  return { messages, pending }
}

/** Needs a connection and the keyring; makes the stream where it is missing. */
export const jetStreamLog = Layer.effect(EventLog, make)
