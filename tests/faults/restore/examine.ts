/** What became of a log that was restored: run on until it is at rest, and held against what it was, and the other side. */
import { join } from "node:path"
import { Effect, Layer, Logger, Redacted, Schedule, Stream } from "effect"
import { runActors, services } from "../../../actors/operator/system.ts"
import type { AnyRecorded } from "../../../contracts/catalogue.ts"
import { IngestMessages } from "../../../contracts/commands.ts"
import { linkId } from "../../../contracts/link/link-id.ts"
import type { QuarantineDecision } from "../../../contracts/quarantine.ts"
import { eventStream } from "../../../contracts/streams.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { EventLog, type EventLogService } from "../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { rawJetStreamLog, RawLog, type RawMessage } from "../../../infra/event-log/raw-log.ts"
import { Nats } from "../../../infra/nats/connection.ts"
import { startNatsServer } from "../../../infra/nats-server/start.ts"
import type { Digest } from "../../../projections/digest.ts"
import { foldInto } from "../../../projections/rebuild.ts"
import { readBook, readLog, type Transmission } from "../history.ts"
import { maliciousUrl } from "../traffic.ts"
import { askAgain } from "./ask-again.ts"
import { decideAll, heldNow } from "./held-now.ts"
import { areOver, idOf, jobBreaches, wantAgain, type Wanted } from "./jobs.ts"
import {
  areAllJudged,
  areAllLookedAt,
  bookBreaches,
  isAnsweredFor,
  isDecided,
  isOf,
  isSame,
  isTold,
  questionBreaches,
  scanBreaches,
  unlisted
} from "./laws.ts"
import { pacing } from "./life.ts"
import { notedOutside, questionsIn } from "./outside.ts"

/** What of a restore can be left out, to see that something breaks without it. */
export const guards = ["quarantine", "workers-begin-behind", "handed-again"] as const
export type Guard = (typeof guards)[number]

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
  /** What those outside note of what they are asked, and how much of it there was at the loss. */
  readonly asked: string
  readonly questions: number
  readonly upTo: number
  readonly generation: string
  readonly tried: ReadonlyArray<Answered>
  readonly jobs: ReadonlyArray<Wanted>
  readonly seen: ReadonlyArray<RawMessage>
  readonly models: { readonly sequence: number; readonly digest: Digest }
  /** What the other side had when all else was lost. */
  readonly book: ReadonlyArray<Transmission>
  readonly decision: QuarantineDecision
  readonly without: Guard | undefined
}

export interface Found {
  readonly breaches: ReadonlyArray<string>
  readonly upTo: number
  /** Messages and jobs that waited for a decision, and of these messages such as the other side had. */
  readonly held: number
  readonly heldJobs: number
  readonly hadLeft: number
  readonly transmissions: number
}

/** Without a guard what is waited for need not come. */
const settleSeconds = { whole: 60, without: 1 }
const lookAgain = Schedule.spaced("50 millis")

/** Waits for a fact; whoever waits in vain goes on, and is told by what is missing. */
const untilWithin = <R>(seconds: number, holds: Effect.Effect<boolean, unknown, R>) =>
  holds.pipe(
    Effect.flatMap((it) => (it ? Effect.void : Effect.fail("not yet"))),
    Effect.retry(lookAgain),
    Effect.timeoutOption(`${seconds} seconds`)
  )

const bookOf = ({ dataFolder }: Examined) => join(dataFolder, "sandbox.db")

const withoutJobs = (jobs: ReadonlyArray<Wanted>, book: ReadonlyArray<Transmission>) => {
  const ofJobs = new Set(jobs.map(idOf))
  return book.filter(({ whatsapp }) => !ofJobs.has(whatsapp))
}

const isAtRest = (events: ReadonlyArray<AnyRecorded>) => areAllJudged(events) && areAllLookedAt(events)

const eventsOf = Effect.map(Effect.flatMap(EventLog, readLog), ({ events }) => events)

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

/** A log without the fact that it was restored: the guard is gone. */
const unaware = (log: EventLogService): EventLogService => ({
  ...log,
  read: (options) =>
    Stream.map(log.read(options), (batch) => ({
      ...batch,
      events: batch.events.filter(({ type }) => type !== "backup.restored")
    }))
})

/** A log in which nobody is handed again what was not done. */
const handedOnce = (log: EventLogService): EventLogService => ({
  ...log,
  work: (options) =>
    Effect.map(
      log.work(options),
      Stream.filterEffect(({ done, event }) =>
        event.type === "actor.unparked" ? Effect.as(done, false) : Effect.succeed(true)
      )
    )
})

const beginAtFirst = Effect.gen(function* () {
  const { manager } = yield* Nats
  yield* Effect.promise(async () => {
    const { config } = await manager.streams.info(eventStream.name)
    const metadata = { ...config.metadata, "wadjet-restored-up-to": "0" }
    await manager.streams.update(eventStream.name, { ...config, metadata })
  })
})

const aroundWithout: Partial<Record<Guard, (log: EventLogService) => EventLogService>> = {
  quarantine: unaware,
  "handed-again": handedOnce
}

const ask = Effect.fnUntraced(function* ({ chatName, message }: Pick<Answered, "chatName" | "message">) {
  const bus = yield* CommandBus
  const taken = yield* askAgain(
    bus.request(IngestMessages, { gateway: "sandbox", chatName, messages: [message] })
  )
  return taken.sequence
})

/**
 * Somebody posts what is new. Whoever takes inputs in their order has had all that is old by the time that it is told of
 * and answered for: what is not asked again by then is not asked again.
 */
const postFresh = Effect.fnUntraced(function* ({ generation, upTo }: Examined) {
  const message = {
    id: `new-${generation}`,
    author: "You",
    sentAt: Date.now() + 1_000,
    text: `see ${maliciousUrl(upTo + 60_000)}`
  }
  const sequence = yield* ask({ chatName: "Family", message })
  yield* untilWithin(
    settleSeconds.whole,
    Effect.map(eventsOf, (events) => isTold(events, sequence) && isAnsweredFor(events, sequence))
  )
})

/** What is open when all is at rest, and how that is against what should be. */
const atRest = Effect.fnUntraced(function* (options: Examined) {
  const { asked, book, jobs, questions, upTo } = options
  const events = yield* eventsOf
  const listed = yield* heldNow
  const heldJobs = new Set<string>(listed.jobs.map(({ job }) => job))
  const held = new Set<string>([
    ...listed.messages.map(({ whatsApp }) => whatsApp),
    ...jobs.filter(({ job }) => heldJobs.has(job)).map(idOf)
  ])
  const rested = readBook(bookOf(options))
  const keyring = yield* Keyring
  const links = questionsIn(asked)
    .slice(questions)
    .map((url) => linkId(keyring.linkKeys([]).current, url))
  const at = isOf(events, "backup.restored").at(-1)?.data.at ?? 0
  const breaches = [
    ...(isAtRest(events) ? [] : ["a link is not judged or not looked at"]),
    ...scanBreaches(events),
    ...questionBreaches(events, upTo, links),
    ...bookBreaches(1, withoutJobs(jobs, book), withoutJobs(jobs, rested), "after the restore"),
    ...unlisted(events, book, held)
  ]
  return { at, rested, breaches, listed }
})

const countsOf = (
  { book, upTo }: Examined,
  { jobs, messages }: Effect.Success<typeof heldNow>,
  end: ReadonlyArray<Transmission>
) => ({
  upTo,
  held: messages.length,
  heldJobs: jobs.length,
  hadLeft: messages.filter(({ whatsApp }) => book.some(({ whatsapp }) => whatsapp === whatsApp)).length,
  transmissions: end.length
})

/** Lives on with what was restored until all of it is at rest, and looks at it. */
const liveOn = Effect.fnUntraced(function* (options: Examined) {
  const { book, decision, jobs, tried, upTo, without } = options
  const until = <R>(holds: Effect.Effect<boolean, unknown, R>) =>
    untilWithin(settleSeconds[without === undefined ? "whole" : "without"], holds)
  yield* postFresh(options)
  yield* until(Effect.map(eventsOf, isAtRest))
  const { at, breaches, listed, rested } = yield* atRest(options)
  // Without a guard nothing needs to come to its end.
  if (without !== undefined) return { ...countsOf(options, listed, rested), breaches } satisfies Found
  // Whoever was not answered asks again, and whoever was, but a moment before the end.
  yield* Effect.forEach(
    tried.filter(({ sequence }) => sequence > upTo),
    ask,
    { discard: true }
  )
  yield* wantAgain(jobs, upTo)
  yield* until(Effect.map(eventsOf, isAtRest))
  const again = readBook(bookOf(options))
  const all = yield* heldNow
  yield* decideAll(decision, all)
  const isOver = (events: ReadonlyArray<AnyRecorded>) =>
    isDecided(events, all.messages, decision) && areOver(events)
  yield* until(Effect.map(eventsOf, isOver))
  const end = readBook(bookOf(options))
  const books = { lost: book, rested, asked: again, end }
  const twice = [...Map.groupBy(end, ({ whatsapp }) => whatsapp).values()].filter((rows) => rows.length > 1)
  return {
    ...countsOf(options, all, end),
    breaches: [
      ...breaches,
      ...bookBreaches(1, withoutJobs(jobs, book), withoutJobs(jobs, again), "asked again"),
      ...(isOver(yield* eventsOf) ? [] : ["what was decided did not come to an end"]),
      ...jobBreaches({ all: jobs, at, upTo, decision, books }),
      ...twice.map((rows) => `${rows[0]!.whatsapp} left ${rows.length} times`)
    ]
  } satisfies Found
})

/** Runs on what was restored, and looks at all of it. */
export const examine = Effect.fn("examine")(function* (options: Examined) {
  const { asked, binary, dataFolder, without } = options
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
  const log = without === undefined ? undefined : aroundWithout[without]
  const around = { outside: notedOutside(asked), ...(log === undefined ? {} : { log }) }
  const base = yield* Layer.build(Layer.provideMerge(rawJetStreamLog, services(foundation, around)))
  return yield* Effect.gen(function* () {
    // Of a log without a guard only what the guard is for is looked at.
    const same =
      without === undefined ? [...(yield* logBreaches(options)), ...(yield* modelBreaches(options))] : []
    yield* runActors({ dataFolder, pacing, around })
    const { breaches, ...found } = yield* liveOn(options)
    return { ...found, breaches: [...same, ...breaches] } satisfies Found
  }).pipe(Effect.provideContext(base), Effect.provide(Logger.layer([])))
}, Effect.scoped)
