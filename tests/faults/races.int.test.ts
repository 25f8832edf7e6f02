import { expect, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { CancelMessage, IngestMessages, SendMessage } from "../../contracts/commands.ts"
import type { ChatId, OutboxId, WhatsAppId } from "../../contracts/ids.ts"
import { entryQueuedBy } from "../../contracts/queued-entry.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { EventLog, type EventLogService } from "../../infra/event-log/event-log.ts"
import { readLog } from "./history.ts"
import { makeWitness, startOwner, startWorld } from "./owners.ts"
import { mix } from "./points.ts"

/** Each side is to win at least this share. */
const shareMin = 0.1
const perRound = 100
/** The cancellation is aimed at the due time, give or take this. */
const spreadMillis = 12
const dueAfterMillis = 30

interface Entry {
  readonly outbox: OutboxId
  readonly whatsApp: WhatsAppId
  readonly cancelled: boolean
}

const openChats = Effect.fnUntraced(function* (count: number) {
  const bus = yield* CommandBus
  return yield* Effect.forEach(
    Array.from({ length: count }, (_, index) => `Chat ${index}`),
    (chatName) =>
      Effect.map(
        bus.request(IngestMessages, {
          gateway: "sandbox",
          chatName,
          messages: [{ id: "m1", author: "Ada", sentAt: 1, text: "hello" }]
        }),
        ({ chat }) => chat
      )
  )
})

/** Queues one entry that is soon due, and cancels it at a moment near that. */
const race = Effect.fnUntraced(function* (chat: ChatId, number: number, aimMillis: number) {
  const bus = yield* CommandBus
  const due = (yield* Clock.currentTimeMillis) + dueAfterMillis
  const { outbox, whatsApp } = yield* bus.request(SendMessage, {
    chat,
    request: `race-${number}`,
    text: `good morning ${number}`,
    priority: "bulk",
    notBefore: due,
    by: "operator"
  })
  const offset = aimMillis + (mix(number) % (2 * spreadMillis)) - spreadMillis
  yield* Effect.sleep(Math.max(0, due + offset - (yield* Clock.currentTimeMillis)))
  const cancelled = yield* bus.request(CancelMessage, { outbox, by: "operator" }).pipe(
    Effect.as(true),
    Effect.catchTag("Refused", (refused) =>
      refused.reason === "already-left" || refused.reason === "already-done"
        ? Effect.succeed(refused.reason === "already-done")
        : Effect.fail(refused)
    )
  )
  return { outbox, whatsApp, cancelled } satisfies Entry
})

/** Later where cancelling wins too often, sooner where sending does; twice as far each time that was not enough. */
const makeAim = () => {
  let millis = 0
  let step = spreadMillis / 2
  let direction = 0
  return {
    millis: () => millis,
    correct: (cancelledShare: number) => {
      const wanted = cancelledShare > 0.65 ? 1 : cancelledShare < 0.35 ? -1 : 0
      step = wanted === direction && wanted !== 0 ? step * 2 : spreadMillis / 2
      direction = wanted
      millis += wanted * step
    }
  }
}

const shareOf = (entries: ReadonlyArray<Entry>) =>
  entries.filter(({ cancelled }) => cancelled).length / entries.length

/** At least so many races, and more where one side has won too few of them, up to a limit. */
const runRaces = Effect.fnUntraced(function* (count: number, chatCount: number) {
  const chats = yield* openChats(chatCount)
  const entries: Array<Entry> = []
  const aim = makeAim()
  const isOneSided = () => Math.min(shareOf(entries), 1 - shareOf(entries)) < shareMin
  while (entries.length < count || (isOneSided() && entries.length < count * 3)) {
    const first = entries.length
    const round = yield* Effect.forEach(
      Array.from({ length: perRound }, (_, index) => first + index),
      (number) => race(chats[number % chats.length]!, number, aim.millis()),
      { concurrency: chatCount * 2 }
    )
    entries.push(...round)
    aim.correct(shareOf(round))
  }
  return entries
})

/** Waits until the log says of every entry what became of it. */
const allEnded = Effect.gen(function* () {
  const log = yield* EventLog
  while (true) {
    const { events } = yield* readLog(log)
    const ended = new Set(
      events.flatMap((event) =>
        event.type === "outbox.sent" || event.type === "outbox.cancelled" ? [event.data.outbox as string] : []
      )
    )
    const waiting = events.map((event) => entryQueuedBy(event)).filter((entry) => entry !== undefined)
    if (waiting.every(({ outbox }) => ended.has(outbox))) return events
    yield* Effect.sleep(50)
  }
})

/** What the receiving side got, against what was acknowledged. */
const breaches = (entries: ReadonlyArray<Entry>, times: ReadonlyMap<string, number>) =>
  entries.flatMap(({ cancelled, outbox, whatsApp }) => {
    const got = times.get(whatsApp) ?? 0
    if (cancelled)
      return got === 0 ? [] : [`${outbox} was transmitted although its cancellation was acknowledged`]
    return got === 1 ? [] : [`${outbox} was not cancelled and was transmitted ${got} times`]
  })

const tell = (title: string, entries: ReadonlyArray<Entry>) => {
  const cancelled = entries.filter((entry) => entry.cancelled).length
  console.log(
    `${title}: ${entries.length} races, cancellation won ${cancelled}, sending won ${entries.length - cancelled}`
  )
  return { cancelled, sent: entries.length - cancelled }
}

const racing = Effect.fnUntraced(function* (options: {
  readonly title: string
  readonly owners: number
  readonly races: number
  readonly log?: (log: EventLogService) => EventLogService
}) {
  const witness = makeWitness()
  const world = yield* startWorld(options.log === undefined ? {} : { log: options.log })
  return yield* Effect.gen(function* () {
    for (let owner = 0; owner < options.owners; owner++) yield* startOwner(witness.gateway)
    const entries = yield* runRaces(options.races, 25)
    const events = yield* allEnded
    const claims = events.filter(({ type }) => type === "outbox.claimed").length
    return { ...tell(options.title, entries), claims, breaches: breaches(entries, witness.timesOf()) }
  }).pipe(Effect.provideContext(world.context))
})

it.live(
  "of sending and cancelling exactly one wins, and the other side sees which",
  () =>
    Effect.gen(function* () {
      const races = 2_000
      const found = yield* racing({ title: "one owner", owners: 1, races })
      expect(found.breaches).toEqual([])
      expect(found.claims).toBe(found.sent)
      expect(found.cancelled / (found.cancelled + found.sent)).toBeGreaterThanOrEqual(shareMin)
      expect(found.sent / (found.cancelled + found.sent)).toBeGreaterThanOrEqual(shareMin)
    }).pipe(Effect.scoped),
  180_000
)

it.live(
  "two owners who both believe they hold the lease claim each entry once between them",
  () =>
    Effect.gen(function* () {
      const found = yield* racing({ title: "two owners", owners: 2, races: 1_000 })
      expect(found.breaches).toEqual([])
      expect(found.claims).toBe(found.sent)
    }).pipe(Effect.scoped),
  180_000
)

/** The guard: an append says which sequence it expects to be the last of its boundary. */
const withoutExpectations = (log: EventLogService): EventLogService => ({
  ...log,
  append: (entries, provenance) => {
    const [first, ...rest] = entries.map(({ fact, id }) => ({ fact, id }))
    return log.append([first!, ...rest], provenance)
  }
})

it.live(
  "without expectations, two owners send what was cancelled",
  () =>
    Effect.gen(function* () {
      const found = yield* racing({
        title: "two owners, no expectations",
        owners: 2,
        races: 1_000,
        log: withoutExpectations
      })
      expect(found.breaches).not.toEqual([])
    }).pipe(Effect.scoped),
  180_000
)
