/** `wadjet events`: the log as it is. Personal data stays sealed unless it is asked for by name. */
import { Effect, Stream } from "effect"
import type { AnyRecorded } from "../../contracts/catalogue.ts"
import { eventTypeOf } from "../../contracts/catalogue.ts"
import type { Context } from "../../contracts/contexts.ts"
import { EventLog, type LogEvent } from "../../infra/event-log/event-log.ts"
import { Keyring, type KeyringService } from "../../infra/keyring/keyring.ts"
import { pinoLogger } from "../../infra/telemetry/logger.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { openLog } from "./reach.ts"
import { printable } from "./words.ts"

/** Events shown where nobody says from which one on. */
const eventsShown = 20

const sealedMark = "(sealed)"
const forgottenMark = "(forgotten)"

type Words = (sealed: string) => unknown

const keepSealed: Words = () => sealedMark
const openedBy =
  (keyring: KeyringService): Words =>
  (sealed) =>
    keyring.open<unknown>(sealed) ?? forgottenMark

/** The data of an event with its personal fields as `words` shows them. */
const dataOf = (event: AnyRecorded, words: Words): Record<string, unknown> => {
  const personal = eventTypeOf(event.type)?.personal ?? {}
  return Object.fromEntries(
    Object.entries(event.data).map(([field, value]) => [
      field,
      field in personal ? words(String(value)) : value
    ])
  )
}

/** An event as JSON. Times are ISO 8601; what cannot be read says why. */
export const eventJson = (event: LogEvent, words: Words) => {
  if (event.type === "unreadable") return event
  const { boundary, cause, correlation, id, sequence, source, time, type } = event
  const chain = { cause: cause ?? null, correlation: correlation ?? null }
  return {
    sequence,
    type,
    id,
    time: new Date(time).toISOString(),
    boundary,
    source,
    ...chain,
    data: dataOf(event, words)
  }
}

/** Enough of a hash to tell it from others on one screen. */
const hashShown = 8
const isHash = /^[0-9a-f]{40}$/u
const isMoment = /(^at|^until|At|Until)$/u

const secondsOf = (millis: number): string => new Date(millis).toISOString().slice(0, 19).replace("T", " ")

const brief = (field: string, value: unknown): string => {
  if (typeof value === "string") return isHash.test(value) ? value.slice(0, hashShown) : printable(value)
  if (typeof value === "number")
    return isMoment.test(field) ? secondsOf(value) : String(Math.round(value * 100) / 100)
  if (Array.isArray(value)) return String(value.length)
  if (typeof value !== "object" || value === null) return String(value)
  return Object.entries(value)
    .map(([name, part]) => `${name} ${brief(name, part)}`)
    .join(", ")
}

/** An event as one line, cut to the width of the terminal. */
export const eventLine = (event: LogEvent, columns: number): string => {
  const number = `#${event.sequence}`.padStart(7)
  if (event.type === "unreadable")
    return `${number}  unreadable: ${printable(event.reason)}`.slice(0, columns)
  const facts = Object.entries(dataOf(event, keepSealed))
    .filter(([, value]) => value !== sealedMark)
    .map(([field, value]) => `${field}: ${brief(field, value)}`)
  return `${number}  ${secondsOf(event.time)}  ${event.type.padEnd(18)}  ${facts.join("; ")}`.slice(
    0,
    columns
  )
}

const logging = Effect.map(Host.config, ({ logLevel }) => pinoLogger(logLevel))

export interface TailInput {
  readonly from: number | undefined
  readonly context: Context | undefined
  readonly follow: boolean
  readonly json: boolean
}

const tail = Effect.fnUntraced(function* ({ context, follow, from, json }: TailInput) {
  const config = yield* Host.config
  const output = yield* Output
  const opened = yield* openLog(config)
  if (follow && opened.running === undefined && config.natsUrl === undefined)
    return yield* new OperatorFailed({
      what: "There is nothing to follow",
      why: `no system runs on ${opened.dataFolder}`,
      next: "Start it with `wadjet run`; without --follow the log is shown as it is.",
      exit: "unreachable"
    })
  const log = yield* Effect.provideContext(EventLog, opened.context)
  const last = yield* log.last
  const first = Math.max(1, from ?? last - eventsShown + 1)
  if (first > last && !follow)
    return yield* output.note(last === 0 ? "The log is empty." : `The log ends at event ${last}.`)
  const batches = log.read({ from: first, ...(context === undefined ? {} : { contexts: [context] }) })
  const wanted = follow
    ? batches
    : Stream.takeUntil(batches, ({ pending, upTo }) => pending === 0 || upTo >= last)
  const show = (event: LogEvent) =>
    json
      ? output.json(eventJson(event, keepSealed))
      : output.line(eventLine(event, output.terminal ? output.columns : Infinity))
  return yield* Stream.runForEach(wanted, ({ events }) => Effect.forEach(events, show, { discard: true }))
})

/** Shows events in order, the newest few or from a sequence on, and goes on with `follow`. */
export const tailEvents = Effect.fn("tailEvents")(function* (input: TailInput) {
  yield* Effect.scoped(tail(input)).pipe(Effect.provide(yield* logging))
})

export interface ShowInput {
  readonly sequence: number
  readonly open: boolean
  readonly json: boolean
}

const show = Effect.fnUntraced(function* ({ json, open, sequence }: ShowInput) {
  const config = yield* Host.config
  const output = yield* Output
  const { context } = yield* openLog(config)
  const log = yield* Effect.provideContext(EventLog, context)
  const event = yield* log.get(sequence)
  if (event === undefined)
    return yield* new OperatorFailed({
      what: `There is no event ${sequence}`,
      why: `the log has events 1 to ${yield* log.last}`,
      next: "`wadjet events tail` shows the newest ones."
    })
  const keyring = yield* Effect.provideContext(Keyring, context)
  const shown = eventJson(event, open ? openedBy(keyring) : keepSealed)
  if (json) return yield* output.json(shown)
  yield* output.line(JSON.stringify(shown, null, 2))
  const isSealed =
    event.type !== "unreadable" && Object.keys(eventTypeOf(event.type)?.personal ?? {}).length > 0
  if (isSealed && !open)
    yield* output.note("Personal data is sealed; --open shows it, with the keys of this machine.")
})

/** Shows one event whole. */
export const showEvent = Effect.fn("showEvent")(function* (input: ShowInput) {
  yield* Effect.scoped(show(input)).pipe(Effect.provide(yield* logging))
})
