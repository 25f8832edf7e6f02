/**
 * What is added to the log, brought to a process once for all of its readers. Who has read what there was joins: from then
 * on the server hands out each event once, however many readers want it. The last messages are kept, so that all take them
 * in their own time; who falls further behind leaves, and reads with a consumer of its own.
 */
import { type ConsumerMessages, DeliverPolicy, type JsMsg } from "@nats-io/jetstream"
import { Effect, Exit } from "effect"
import { eventStream } from "../../contracts/streams.ts"
import type { NatsService } from "../nats/connection.ts"
import { LogUnavailable } from "./event-log.ts"
import { abandonedAfterMillis, idleHeartbeatMillis, pullExpiresMillis } from "./pulling.ts"
import { because, tryLog } from "./try-log.ts"

/** At the least: what comes in a hurry while a fold takes its time. */
const keptMaxByDefault = 500
const keptMaxBytes = 8 * 1024 * 1024
/** Messages asked of the server ahead of need. */
const prefetchMessages = 1_000

export interface Taken {
  readonly messages: ReadonlyArray<JsMsg>
  /** Nothing that the reader accepts is left below or at this sequence. */
  readonly upTo: number
  /** How many more wait. */
  readonly pending: number
}

/** One reader of a tail. */
export interface Joined {
  /** What it accepts of what came, at least one, or that it is level again; `behind` where some of it is kept no more. */
  readonly take: (most: number) => Effect.Effect<Taken | "behind", LogUnavailable>
  /** Succeeds once more is here than was taken. */
  readonly more: Effect.Effect<void>
  readonly leave: () => void
}

export interface OpenTail {
  readonly isOpen: () => boolean
  /** Every event from this sequence on is kept, or comes. */
  readonly from: () => number
  /**
   * Joins behind a sequence; `undefined` where what comes next is not here. `owesLevel` says that the reader was not told
   * yet that nothing waits for it.
   */
  readonly join: (
    after: number,
    accepts: (subject: string) => boolean,
    owesLevel: boolean
  ) => Joined | undefined
}

export interface Tail {
  /** The tail, opened where nobody has opened it yet. */
  readonly open: Effect.Effect<OpenTail, LogUnavailable>
  /** The tail, if it is open. */
  readonly opened: () => OpenTail | undefined
}

/** The last messages, and for how long readers have to take them. */
const makeKept = (from: number, keptMax: number) => {
  const kept: Array<JsMsg> = []
  let gone = 0
  let bytes = 0
  return {
    /** The sequence from which on all are here. */
    from: () => from,
    first: () => gone,
    end: () => gone + kept.length,
    at: (place: number) => kept[place - gone]!,
    last: () => kept.at(-1),
    behind: (after: number) => {
      const index = kept.findLastIndex(({ seq }) => seq <= after)
      return gone + index + 1
    },
    keep: (message: JsMsg) => {
      kept.push(message)
      bytes += message.data.length
      if (kept.length <= 2 * keptMax && bytes <= keptMaxBytes) return
      // Half of them at once: to let go of one is to move all others.
      const left = kept.splice(0, Math.ceil(kept.length / 2))
      gone += left.length
      from = left.at(-1)!.seq + 1
      for (const { data } of left) bytes -= data.length
    }
  }
}

/** What waits for something to come: looks whether it is here, and is asked again where it is not. */
type Waiting = () => void

/** Waits until what is looked for is there. */
const waitFor = <A, E>(waiting: Set<Waiting>, look: () => Exit.Exit<A, E> | undefined) =>
  Effect.suspend(() => {
    const found = look()
    if (found !== undefined) return found
    return Effect.callback<A, E>((resume) => {
      const again = () => {
        const exit = look()
        if (exit === undefined) return
        waiting.delete(again)
        resume(exit)
      }
      waiting.add(again)
      return Effect.sync(() => void waiting.delete(again))
    })
  })

const begin = async (nats: NatsService, keptMax: number): Promise<OpenTail> => {
  const { state } = await nats.manager.streams.info(eventStream.name)
  const start = state.last_seq + 1
  const kept = makeKept(start, keptMax)
  const waiting = new Set<Waiting>()
  const readers = new Set<object>()
  let closed: Exit.Exit<never, LogUnavailable> | undefined
  let isWaking = false

  const wake = () => {
    isWaking = false
    for (const again of waiting) again()
  }
  // Once for all that came in one piece over the connection.
  const wakeSoon = () => {
    if (isWaking) return
    isWaking = true
    queueMicrotask(wake)
  }

  const consumer = await nats.jetstream.consumers.get(eventStream.name, {
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: start,
    inactive_threshold: abandonedAfterMillis
  })
  const messages: ConsumerMessages = await consumer.consume({
    max_messages: prefetchMessages,
    expires: pullExpiresMillis,
    idle_heartbeat: idleHeartbeatMillis,
    callback: (message) => {
      kept.keep(message)
      wakeSoon()
    }
  })

  const end = (message: string) => {
    if (closed !== undefined) return
    closed = Exit.fail(new LogUnavailable({ operation: "go on reading", message }))
    wakeSoon()
  }
  messages.closed().then(
    (error) => end(error === undefined ? "the reader was closed" : because(error)),
    (error: unknown) => end(because(error))
  )

  return {
    isOpen: () => closed === undefined,
    from: kept.from,
    join: (after, accepts, owesLevel) => {
      if (closed !== undefined || after + 1 < kept.from()) return undefined
      const reader = {}
      let place = kept.behind(after)
      let upTo = after
      let owes = owesLevel
      const isWanted = (message: JsMsg) => message.seq > after && accepts(message.subject)

      const look = (most: number): Exit.Exit<Taken | "behind", LogUnavailable> | undefined => {
        if (place < kept.first()) return Exit.succeed("behind")
        const found: Array<JsMsg> = []
        for (; place < kept.end() && found.length < most; place++) {
          const message = kept.at(place)
          upTo = Math.max(upTo, message.seq)
          if (isWanted(message)) found.push(message)
        }
        const pending = kept.end() - place + (kept.last()?.info.pending ?? 0)
        if (found.length === 0 && !(owes && pending === 0)) return closed
        owes = pending > 0
        return Exit.succeed({ messages: found, upTo, pending })
      }
      const hasMore = () => {
        if (closed !== undefined || place < kept.first()) return Exit.void
        for (let at = place; at < kept.end(); at++) if (isWanted(kept.at(at))) return Exit.void
        return undefined
      }

      readers.add(reader)
      return {
        take: (most) => waitFor(waiting, () => look(most)),
        more: waitFor(waiting, hasMore),
        leave: () => {
          readers.delete(reader)
          if (readers.size > 0 || closed !== undefined) return
          end("its last reader left")
          messages.stop()
          consumer.delete().catch(() => undefined)
        }
      }
    }
  }
}

/** The tail of the event stream, which is open as long as somebody has joined it. `keptMax` is for tests. */
export const makeTail = (nats: NatsService, keptMax = keptMaxByDefault): Tail => {
  let opening: Promise<OpenTail> | undefined
  let last: OpenTail | undefined
  const opened = () => (last?.isOpen() === true ? last : undefined)
  const open = async () => {
    const known = opened()
    if (known !== undefined) return known
    opening ??= begin(nats, keptMax).finally(() => (opening = undefined))
    last = await opening
    return last
  }
  return { open: tryLog("follow its end", open), opened }
}
