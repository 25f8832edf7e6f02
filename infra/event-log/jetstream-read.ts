/** Reading the log on JetStream, in order. */
import { setImmediate, setTimeout } from "node:timers/promises"
import { type ConsumerMessages, DeliverPolicy, type JsMsg } from "@nats-io/jetstream"
import { Effect, Schedule, Stream } from "effect"
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
import { abandonedAfterMillis, idleHeartbeatMillis, pullExpiresMillis } from "./pulling.ts"
import type { Tail, Taken } from "./tail.ts"
import { tryLog } from "./try-log.ts"

/**
 * Messages asked of the server ahead of need: more costs memory, fewer costs round trips. Whoever takes more than these at
 * once is sent as many, which arrive while those before are folded.
 */
const prefetchMessages = 1_000
/** The most events of one batch where a reader does not say. */
const batchMaxByDefault = 500
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

/** Whether so much of what waits is wanted that the server had better not look for it. */
const worthChoosing = (nats: NatsService, from: number, wanted: number) =>
  wanted < chooseFromMessages
    ? Effect.succeed(false)
    : Effect.map(
        tryLog("start reading", () => nats.manager.streams.info(eventStream.name)),
        ({ state }) => wanted > (state.last_seq - from + 1) * chooseFromShare
      )

/** A consumer of one reader. */
interface Own {
  readonly take: (most: number) => Promise<Taken>
  /** How much waits behind what was taken. */
  pending: number
  /** Whether nothing is brought that this reader was not given, or passed over. */
  readonly isLevel: () => Promise<boolean>
  readonly close: () => void
}

/**
 * A consumer of a reader's own, from a sequence on. Of some of the events it catches up by choosing from all of them where
 * many are wanted: by one filter the server finds what is wanted faster than a client leaves out what is not.
 */
const openOwn = Effect.fnUntraced(function* (
  nats: NatsService,
  account: AccountId,
  options: ReadOptions,
  from: number
) {
  const filters = filtersOf(account, options)
  let { consumer, pending } = yield* openAt(nats, from, filters)
  const chooses = filters.length > 1 && (yield* worthChoosing(nats, from, pending))
  if (chooses) {
    yield* tryLog("start reading", () => consumer.delete())
    void ({ consumer, pending } = yield* openAt(nats, from, []))
  }
  const messages = yield* tryLog("start reading", () =>
    consumer.consume({
      max_messages: Math.max(prefetchMessages, options.batchMax ?? batchMaxByDefault),
      expires: pullExpiresMillis,
      idle_heartbeat: idleHeartbeatMillis
    })
  )
  const take = takingFrom(messages, chooses ? listeningTo(options) : all, options.gathers === true)
  let seen = from - 1
  const own: Own = {
    take: async (most) => {
      const taken = await take(most)
      seen = taken.upTo
      own.pending = taken.pending
      return taken
    },
    pending,
    isLevel: async () => {
      const { delivered, num_pending } = await consumer.info()
      return num_pending === 0 && delivered.stream_seq <= seen
    },
    close: () => {
      messages.stop()
      // Otherwise the server would keep it for as long as the consumer of a reader that went away.
      if (!nats.connection.isClosed()) consumer.delete().catch(() => undefined)
    }
  }
  return own
})

/**
 * One reader: by a consumer of its own until it has read what is there, then by the tail that all readers of the process
 * share, and by its own again where it is left behind.
 */
const openReader = Effect.fnUntraced(function* (
  nats: NatsService,
  account: AccountId,
  decode: Decode,
  tail: Tail,
  options: ReadOptions
) {
  const batchMax = options.batchMax ?? batchMaxByDefault
  const accepts = listeningTo(options)
  const isWhole = wantsAll(options)
  let upTo = options.from - 1
  let joined = tail.opened()?.join(upTo, accepts, true)
  let own = joined === undefined ? yield* openOwn(nats, account, options, options.from) : undefined
  let owesLevel = own?.pending === 0
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      joined?.leave()
      own?.close()
    })
  )

  const batchOf = (taken: Taken, more?: Effect.Effect<void>) => {
    const events = taken.messages.map((message) => decode(storedOf(message)))
    const hole = isWhole ? events.findIndex((event, index) => event.sequence !== upTo + 1 + index) : -1
    if (hole >= 0) return Effect.fail(damagedAt(upTo + 1 + hole, events[hole]!.sequence))
    upTo = taken.upTo
    return Effect.succeed<Batch>({ events, upTo, pending: taken.pending, more })
  }

  /**
   * Leaves its own consumer for the tail, where nothing is missed by that: what was there when the tail began was either
   * given to this reader or was nothing for it.
   */
  const moveOn = (level: Own) =>
    Effect.gen(function* () {
      const open = yield* tail.open
      const from = open.from()
      const isLevel = upTo + 1 >= from || (yield* tryLog("show where a reader is", level.isLevel))
      if (!isLevel) return
      joined = open.join(Math.max(upTo, from - 1), accepts, false)
      if (joined === undefined) return
      level.close()
      own = undefined
      // The next time will do: until then its own consumer brings what comes.
    }).pipe(Effect.ignore)

  const byOwn = Effect.gen(function* () {
    own ??= yield* openOwn(nats, account, options, upTo + 1).pipe(
      // As the client makes a consumer again after an outage, however long that is.
      Effect.retry({
        schedule: Schedule.spaced(askAgainMillis),
        while: () => !nats.connection.isClosed()
      })
    )
    const reader = own
    return yield* batchOf(yield* tryLog("go on reading", () => reader.take(batchMax)))
  })

  const next: Effect.Effect<Batch, LogUnavailable | DamagedLog> = Effect.suspend(() => {
    if (owesLevel) {
      owesLevel = false
      return Effect.succeed<Batch>({ events: [], upTo, pending: 0 })
    }
    const sharing = joined
    if (sharing !== undefined)
      return Effect.flatMap(sharing.take(batchMax), (taken) => {
        if (taken !== "behind") return batchOf(taken, sharing.more)
        sharing.leave()
        joined = undefined
        return byOwn
      })
    if (own?.pending !== 0) return byOwn
    return Effect.flatMap(moveOn(own), () => (joined === undefined ? byOwn : next))
  })
  return Stream.fromEffectRepeat(next)
})

/** `read` of the event log. */
export const readFrom =
  (nats: NatsService, account: AccountId, decode: Decode, tail: Tail): EventLogService["read"] =>
  (options) =>
    Stream.unwrap(openReader(nats, account, decode, tail, options))

const all = () => true

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
