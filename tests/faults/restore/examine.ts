/** What became of a log that was restored: run on until it is at rest, and held against what it was, and the other side. */
import { join } from "node:path"
import { Effect, Layer, Logger, Redacted, Schedule, Stream } from "effect"
import { runActors, services } from "../../../actors/operator/system.ts"
import { IngestMessages } from "../../../contracts/commands.ts"
import type { AnyRecorded, RecordedOf } from "../../../contracts/catalogue.ts"
import { type OutboxId, whatsAppIdOf } from "../../../contracts/ids.ts"
import {
  DecideMessages,
  EndQuarantine,
  ListHeldMessages,
  type QuarantineDecision,
  quarantinePageMax
} from "../../../contracts/quarantine.ts"
import { entryQueuedBy } from "../../../contracts/queued-entry.ts"
import { eventStream } from "../../../contracts/streams.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { storedAs } from "../../../infra/event-log/batch-headers.ts"
import { EventLog, type EventLogService } from "../../../infra/event-log/event-log.ts"
import { rawJetStreamLog, RawLog, type RawMessage } from "../../../infra/event-log/raw-log.ts"
import { Nats } from "../../../infra/nats/connection.ts"
import { startNatsServer } from "../../../infra/nats-server/start.ts"
import type { Digest } from "../../../projections/digest.ts"
import { foldInto } from "../../../projections/rebuild.ts"
import { readBook, readLog, type Transmission } from "../history.ts"
import { maliciousUrl } from "../traffic.ts"
import { pacing } from "./life.ts"

/** A message as whoever posted it knows it. */
export interface Answered {
  readonly chatName: string
  readonly message: {
    readonly id: string
    readonly author: string
    readonly sentAt: number
    readonly text: string
  }
  /** Infinite where nobody answered. */
  readonly sequence: number
  readonly at: number
}

export interface Examined {
  readonly binary: string
  readonly dataFolder: string
  readonly upTo: number
  readonly generation: string
  readonly tried: ReadonlyArray<Answered>
  readonly seen: ReadonlyArray<RawMessage>
  readonly models: { readonly sequence: number; readonly digest: Digest }
  /** What the other side had when all else was lost. */
  readonly book: ReadonlyArray<Transmission>
  readonly decision: QuarantineDecision
  readonly without: "quarantine" | "workers-begin-behind" | undefined
}

export interface Found {
  readonly breaches: ReadonlyArray<string>
  readonly upTo: number
  /** Messages that waited for a decision, and of these such as the other side had. */
  readonly held: number
  readonly hadLeft: number
  readonly transmissions: number
}

const settleSeconds = 60
const lookAgain = Schedule.spaced("50 millis")

/** Waits for a fact; whoever waits in vain goes on, and is told by what is missing. */
const until = <R>(holds: Effect.Effect<boolean, unknown, R>) =>
  holds.pipe(
    Effect.flatMap((it) => (it ? Effect.void : Effect.fail("not yet"))),
    Effect.retry(lookAgain),
    Effect.timeoutOption(`${settleSeconds} seconds`)
  )

const isOf = <T extends AnyRecorded["type"]>(events: ReadonlyArray<AnyRecorded>, type: T) =>
  events.filter((event): event is RecordedOf<T> & AnyRecorded => event.type === type)

/** Every link of every message that is here has a verdict. */
const areAllJudged = (events: ReadonlyArray<AnyRecorded>): boolean => {
  const judged = new Set(
    events.flatMap((event) =>
      event.type === "verdict.decided" || event.type === "verdict.suppressed"
        ? [`${event.data.message} ${event.data.link}`]
        : []
    )
  )
  return isOf(events, "message.received").every(({ data }) =>
    data.links.every(({ link }) => judged.has(`${data.message} ${link}`))
  )
}

const eventsOf = Effect.map(Effect.flatMap(EventLog, readLog), ({ events }) => events)

const heldNow = Effect.gen(function* () {
  const bus = yield* CommandBus
  const ids: Array<{ readonly outbox: OutboxId; readonly whatsApp: string }> = []
  let behind: { readonly after?: OutboxId } | undefined = {}
  while (behind !== undefined) {
    const page: (typeof ListHeldMessages)["answer"]["Type"] = yield* bus.request(ListHeldMessages, behind)
    ids.push(...page.messages)
    behind = page.next === null ? undefined : { after: page.next }
  }
  return ids
})

/** The header block as it is stored again. */
const headersOf = (block: string): string =>
  block
    .split("\r\n")
    .map((line) => {
      const colon = line.indexOf(":")
      const name = colon < 1 ? undefined : storedAs(line.slice(0, colon))
      return name === undefined ? "" : `${name}:${line.slice(colon + 1)}`
    })
    .join("\n")

const isSame = (one: RawMessage, other: RawMessage | undefined): boolean =>
  other !== undefined &&
  one.sequence === other.sequence &&
  one.subject === other.subject &&
  Buffer.from(one.data).equals(Buffer.from(other.data)) &&
  headersOf(one.headers).replaceAll("\n", "") === headersOf(other.headers).replaceAll("\n", "")

/** The log is what it was, event by event. */
const logBreaches = Effect.fnUntraced(function* ({ seen, upTo }: Examined) {
  const reader = yield* (yield* RawLog).readFrom(1)
  const now: Array<RawMessage> = []
  while (now.length < upTo) now.push(...(yield* reader.next))
  const differs = seen.filter(
    (message) => message.sequence <= upTo && !isSame(message, now[message.sequence - 1])
  )
  return differs.length === 0
    ? []
    : [`${differs.length} events are not what they were, the first is ${differs[0]!.sequence}`]
}, Effect.scoped)

const modelBreaches = Effect.fnUntraced(function* ({ dataFolder, models, upTo }: Examined) {
  if (models.sequence > upTo) return ["the read models were copied too late to be compared"]
  const then = yield* foldInto({ file: join(dataFolder, "then.db"), until: models.sequence })
  return Object.entries(models.digest.models)
    .filter(([name, text]) => then.digest.models[name] !== text)
    .map(([name]) => `the read model ${name} differs from what it was at ${models.sequence}`)
})

/** Nothing that had been scanned is scanned again, for the same message. */
const scanBreaches = (events: ReadonlyArray<AnyRecorded>): ReadonlyArray<string> => {
  const times = Map.groupBy(isOf(events, "scan.completed"), ({ cause, data }) => `${cause} ${data.link}`)
  return [...times].flatMap(([, scans]) =>
    scans.length > 1
      ? [`a link is scanned ${scans.length} times for one message (event ${scans.at(-1)!.sequence})`]
      : []
  )
}

const bookBreaches = (
  before: ReadonlyArray<Transmission>,
  now: ReadonlyArray<Transmission>,
  when: string
): ReadonlyArray<string> =>
  now.length === before.length
    ? []
    : [`${when}: ${now.length - before.length} messages left that were not to leave`]

/** What the other side has and the log does not know to be sent is listed. */
const unlisted = (
  events: ReadonlyArray<AnyRecorded>,
  book: ReadonlyArray<Transmission>,
  held: ReadonlySet<string>
): ReadonlyArray<string> => {
  const sent = new Set<string>([
    ...isOf(events, "outbox.sent").map(({ data }) => data.whatsApp),
    // Dropped after an earlier restore, by decision.
    ...isOf(events, "outbox.cancelled").map(({ data }) => whatsAppIdOf(data.outbox))
  ])
  const queued = new Set<string>(
    events.flatMap((event) => {
      const entry = entryQueuedBy(event)
      return entry === undefined ? [] : [whatsAppIdOf(entry.outbox)]
    })
  )
  return book
    .filter(({ whatsapp }) => queued.has(whatsapp) && !sent.has(whatsapp) && !held.has(whatsapp))
    .map(({ whatsapp }) => `${whatsapp} left, and is neither known to be sent nor listed`)
}

/** A log without the fact that it was restored: the guard is gone. */
const unaware = (log: EventLogService): EventLogService => ({
  ...log,
  read: (options) =>
    Stream.map(log.read(options), (batch) => ({
      ...batch,
      events: batch.events.filter(({ type }) => type !== "backup.restored")
    }))
})

const beginAtFirst = Effect.gen(function* () {
  const { manager } = yield* Nats
  yield* Effect.promise(async () => {
    const { config } = await manager.streams.info(eventStream.name)
    const metadata = { ...config.metadata, "wadjet-restored-up-to": "0" }
    await manager.streams.update(eventStream.name, { ...config, metadata })
  })
})

const ask = Effect.fnUntraced(function* ({ chatName, message }: Pick<Answered, "chatName" | "message">) {
  const bus = yield* CommandBus
  yield* bus.request(IngestMessages, { gateway: "sandbox", chatName, messages: [message] })
})

/** Runs on what was restored, and looks at all of it. */
export const examine = Effect.fn("examine")(function* (options: Examined) {
  const { binary, book, dataFolder, decision, tried, upTo, without } = options
  const path = join(dataFolder, "sandbox.db")
  const { pass, url, user } = yield* startNatsServer({ binary, dataFolder })
  const foundation = {
    address: { url, user, password: Redacted.make(pass) },
    dataFolder,
    server: "external" as const,
    serverVersion: "",
    died: Effect.never
  }
  if (without === "workers-begin-behind")
    yield* Effect.provide(beginAtFirst, Nats.layer(foundation.address, "test")).pipe(Effect.scoped)
  const around = without === "quarantine" ? { log: unaware } : {}
  const base = yield* Layer.build(Layer.provideMerge(rawJetStreamLog, services(foundation, around)))
  return yield* Effect.gen(function* () {
    const same = [...(yield* logBreaches(options)), ...(yield* modelBreaches(options))]
    yield* runActors({ dataFolder, pacing, around })
    yield* until(Effect.map(eventsOf, areAllJudged))
    const events = yield* eventsOf
    const held = yield* heldNow
    const ids = new Set<string>(held.map(({ whatsApp }) => whatsApp))
    const atRest = [
      ...scanBreaches(events),
      ...bookBreaches(book, readBook(path), "after the restore"),
      ...unlisted(events, book, ids)
    ]
    // Whoever was not answered asks again, and whoever was, but a moment before the end.
    const again = tried.filter(({ sequence }) => sequence > upTo)
    yield* Effect.forEach(again, ask, { discard: true })
    yield* until(Effect.map(eventsOf, areAllJudged))
    const repeated = bookBreaches(book, readBook(path), "asked again")
    const fresh = {
      chatName: "Family",
      message: {
        id: `new-${options.generation}`,
        author: "You",
        sentAt: Date.now() + 1_000,
        text: `see ${maliciousUrl(upTo + 60_000)}`
      }
    }
    yield* ask(fresh)
    yield* until(Effect.sync(() => readBook(path).length === book.length + 1))
    const bus = yield* CommandBus
    const all = yield* heldNow
    for (let from = 0; from < all.length; from += quarantinePageMax) {
      const outboxes = all.slice(from, from + quarantinePageMax).map(({ outbox }) => outbox)
      yield* bus.request(DecideMessages, { decision, outboxes, by: "operator" })
    }
    if (without === undefined) yield* bus.request(EndQuarantine, { by: "operator" })
    yield* until(Effect.map(eventsOf, (now) => isDecided(now, all, decision)))
    const end = readBook(path)
    const twice = [...Map.groupBy(end, ({ whatsapp }) => whatsapp).values()].filter((rows) => rows.length > 1)
    return {
      breaches: [
        ...same,
        ...atRest,
        ...repeated,
        ...(end.some(({ at }) => at > 0) ? [] : ["nothing ever left"]),
        ...(isDecided(yield* eventsOf, all, decision) ? [] : ["what was decided did not come to an end"]),
        ...twice.map((rows) => `${rows[0]!.whatsapp} left ${rows.length} times`)
      ],
      upTo,
      held: all.length,
      hadLeft: all.filter(({ whatsApp }) => book.some(({ whatsapp }) => whatsapp === whatsApp)).length,
      transmissions: end.length
    } satisfies Found
  }).pipe(Effect.provideContext(base), Effect.provide(Logger.layer([])))
}, Effect.scoped)

/** What was released is sent; what was dropped is cancelled, and its verdict is suppressed as quarantined. */
const isDecided = (
  events: ReadonlyArray<AnyRecorded>,
  all: ReadonlyArray<{ readonly outbox: OutboxId }>,
  decision: QuarantineDecision
): boolean => {
  const ended = new Set<string>(
    (decision === "release" ? isOf(events, "outbox.sent") : isOf(events, "outbox.cancelled")).map(
      ({ data }) => data.outbox
    )
  )
  const unsaid = isOf(events, "verdict.suppressed").filter(({ data }) => data.reason === "quarantined").length
  return all.every(({ outbox }) => ended.has(outbox)) && (decision === "release" || unsaid >= all.length)
}
