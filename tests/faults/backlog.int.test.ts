import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Clock, Deferred, Effect } from "effect"
import { runActors } from "../../actors/operator/system.ts"
import type { GatewayService } from "../../actors/whatsapp/gateway.ts"
import { defaultPacing, type PacingLimits } from "../../actors/whatsapp/pacing/limits.ts"
import { IngestMessages } from "../../contracts/commands.ts"
import { ChatId, hashOf, outboxId, whatsAppIdOf } from "../../contracts/ids.ts"
import { OutboxQueued } from "../../contracts/outbox.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { type Entry, EventLog } from "../../infra/event-log/event-log.ts"
import { startWorld } from "./owners.ts"
import { maliciousUrl } from "./traffic.ts"

const waitingCount = 10_000
/** The server takes this many messages as one commit. */
const batchMax = 1_000
/** Long enough to meet the moments at which pacing lets the next of the waiting go. */
const warningsForMillis = 2_500

const greeting = (chat: ChatId, number: number) => {
  const id = outboxId(`bulk-${number}`, chat, 0)
  const body = { text: `good morning ${number}` }
  return {
    whatsApp: whatsAppIdOf(id),
    entry: {
      id: hashOf("bulk", number),
      fact: OutboxQueued({
        chat,
        outbox: id,
        gateway: "sandbox",
        kind: "text",
        priority: "bulk",
        standalone: true,
        body
      })
    } satisfies Entry
  }
}

/** Queues bulk messages, spread over chats in turn. */
const queue = Effect.fnUntraced(function* (chats: ReadonlyArray<ChatId>) {
  const log = yield* EventLog
  const bulk = Array.from({ length: waitingCount }, (_, number) =>
    greeting(chats[number % chats.length]!, number)
  )
  for (let at = 0; at < bulk.length; at += batchMax) {
    const [first, ...rest] = bulk.slice(at, at + batchMax).map(({ entry }) => entry)
    yield* log.append([first!, ...rest], { actor: "operator" })
  }
  return new Set<string>(bulk.map(({ whatsApp }) => whatsApp))
})

const post = Effect.fnUntraced(function* (id: string, text: string) {
  const bus = yield* CommandBus
  const messages = [{ id, author: "Ada", sentAt: 1, text }]
  return yield* bus.request(IngestMessages, { gateway: "sandbox", chatName: "Family", messages })
})

/** The other side, which tells warnings from what waits. */
const makeOtherSide = () => {
  let bulk: ReadonlySet<string> = new Set()
  let overtaken = 0
  let warned = Deferred.makeUnsafe<void>()
  const got = new Set<string>()
  const gateway: GatewayService = {
    transmit: ({ whatsApp }) =>
      Effect.sync(() => {
        got.add(whatsApp)
        if (bulk.has(whatsApp)) overtaken += 1
        else Deferred.doneUnsafe(warned, Effect.void)
      }),
    has: (whatsApp) => Effect.sync(() => (got.has(whatsApp) ? "yes" : "no"))
  }
  return {
    gateway,
    waitsFor: (ids: ReadonlySet<string>) => {
      bulk = ids
    },
    /** Posts a dangerous link; answers when its warning came, and how many bulk messages came before it. */
    warn: Effect.fnUntraced(function* (number: number) {
      warned = Deferred.makeUnsafe()
      overtaken = 0
      const began = yield* Clock.currentTimeMillis
      yield* post(`m${number}`, `look ${maliciousUrl(number)}`)
      yield* Deferred.await(warned)
      return { millis: (yield* Clock.currentTimeMillis) - began, overtaken }
    })
  }
}

/** Posts dangerous links while bulk waits. */
const warnAmidst = Effect.fnUntraced(function* (options: {
  readonly chats: number
  readonly pacing: PacingLimits
}) {
  const other = makeOtherSide()
  const { context, dataFolder } = yield* startWorld({ sync: "always" })
  return yield* Effect.gen(function* () {
    yield* runActors({
      dataFolder: join(dataFolder, "a"),
      pacing: options.pacing,
      around: { gateway: () => other.gateway }
    })
    const { chat } = yield* post("hello", "hello")
    const others = Array.from({ length: options.chats - 1 }, (_, index) => ChatId.make(`cother${index}`))
    other.waitsFor(yield* queue([chat, ...others]))
    // What stands in the log before this is folded before it: once it is answered, all the others wait.
    yield* post("hello again", "hello")
    const began = yield* Clock.currentTimeMillis
    const warnings = [yield* other.warn(0)]
    while ((yield* Clock.currentTimeMillis) - began < warningsForMillis)
      warnings.push(yield* other.warn(warnings.length))
    return warnings
  }).pipe(Effect.provideContext(context))
}, Effect.scoped)

type Warnings = Effect.Success<ReturnType<typeof warnAmidst>>

const tell = (title: string, warnings: Warnings) => {
  const millis = warnings.map((warning) => warning.millis).toSorted((a, b) => a - b)
  const overtaken = Math.max(...warnings.map((warning) => warning.overtaken))
  console.log(
    `${title}: ${warnings.length} warnings, after ${millis[millis.length >> 1]} ms in the middle and ` +
      `${millis.at(-1)} ms at most; at most ${overtaken} bulk messages came before one`
  )
  return overtaken
}

/** Bulk that may be under way when a link is posted, or be let go meanwhile: no more than leaves in a burst. */
const overtakenMax = defaultPacing.burst

it.live.each([
  { title: "10,000 waiting in the same chat", chats: 1 },
  { title: "10,000 waiting in 100 chats", chats: 100 },
  { title: "one waiting in each of 10,000 chats", chats: 10_000 }
])(
  "a warning overtakes $title",
  ({ chats, title }) =>
    Effect.gen(function* () {
      const warnings = yield* warnAmidst({ chats, pacing: defaultPacing })
      expect(tell(title, warnings)).toBeLessThanOrEqual(overtakenMax)
    }),
  120_000
)

it.live(
  "a warning does not wait for a chat whose next bulk message is an hour away",
  () =>
    Effect.gen(function* () {
      const warnings = yield* warnAmidst({ chats: 1, pacing: { ...defaultPacing, chatPerMinute: 1 / 60 } })
      expect(tell("10,000 waiting, the next an hour away", warnings)).toBeLessThanOrEqual(overtakenMax)
    }),
  60_000
)
