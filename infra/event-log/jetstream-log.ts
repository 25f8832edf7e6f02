/** The event log on NATS JetStream. */
import { AckPolicy, type ConsumerConfig, DeliverPolicy, JetStreamApiError } from "@nats-io/jetstream"
import { nanos } from "@nats-io/transport-node"
import { Effect, Layer, Stream } from "effect"
import { boundarySubject } from "../../contracts/subjects.ts"
import { eventStream } from "../../contracts/streams.ts"
import { Keyring } from "../keyring/keyring.ts"
import { Nats } from "../nats/connection.ts"
import { overArchive } from "./archive/archived-log.ts"
import { openArchive } from "./archive/read-archive.ts"
import { decodeOnce } from "./decode-once.ts"
import { type Delivery, EventLog, LogUnavailable, type WorkOptions } from "./event-log.ts"
import { findLastAmong } from "./find-last-among.ts"
import { appendTo, findMessage } from "./jetstream-append.ts"
import { idleHeartbeatMillis, pullExpiresMillis, readFrom, storedOf } from "./jetstream-read.ts"
import { filtersOf } from "./listening.ts"
import { ensureStream } from "./stream-setup.ts"
import { because, tryLog } from "./try-log.ts"

/** JetStream's error code for a durable consumer that exists under other terms. */
const consumerExists = 10148

/** What was restored was worked on before: a group begins behind it. */
const startAfter = (restoredUpTo: number): Partial<ConsumerConfig> =>
  restoredUpTo === 0
    ? { deliver_policy: DeliverPolicy.All }
    : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: restoredUpTo + 1 }

const make = Effect.gen(function* () {
  const nats = yield* Nats
  const keyring = yield* Keyring
  const { archived, generation, restoredUpTo } = yield* ensureStream(nats.manager, eventStream)
  const archive = yield* openArchive(archived)
  const name = eventStream.name
  const account = keyring.account
  const decode = decodeOnce()

  /** A group that exists goes on under the terms of now, from where it is: a new one begins behind what was restored. */
  const ensureConsumer = async (terms: Partial<ConsumerConfig> & { readonly durable_name: string }) => {
    try {
      await nats.manager.consumers.add(name, { ...terms, ...startAfter(restoredUpTo) })
    } catch (cause) {
      if (!(cause instanceof JetStreamApiError) || cause.code !== consumerExists) throw cause
      await nats.manager.consumers.update(name, terms.durable_name, terms)
    }
  }

  const work = Effect.fnUntraced(function* (options: WorkOptions) {
    yield* tryLog("make a consumer", () =>
      ensureConsumer({
        durable_name: options.durable,
        filter_subjects: [...filtersOf(account, options)],
        ack_policy: AckPolicy.Explicit,
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
        event: decode(storedOf(message)),
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
          : decode({
              sequence: found.seq,
              subject: found.subject,
              header: (header) => found.header.get(header),
              data: () => found.string()
            })
    )

  const whole = overArchive(archive, account, {
    read: readFrom(nats, account, decode),
    get,
    lastOf: (context, boundary) =>
      Effect.map(
        tryLog("show the end of a boundary", () =>
          findMessage(nats, { last_by_subj: boundarySubject(account, context, boundary) })
        ),
        (found) => found?.seq ?? 0
      ),
    lastAmong: (events, from) =>
      tryLog("show what was added", () => findLastAmong(nats, account, events, from))
  })

  return EventLog.of({
    ...whole,
    generation,
    append: appendTo(nats, keyring, archive),
    work,
    last: Effect.map(
      tryLog("show its end", () => nats.manager.streams.info(name)),
      (info) => info.state.last_seq
    )
  })
})

/** Needs a connection and the keyring; makes the stream where it is missing. */
export const jetStreamLog = Layer.effect(EventLog, make)
