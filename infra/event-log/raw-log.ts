/** The log as the server stores it, neither decoded nor opened: what a copy of it is made from. */
import { setImmediate } from "node:timers/promises"
import { DeliverPolicy, type JsMsg } from "@nats-io/jetstream"
import { Context, Effect, Layer, Scope } from "effect"
import { eventStream } from "../../contracts/streams.ts"
import { Nats, type NatsService } from "../nats/connection.ts"
import { LogFolder } from "./archive/archive-files.ts"
import { openArchive } from "./archive/read-archive.ts"
import { asFirstStored } from "./batch-headers.ts"
import { damagedAt } from "./damaged.ts"
import type { DamagedLog, LogUnavailable } from "./event-log.ts"
import { headerBlockOf } from "./header-block.ts"
import type { RawMessage } from "./packed-messages.ts"
import { archivedIn } from "./stream-setup.ts"
import { tryLog } from "./try-log.ts"

export type { RawMessage }

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
  headers: asFirstStored(blockOf(message)),
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
    let coming: Promise<IteratorResult<JsMsg>> | undefined
    const one = async () => {
      coming ??= iterator.next()
      const result = await coming
      coming = undefined
      if (result.done === true) throw new Error("the reader was closed")
      return result.value
    }
    /** What is here by now. The client counts among what is pending also what nobody will be given. */
    const oneHere = async () => {
      coming ??= iterator.next()
      const first = await Promise.race([coming, setImmediate(undefined)])
      return first === undefined ? undefined : one()
    }
    const take = async () => {
      const taken = [await one()]
      while (taken.length < takenMax && messages.getPending() > 0) {
        const next = await oneHere()
        if (next === undefined) break
        taken.push(next)
      }
      return taken.map(rawOf)
    }
    let failed: DamagedLog | undefined
    const more = Effect.suspend((): Effect.Effect<ReadonlyArray<RawMessage>, LogUnavailable | DamagedLog> =>
      failed === undefined ? tryLog("go on reading", take) : Effect.fail(failed)
    )
    const next = more.pipe(
      Effect.flatMap((taken): Effect.Effect<ReadonlyArray<RawMessage>, DamagedLog> => {
        const hole = taken.findIndex((message, index) => message.sequence !== last + 1 + index)
        if (hole !== -1) failed = damagedAt(last + 1 + hole, taken[hole]!.sequence)
        if (failed !== undefined && hole === 0) return Effect.fail(failed)
        // What stands before a hole is handed out; the next time it is said that nothing follows.
        const whole = hole === -1 ? taken : taken.slice(0, hole)
        last += whole.length
        return Effect.succeed(whole)
      })
    )
    return { next } satisfies RawReader
  })

/** From files, as far as they go, and on from the server. */
const readAll = Effect.fnUntraced(function* (nats: NatsService, sequence: number) {
  const live = readFrom(nats)
  const info = yield* tryLog("start reading", () => nats.manager.streams.info(eventStream.name))
  const archived = archivedIn(info)
  if (archived === undefined || sequence > archived.upTo) return yield* live(sequence)
  const archive = (yield* openArchive(archived))!
  const scope = yield* Effect.scope
  let from = sequence
  let behind: RawReader | undefined
  const next: RawReader["next"] = Effect.gen(function* () {
    const file = archive.fileOf(from)
    if (file !== undefined) {
      const found = (yield* archive.load(file)).slice(from - file.first)
      from = file.last + 1
      return found
    }
    behind ??= yield* Scope.provide(live(from), scope)
    return yield* behind.next
  })
  return { next } satisfies RawReader
})

/** The log on JetStream. */
export const rawJetStreamLog = Layer.effect(
  RawLog,
  Effect.gen(function* () {
    const nats = yield* Nats
    const dataFolder = yield* LogFolder
    return RawLog.of({
      readFrom: (sequence) => Effect.provideService(readAll(nats, sequence), LogFolder, dataFolder)
    })
  })
)
