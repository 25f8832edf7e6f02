/** Messages that wait to be stored at one place: read ahead from the log, as many as a segment or two may hold. */
import { Clock, Effect, Latch } from "effect"
import type { DamagedLog, LogUnavailable } from "../../../infra/event-log/event-log.ts"
import type { RawMessage, RawReader } from "../../../infra/event-log/raw-log.ts"
import { headerIn } from "../../../infra/event-log/header-block.ts"
import { headerNames } from "../../../contracts/envelope.ts"

/** The most that one segment holds: a few megabytes, which are in memory some times over while it is made. */
export const segmentEventsMax = 5_000
export const segmentBytesMax = 4 * 1024 * 1024

const sizeOf = ({ data, headers, subject }: RawMessage): number =>
  data.length + headers.length + subject.length

export interface Waiting {
  /** Reads on, and stops for as long as there is enough. Never succeeds. */
  readonly fill: (reader: RawReader) => Effect.Effect<never, LogUnavailable | DamagedLog>
  /** Waits until there is something. */
  readonly something: Effect.Effect<void>
  /** What the next segment may hold; it stays until it is dropped. */
  readonly peek: () => ReadonlyArray<RawMessage>
  readonly drop: (count: number) => void
  readonly clear: () => void
  readonly isFull: () => boolean
  /** When the oldest of them happened, in milliseconds since the epoch. */
  readonly since: () => number | undefined
}

const timeOf = (message: RawMessage, otherwise: number): number => {
  const time = Date.parse(headerIn(message.headers, headerNames.time))
  return Number.isNaN(time) ? otherwise : time
}

export const makeWaiting = (): Waiting => {
  let messages: Array<RawMessage> = []
  let bytes = 0
  let oldest: number | undefined
  const filled = Latch.makeUnsafe(false)
  const room = Latch.makeUnsafe(true)
  const isFull = () => messages.length >= segmentEventsMax || bytes >= segmentBytesMax
  const settle = () => {
    if (messages.length > 0) filled.openUnsafe()
    else filled.closeUnsafe()
    if (isFull()) room.closeUnsafe()
    else room.openUnsafe()
  }
  const add = (more: ReadonlyArray<RawMessage>, now: number) => {
    if (messages.length === 0) oldest = timeOf(more[0]!, now)
    messages.push(...more)
    for (const message of more) bytes += sizeOf(message)
    settle()
  }
  return {
    fill: (reader) =>
      Effect.gen(function* () {
        while (true) {
          yield* room.await
          const more = yield* reader.next
          add(more, yield* Clock.currentTimeMillis)
        }
      }),
    something: filled.await,
    peek: () => {
      let size = 0
      const end = messages.findIndex((message, index) => {
        size += sizeOf(message)
        return index > 0 && (index >= segmentEventsMax || size > segmentBytesMax)
      })
      // A copy: more may come while it is being stored.
      return messages.slice(0, end === -1 ? messages.length : end)
    },
    drop: (count) => {
      for (const message of messages.slice(0, count)) bytes -= sizeOf(message)
      messages = messages.slice(count)
      oldest = messages[0] === undefined ? undefined : timeOf(messages[0], oldest ?? 0)
      settle()
    },
    clear: () => {
      messages = []
      bytes = 0
      oldest = undefined
      settle()
    },
    isFull,
    since: () => oldest
  }
}
