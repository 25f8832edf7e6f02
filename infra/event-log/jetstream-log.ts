/** The event log on NATS JetStream. */
import { AckPolicy, DeliverPolicy, type JsMsg, JetStreamApiError } from "@nats-io/jetstream"
import { nanos } from "@nats-io/transport-node"
import { Clock, Effect, Layer, Stream } from "effect"
import { events as everyEvent, type EventName } from "../../contracts/catalogue.ts"
import { headerNames } from "../../contracts/envelope.ts"
import { boundarySubject, eventFilter } from "../../contracts/subjects.ts"
import { eventStream } from "../../contracts/streams.ts"
import { Keyring } from "../keyring/keyring.ts"
import { Nats } from "../nats/connection.ts"
import { publish } from "./append.ts"
import { addressOf, decodeMessage, encodeEntry, type StoredMessage } from "./codec.ts"
import { Conflict, DamagedLog, type Delivery, EventLog, FactRefused, type LogEvent, LogUnavailable, type ReadOptions, type WorkOptions } from "./event-log.ts"
import { ensureStream } from "./stream-setup.ts"

/** JetStream error codes, as the server documents them in `server/errors.json`. */
const wrongLastSequence = 10071
const duplicateInBatch = 10201
const messageTooLarge = 10054
const messageNotFound = 10037

/** Messages asked of the server ahead of need: more costs memory, fewer costs round trips. */
const prefetchMessages = 500
/** How long a silent reader waits before it asks whether its consumer still exists. */
const idleHeartbeatMillis = 2_000
/** How long the server keeps the consumer of a reader that went away. */
const abandonedAfterMillis = 30_000
/** How long one pull request stays open at the server. */
const pullExpiresMillis = 10_000

const because = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const tryLog = <A>(operation: string, run: () => Promise<A>) =>
  Effect.tryPromise({
    try: run,
    catch: (cause) =>
      new LogUnavailable({ operation, message: `the log did not ${operation}: ${because(cause)}` })
  })

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

  const filtersOf = (events: ReadonlyArray<EventName>): ReadonlyArray<string> =>
    everyEvent
      .filter((type) => events.includes(type.type))
      .map((type) => eventFilter(account, type.context, type.event))

  const lastOf = Effect.fnUntraced(function* (boundary: string) {
    const found = yield* tryLog("show the end of a boundary", () => lastMessage(boundary))
    return found?.seq ?? 0
  })

  const lastMessage = async (subject: string) => {
    try {
      return await nats.manager.direct.getMessage(name, { last_by_subj: subject })
    } catch (cause) {
      if (cause instanceof JetStreamApiError && cause.code === messageNotFound) return null
      throw cause
    }
  }

  const append = Effect.fnUntraced(function* (
    entries: Parameters<EventLog["Service"]["append"]>[0],
    provenance: Parameters<EventLog["Service"]["append"]>[1]
  ) {
    const now = yield* Clock.currentTimeMillis
    const messages = yield* Effect.forEach(entries, (entry) =>
      Effect.map(encodeEntry(keyring, entry, provenance, now), (message) => {
        const at = addressOf(account, entry.fact)
        const boundary = boundarySubject(account, at.context, at.boundary)
        return { ...message, expected: entry.expected === undefined ? undefined : { sequence: entry.expected, boundary } }
      })
    )
    const answer = yield* tryLog("store an event", () => publish(nats.connection, messages))
    if ("sequence" in answer) return answer
    const guarded = messages.find((message) => message.expected !== undefined) ?? messages[0]!
    const boundary = guarded.expected?.boundary ?? guarded.subject
    if (answer.code === wrongLastSequence || answer.code === duplicateInBatch) {
      const last = yield* tryLog("show the end of a boundary", () => lastMessage(boundary))
      const known = entries.some((entry) => entry.id === last?.header.get(headerNames.messageId))
      if (known || answer.code === duplicateInBatch) return { sequence: last?.seq ?? 0, duplicate: true }
      return yield* new Conflict({ boundary, expected: guarded.expected?.sequence ?? 0, actual: last?.seq ?? 0 })
    }
    const fact = entries[0].fact.type
    if (answer.code === messageTooLarge)
      return yield* new FactRefused({ fact, message: `${fact} is larger than the server takes` })
    return yield* new LogUnavailable({ operation: "store an event", message: `the server refused ${fact}: ${answer.description} (${answer.code})` })
  })

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
        consumer.consume({ max_messages: prefetchMessages, expires: pullExpiresMillis, idle_heartbeat: idleHeartbeatMillis })
      ),
      (messages) => Effect.sync(() => messages.stop())
    )
    return { iterator: messages[Symbol.asyncIterator](), pending }
  })

  const read = (options: ReadOptions) =>
    Stream.unwrap(
      Effect.gen(function* () {
        const whole = options.events === undefined && options.contexts === undefined
        const filters = whole
          ? []
          : [...filtersOf(options.events ?? []), ...(options.contexts ?? []).map((context) => `evt.${account}.${context}.>`)]
        const batchMax = options.batchMax ?? prefetchMessages
        const { iterator, pending } = yield* consume(options, filters)
        let upTo = options.from - 1

        const next = Effect.gen(function* () {
          const taken = yield* tryLog("go on reading", () => takeBatch(iterator, batchMax))
          const events = taken.messages.map((message) => decodeMessage(storedOf(message)))
          if (whole) {
            const hole = events.find((event, index) => event.sequence !== upTo + 1 + index)
            if (hole !== undefined) return yield* damaged(upTo + 1 + events.indexOf(hole), hole.sequence)
          }
          upTo = events.at(-1)?.sequence ?? upTo
          return { events, upTo, pending: taken.pending }
        })
        const caughtUp = { events: [], upTo, pending: 0 }
        const live = Stream.fromEffectRepeat(next)
        return pending === 0 ? Stream.concat(Stream.succeed(caughtUp), live) : live
      })
    )

  const work = Effect.fnUntraced(function* (options: WorkOptions) {
    yield* tryLog("make a consumer", () =>
      nats.manager.consumers.add(name, {
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
        return await consumer.consume({ max_messages: options.inFlightMax, expires: pullExpiresMillis, idle_heartbeat: idleHeartbeatMillis })
      }),
      (messages) => Effect.sync(() => messages.stop())
    )
    return Stream.fromAsyncIterable(messages, (cause) => new LogUnavailable({ operation: "take work", message: because(cause) })).pipe(
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
    tryLog("show an event", async (): Promise<LogEvent | undefined> => {
      const found = await nats.manager.direct.getMessage(name, { seq: sequence }).catch((cause: unknown) => {
        if (cause instanceof JetStreamApiError && cause.code === messageNotFound) return null
        throw cause
      })
      if (found === null) return undefined
      return decodeMessage({
        sequence: found.seq,
        subject: found.subject,
        header: (header) => found.header.get(header),
        data: () => found.string()
      })
    })

  return EventLog.of({
    generation,
    append,
    read,
    work,
    last: Effect.map(tryLog("show its end", () => nats.manager.streams.info(name)), (info) => info.state.last_seq),
    get,
    lastOf: (context, boundary) => lastOf(boundarySubject(account, context, boundary))
  })
})

const damaged = (expected: number, found: number) =>
  new DamagedLog({
    expected,
    found,
    message: `expected sequence ${expected}, found ${found}: the log has a hole, and nothing is ever deleted from it. Stop, keep the data folder, and restore from a backup`
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
