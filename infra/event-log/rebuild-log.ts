/**
 * Making the log anew from messages that were stored before: the same messages under the same sequences, in a stream
 * of another generation. Whoever runs on it begins behind them: nothing that was done for them is done again.
 */
import { setTimeout } from "node:timers/promises"
import { type MsgHdrs, headers as noHeaders, type NatsConnection } from "@nats-io/transport-node"
import type { JetStreamManager } from "@nats-io/jetstream"
import { Effect } from "effect"
import { headerNames } from "../../contracts/envelope.ts"
import { eventStream } from "../../contracts/streams.ts"
import type { Archived } from "./archive/archive-files.ts"
import { LogUnavailable } from "./event-log.ts"
import { headerIn } from "./header-block.ts"
import { storedAs } from "./batch-headers.ts"
import { makeStream, markRestored } from "./stream-setup.ts"
import { tryLog } from "./try-log.ts"

/** A message as it was stored: its subject, its header block as on the wire, and its data. */
export interface StoredBefore {
  readonly subject: string
  readonly headers: string
  readonly data: Uint8Array
}

/** After so many messages the server is asked how far it has come; it takes ten thousand ahead of its disk. */
const askedAfterMessages = 1_000
const answerMillisMax = 30_000
/** How long the server recognises an id: the shortest time that it takes. Ids may come twice in the log. */
const recognisedMillis = 100
/** How long it is waited for that to be over, and how often. */
const forgettingMillis = 2 * recognisedMillis
const forgettingTimesMax = 50

/** The headers of a block as the client takes them. */
const headersOf = (block: string): MsgHdrs => {
  const all = noHeaders()
  for (const line of block.split("\r\n").slice(1)) {
    const colon = line.indexOf(":")
    if (colon > 0) all.append(storedAs(line.slice(0, colon)), line.slice(colon + 1).trim())
  }
  return all
}

interface PubAck {
  readonly seq?: number
  readonly duplicate?: boolean
  readonly error?: { readonly description: string }
}

/** Publishes one and waits for its sequence; `undefined` where the server takes it for one that it has. */
const publishAsked = async (
  connection: NatsConnection,
  { data, headers, subject }: StoredBefore
): Promise<number | undefined> => {
  const options = { headers: headersOf(headers), timeout: answerMillisMax }
  const ack = (await connection.request(subject, data, options)).json<PubAck>()
  if (ack.error !== undefined || ack.seq === undefined)
    throw new Error(`the server did not store a message: ${ack.error?.description ?? "it named no sequence"}`)
  return ack.duplicate === true ? undefined : ack.seq
}

/** Ids of the last moments, longer than the server recognises them. */
const makeRecentIds = () => {
  let newer = new Set<string>()
  let older = new Set<string>()
  let since = performance.now()
  return {
    has: (id: string) => newer.has(id) || older.has(id),
    add: (id: string) => {
      if (performance.now() - since > 2 * forgettingMillis) {
        older = newer
        newer = new Set()
        since = performance.now()
      }
      newer.add(id)
    }
  }
}

export interface Rebuilding {
  /** Stores messages behind those that are there. What it answered for is in the stream, in this order. */
  readonly add: (messages: ReadonlyArray<StoredBefore>) => Effect.Effect<void, LogUnavailable>
  /** The last sequence by now. */
  readonly last: () => number
  /**
   * Makes it a log that can be run on: of a generation, whose workers begin behind an event, and what is before its
   * first event is in files.
   */
  readonly finish: (
    generation: string,
    restoredUpTo: number,
    archived?: Archived
  ) => Effect.Effect<void, LogUnavailable>
}

/**
 * Makes the stream, which must not be there yet and whose first message will have a number, and answers with how it is
 * filled.
 *
 * @example
 * const log = yield* beginLog(nats)
 * yield* log.add(messages)
 * yield* log.finish(freshGeneration(), log.last())
 */
export const beginLog = Effect.fn("beginLog")(function* (
  { connection, manager }: { readonly connection: NatsConnection; readonly manager: JetStreamManager },
  first = 1
) {
  yield* makeStream(manager, eventStream, recognisedMillis, first)
  const recent = makeRecentIds()
  let last = first - 1
  let unasked = 0

  const expectSequence = (found: number) => {
    if (found !== last) throw new Error(`expected the server to store event ${last}, found ${found}`)
  }

  /** One that the server recognises is offered again once it has forgotten it. */
  const persistently = async (message: StoredBefore) => {
    for (let times = 0; times < forgettingTimesMax; times++) {
      const found = await publishAsked(connection, message)
      if (found !== undefined) return expectSequence(found)
      await setTimeout(forgettingMillis)
    }
    throw new Error(`expected the server to store event ${last}, found that it takes it for an earlier one`)
  }

  /** Hands one over, or answers that the server has to be asked about it: who waits in between writes them one by one. */
  const addOne = ({ data, headers, subject }: StoredBefore): "given" | "ask" => {
    const id = headerIn(headers, headerNames.messageId)
    const isRepeated = id !== "" && recent.has(id)
    recent.add(id)
    last += 1
    unasked += 1
    if (isRepeated || unasked >= askedAfterMessages) return "ask"
    connection.publish(subject, data, { headers: headersOf(headers) })
    return "given"
  }

  const add = async (messages: ReadonlyArray<StoredBefore>) => {
    for (const message of messages)
      if (addOne(message) === "ask") {
        unasked = 0
        await persistently(message)
      }
    if (unasked === 0) return
    unasked = 0
    const { state } = await settled(connection, manager, last)
    expectSequence(state.last_seq)
  }

  return {
    add: (messages) => tryLog("store what was restored", () => add(messages)),
    last: () => last,
    finish: (generation: string, restoredUpTo: number, archived?: Archived) =>
      markRestored(manager, eventStream, generation, restoredUpTo, archived)
  } satisfies Rebuilding
})

/** What the stream holds once the server has stored what it was given. */
const settled = async (connection: NatsConnection, manager: JetStreamManager, last: number) => {
  await connection.flush()
  const until = performance.now() + answerMillisMax
  let info = await manager.streams.info(eventStream.name)
  while (info.state.last_seq < last && performance.now() < until) {
    await setTimeout(1)
    info = await manager.streams.info(eventStream.name)
  }
  return info
}
