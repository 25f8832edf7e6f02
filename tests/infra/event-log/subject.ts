/** What the contract suite needs of a log that it tests, and a few facts to write there. */
import { Context, Effect, type Layer, type Scope, Stream } from "effect"
import { type AnyFact, events } from "../../../contracts/catalogue.ts"
import { ChatId } from "../../../contracts/ids.ts"
import { MessageReceived } from "../../../contracts/message.ts"
import { Muted, Unmuted } from "../../../contracts/policy.ts"
import type {
  Batch,
  Entry,
  EventLog,
  EventLogService,
  LogEvent,
  ReadOptions
} from "../../../infra/event-log/event-log.ts"
import type { Keyring } from "../../../infra/keyring/keyring.ts"

/** The log from behind: as another version, an attacker with the disk, or time itself would touch it. */
export class Behind extends Context.Service<
  Behind,
  {
    /** Stores a message as it is, and answers with its sequence. */
    readonly store: (
      subject: string,
      headers: Readonly<Record<string, string>>,
      data: string
    ) => Effect.Effect<number>
    /** The headers and the data of a message, as they lie there. */
    readonly show: (
      sequence: number
    ) => Effect.Effect<{ readonly header: (name: string) => string; readonly data: string }>
    /** Lets time pass for the log and its groups. */
    readonly pass: (millis: number) => Effect.Effect<void>
  }
>()("wadjet/tests/Behind") {}

/** Registers a test that has an empty log of its own. */
export type LogTest = (
  name: string,
  test: Effect.Effect<void, unknown, EventLog | Keyring | Behind | Scope.Scope>
) => void

/** A log of its own for each test. */
export type LogLayer<R> = Layer.Layer<EventLog | Keyring | Behind, unknown, R>

export const chat = (number: number) => ChatId.make(`cchat${String(number).padStart(4, "0")}`)
export const muted = (number: number, until = 1) => Muted({ chat: chat(number), until, by: "operator" })
export const unmuted = (number: number) => Unmuted({ chat: chat(number), by: "operator" })
export const received = (text = "look http://example.com/") => {
  const { said, ...rest } = MessageReceived.example as ReturnType<typeof MessageReceived>["data"]
  return MessageReceived({ ...rest, said: { ...said, text } })
}

export const by = { actor: "verdict" }
export const entry = (id: string, fact: AnyFact, expected?: number): Entry =>
  expected === undefined ? { id, fact } : { id, fact, expected }

/** Appends facts one by one under ids made of a prefix and a number. */
export const appendEach = (log: EventLogService, prefix: string, facts: ReadonlyArray<AnyFact>) =>
  Effect.forEach(facts, (fact, index) => log.append([entry(`${prefix}${index}`, fact)], by), {
    discard: true
  })

/** Reads batches until enough events came. */
export const readEvents = (log: EventLogService, options: ReadOptions, count: number) =>
  Effect.gen(function* () {
    const events: Array<LogEvent> = []
    const batches: Array<Batch> = []
    yield* log.read(options).pipe(
      Stream.takeUntil((batch) => {
        batches.push(batch)
        events.push(...batch.events)
        return events.length >= count
      }),
      Stream.runDrain
    )
    return { events, batches }
  })

export const sequencesOf = (events: ReadonlyArray<LogEvent>) => events.map(({ sequence }) => sequence)
export const upFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => first + index)
export const everyName = events.map(({ type }) => type)
