/** The log as the server stores it, neither decoded nor opened: what a copy of it is made from. */
import { DeliverPolicy, type JsMsg } from "@nats-io/jetstream"
import { Context, Effect, Layer, type Scope } from "effect"
import { eventStream } from "../../contracts/streams.ts"
import { Nats, type NatsService } from "../nats/connection.ts"
import { damagedAt } from "./damaged.ts"
import type { DamagedLog, LogUnavailable } from "./event-log.ts"
import { headerBlockOf } from "./header-block.ts"
import { tryLog } from "./try-log.ts"

/** A message with everything that it carries. */
export interface RawMessage {
  readonly sequence: number
  readonly subject: string
  /** As on the wire, from `NATS/1.0` to the empty line. */
  readonly headers: string
  readonly data: Uint8Array
}

export interface RawReader {
  /** Waits for the next message, and brings those with it that are here by then. */
  readonly next: Effect.Effect<ReadonlyArray<RawMessage>, LogUnavailable | DamagedLog>
}

export interface RawLogService {
  /** All messages from a sequence on, in order and without gaps, until the scope closes. */
  readonly readFrom: (sequence: number) => Effect.Effect<RawReader, LogUnavailable, Scope.Scope>
}

export class RawLog extends Context.Service<RawLog, RawLogService>()("wadjet/infra/RawLog") {}

/** Messages asked of the server ahead of need, and bytes of them: one of the largest always fits. */
const prefetchMessages = 500
/** The most messages handed on at once. */
const takenMax = 500
const idleHeartbeatMillis = 2_000
const pullExpiresMillis = 10_000
/** How long the server keeps the consumer of a reader that went away. */
const abandonedAfterMillis = 30_000

const lineEnd = "\r\n"

/** The client hands out its headers where it does not hold the block as it came. */
const blockOf = (message: JsMsg): string => {
  const block = headerBlockOf(message)
  if (block !== undefined) return block
  const names = message.headers?.keys() ?? []
  const lines = names.flatMap((name) =>
    (message.headers?.values(name) ?? []).map((value) => `${name}: ${value}`)
  )
  return ["NATS/1.0", ...lines, "", ""].join(lineEnd)
}

const rawOf = (message: JsMsg): RawMessage => ({
  sequence: message.seq,
  subject: message.subject,
  headers: blockOf(message),
  // The client reads into one buffer after another, which would be kept whole for a message of it.
  data: Uint8Array.from(message.data)
})

const readFrom = (nats: NatsService) =>
  Effect.fn("readRawLog")(function* (sequence: number) {
    const messages = yield* Effect.acquireRelease(
      tryLog("start reading", async () => {
        const consumer = await nats.jetstream.consumers.get(eventStream.name, {
          deliver_policy: DeliverPolicy.StartSequence,
          opt_start_seq: sequence,
          inactive_threshold: abandonedAfterMillis
        })
        return consumer.consume({
          max_messages: prefetchMessages,
          expires: pullExpiresMillis,
          idle_heartbeat: idleHeartbeatMillis
        })
      }),
      (messages) => Effect.sync(() => messages.stop())
    )
    const iterator = messages[Symbol.asyncIterator]()
    let last = sequence - 1
    const one = async () => {
      const result = await iterator.next()
      if (result.done === true) throw new Error("the reader was closed")
      return result.value
    }
    const take = async () => {
      const taken = [await one()]
      while (taken.length < takenMax && messages.getPending() > 0) taken.push(await one())
      return taken.map(rawOf)
    }
    const next = Effect.flatMap(
      tryLog("go on reading", take),
      (taken): Effect.Effect<ReadonlyArray<RawMessage>, DamagedLog> => {
        const hole = taken.findIndex((message, index) => message.sequence !== last + 1 + index)
        if (hole !== -1) return Effect.fail(damagedAt(last + 1 + hole, taken[hole]!.sequence))
        last += taken.length
        return Effect.succeed(taken)
      }
    )
    return { next } satisfies RawReader
  })

/** The log on JetStream. */
export const rawJetStreamLog = Layer.effect(
  RawLog,
  Effect.map(Nats, (nats) => RawLog.of({ readFrom: readFrom(nats) }))
)
