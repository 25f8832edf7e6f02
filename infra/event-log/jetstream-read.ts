/** Reading the log on JetStream, in order. */
import { setImmediate, setTimeout } from "node:timers/promises"
import { type ConsumerMessages, DeliverPolicy, type JsMsg } from "@nats-io/jetstream"
import { Effect, Schedule, type Scope, Stream } from "effect"
import type { AccountId } from "../../contracts/ids.ts"
import { eventStream } from "../../contracts/streams.ts"
import type { NatsService } from "../nats/connection.ts"
import type { StoredMessage } from "./codec.ts"
import { damagedAt } from "./damaged.ts"
import type {
  Batch,
  DamagedLog,
  EventLogService,
  LogEvent,
  LogUnavailable,
  ReadOptions
} from "./event-log.ts"
import { headersOf } from "./header-block.ts"
import { filtersOf, listeningTo, wantsAll } from "./listening.ts"
import { tryLog } from "./try-log.ts"

/**
 * Messages asked of the server ahead of need: more costs memory, fewer costs round trips. Whoever takes more than these at
 * once is sent as many, which arrive while those before are folded.
 */
const prefetchMessages = 1_000
/** The most events of one batch where a reader does not say. */
const batchMaxByDefault = 500
/** How long a silent reader waits before it asks whether its consumer still exists. */
export const idleHeartbeatMillis = 2_000
/** How long one pull request stays open at the server. */
export const pullExpiresMillis = 10_000
/** How long the server keeps the consumer of a reader that went away. */
const abandonedAfterMillis = 30_000
/**
 * The server walks over every subject of a block, about a millisecond, for each message that it finds by
 * several filters; handing out a message that is not wanted costs both sides a hundredth of it. So who wants
 * more of what waits than this share gets all of it, and chooses.
 */
const chooseFromShare = 1 / 20
/** With fewer than these waiting for it, a reader is through before another consumer is made. */
const chooseFromMessages = 500
/** How long a reader that has caught up waits before it asks a server again that did not answer. */
const askAgainMillis = 500
/** Messages that who chooses looks at for one batch, found or not, so that its place in the log moves on. */
const lookedAtMax = 2_000

/** How long the server may take to bring more where it says that there is more. */
const stallMillis = 100

export const storedOf = (message: JsMsg): StoredMessage => ({
  sequence: message.seq,
  subject: message.subject,
  header: headersOf(message),
  data: () => message.string()
})

/** A consumer in order from a sequence on. */
const openAt = (nats: NatsService, from: number, filters: ReadonlyArray<string>) =>
  tryLog("start reading", async () => {
    const consumer = await nats.jetstream.consumers.get(eventStream.name, {
      ...(filters.length === 0 ? {} : { filter_subjects: [...filters] }),
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from,
      inactive_threshold: abandonedAfterMillis
    })
    return { consumer, pending: (await consumer.info()).num_pending }
  })

type Decode = (message: StoredMessage) => LogEvent

type Opened = Effect.Success<ReturnType<typeof openAt>>

/** Whether so much of what waits is wanted that the server had better not look for it. */
const worthChoosing = (nats: NatsService, from: number, wanted: number) =>
  wanted < chooseFromMessages
    ? Effect.succeed(false)
    : Effect.map(
        tryLog("start reading", () => nats.manager.streams.info(eventStream.name)),
        ({ state }) => wanted > (state.last_seq - from + 1) * chooseFromShare
      )

/** What a consumer brings, for ever. */
const follow = (
  { consumer, pending }: Opened,
  decode: Decode,
  options: ReadOptions,
  accepts: (subject: string) => boolean
): Effect.Effect<Stream.Stream<Batch, LogUnavailable | DamagedLog>, LogUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    const batchMax = options.batchMax ?? batchMaxByDefault
    const messages = yield* Effect.acquireRelease(
      tryLog("start reading", () =>
        consumer.consume({
          max_messages: Math.max(prefetchMessages, batchMax),
          expires: pullExpiresMillis,
          idle_heartbeat: idleHeartbeatMillis
        })
      ),
      (messages) => Effect.sync(() => messages.stop())
    )
    const take = takingFrom(messages, accepts, options.gathers === true)
    const whole = wantsAll(options)
    let upTo = options.from - 1

    const next = Effect.gen(function* () {
      const taken = yield* tryLog("go on reading", () => take(batchMax))
      const events = taken.messages.map((message) => decode(storedOf(message)))
      if (whole) {
        const hole = events.find((event, index) => event.sequence !== upTo + 1 + index)
        if (hole !== undefined) return yield* damagedAt(upTo + 1 + events.indexOf(hole), hole.sequence)
      }
      upTo = taken.upTo
      return { events, upTo, pending: taken.pending }
    })
    const live = Stream.fromEffectRepeat(next)
    return pending === 0 ? Stream.concat(Stream.succeed({ events: [], upTo, pending: 0 }), live) : live
  })

/**
 * `read` of the event log. A reader of some of the events catches up by choosing from all of them where many
 * are wanted, and is woken by its own alone after that.
 */
export const readFrom = (nats: NatsService, account: AccountId, decode: Decode): EventLogService["read"] => {
  const reading = Effect.fnUntraced(function* (options: ReadOptions) {
    const filters = filtersOf(account, options)
    const opened = yield* openAt(nats, options.from, filters)
    // By one filter the server finds what is wanted faster than a client leaves out what is not.
    if (filters.length <= 1 || !(yield* worthChoosing(nats, options.from, opened.pending)))
      return yield* follow(opened, decode, options, all)
    yield* tryLog("start reading", () => opened.consumer.delete())
    const everything = yield* openAt(nats, options.from, [])
    let upTo = options.from - 1
    const choosing = Stream.unwrap(follow(everything, decode, options, listeningTo(options))).pipe(
      Stream.tap((batch) => Effect.sync(() => void (upTo = batch.upTo))),
      Stream.takeUntil(({ pending }) => pending === 0)
    )
    const onwards = Effect.gen(function* () {
      // Otherwise the server would keep it for as long as the consumer of a reader that went away.
      yield* Effect.ignore(tryLog("end reading", () => everything.consumer.delete()))
      const from = upTo + 1
      const own = yield* openAt(nats, from, filters).pipe(
        // As the client makes a consumer again after an outage, however long that is.
        Effect.retry(Schedule.spaced(askAgainMillis))
      )
      return yield* follow(own, decode, { ...options, from }, all)
    })
    return Stream.concat(choosing, Stream.unwrap(onwards))
  })
  return (options) => Stream.unwrap(reading(options))
}

const all = () => true

interface Taken {
  readonly messages: ReadonlyArray<JsMsg>
  readonly upTo: number
  /** How many more wait, as the server has it. */
  readonly pending: number
}

/**
 * Takes what is there, at least one message, up to a limit or until the server has nothing more for now, and
 * keeps those whose subject is accepted. A damaged message is counted by the server and never comes: what came
 * before is not held back for it.
 */
const takingFrom = (incoming: ConsumerMessages, accepts: (subject: string) => boolean, gathers: boolean) => {
  const iterator = incoming[Symbol.asyncIterator]()
  let coming: Promise<IteratorResult<JsMsg>> | undefined

  const next = async (): Promise<JsMsg> => {
    coming ??= iterator.next()
    const result = await coming
    coming = undefined
    if (result.done === true) throw new Error("the reader was closed")
    return result.value
  }

  const nextSoon = async (): Promise<JsMsg | undefined> => {
    if (incoming.getPending() > 0) return next()
    coming ??= iterator.next()
    const stalled = new AbortController()
    const stall = setTimeout(stallMillis, undefined, { signal: stalled.signal }).catch(() => undefined)
    const first = await Promise.race([coming, stall])
    stalled.abort()
    return first === undefined ? undefined : next()
  }

  /** What is here by now. The client counts among what is pending also what nobody will be given. */
  const nextHere = async (): Promise<JsMsg | undefined> => {
    coming ??= iterator.next()
    const first = await Promise.race([coming, setImmediate(undefined)])
    return first === undefined ? undefined : next()
  }

  return async (batchMax: number): Promise<Taken> => {
    const messages: Array<JsMsg> = []
    const seenMax = Math.max(batchMax, lookedAtMax)
    let last = await next()
    for (let seen = 1; ; seen++) {
      if (accepts(last.subject)) messages.push(last)
      if (messages.length >= batchMax || seen >= seenMax) break
      if (last.info.pending === 0 && !gathers) break
      // What came one by one, each the last of its moment, may be waiting here by now.
      const following = await (last.info.pending === 0 ? nextHere() : nextSoon())
      if (following === undefined) break
      last = following
    }
    return { messages, upTo: last.seq, pending: last.info.pending }
  }
}
