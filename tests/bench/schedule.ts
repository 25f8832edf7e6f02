/**
 * Many jobs: how long it takes to know them, what that costs in memory, how soon it is there after a start, and how
 * late they are, one a second and many in one second: to the fact that an occurrence fired, and to where its message
 * is handed to whoever receives it, who only looks at the clock:
 *
 *     node tests/bench/schedule.ts [jobs, 100000 by default] [alone, 60] [in one second, 1000]
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Clock, Effect, Layer, Redacted, Stream } from "effect"
import { runActors, services } from "../../actors/operator/system.ts"
import type { GatewayService } from "../../actors/whatsapp/gateway.ts"
import { plainPacing } from "../../actors/whatsapp/pacing/limits.ts"
import type { RecordedOf } from "../../contracts/catalogue.ts"
import type { ChatId } from "../../contracts/ids.ts"
import { occurrenceCause, defaultPolicies, JobCreated } from "../../contracts/schedule.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import type { Entry } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import { outboxId, whatsAppIdOf } from "../../contracts/ids.ts"
import { embeddedServers } from "../faults/embedded-server.ts"
import { jobIdOf } from "../faults/schedule/people.ts"
import { machineLines, quantile } from "./machine.ts"
import { memoryOf } from "./process-memory.ts"

const [many = 100_000, alone = 60, atOnce = 1_000] = process.argv.slice(2).map(Number)
const folder = mkdtempSync(join(tmpdir(), "wadjet-bench-"))
const pacing = plainPacing({ overallPerMinute: 6_000_000, chatPerMinute: 600_000, burst: 10_000 })
const entriesPerAppend = 500
const chatsMax = 1_000
const beforeFirstMillis = 5_000
const settleSecondsMax = 300
const never = "2099-01-01T09:00:00"
/** When each WhatsApp id came to the receiver. */
const reached = new Map<string, number>()
const receiver: GatewayService = {
  transmit: ({ whatsApp }) => Effect.map(Clock.currentTimeMillis, (at) => void reached.set(whatsApp, at)),
  has: (whatsApp) => Effect.succeed(reached.has(whatsApp) ? "yes" : "no")
}
const lines: Array<readonly [string, string]> = []
const say = (what: string, value: string) => void lines.push([what, value])

/** A job as the actor would have stated it: once, at a moment. */
const entryOf = (number: number, chat: ChatId, moment: number | undefined): Entry => {
  const next = moment ?? Date.parse(`${never}Z`)
  const start = moment === undefined ? never : new Date(moment).toISOString().slice(0, 19)
  return {
    id: `job ${number}`,
    fact: JobCreated({
      job: jobIdOf(number),
      timing: { zone: "UTC", start },
      recipients: [{ to: "chat", chat, gateway: "sandbox" }],
      policies: defaultPolicies,
      parts: 1,
      next,
      zones: process.versions.tz ?? "unknown",
      by: "operator",
      words: { title: `Job ${number}`, messages: [{ text: `Good morning ${number}`, delaySeconds: 0 }] }
    })
  }
}

const tell = Effect.fnUntraced(function* (
  from: number,
  count: number,
  chats: ReadonlyArray<ChatId>,
  momentOf: (index: number) => number | undefined
) {
  const log = yield* EventLog
  for (let at = 0; at < count; at += entriesPerAppend) {
    const size = Math.min(entriesPerAppend, count - at)
    const [first, ...more] = Array.from({ length: size }, (_, index) =>
      entryOf(from + at + index, chats[(at + index) % chats.length]!, momentOf(at + index))
    )
    yield* log.append([first!, ...more], { actor: "schedule" })
  }
})

const timed = Effect.fnUntraced(function* <A, E, R>(what: string, run: Effect.Effect<A, E, R>) {
  const began = yield* Clock.currentTimeMillis
  const result = yield* run
  say(what, `${(((yield* Clock.currentTimeMillis) - began) / 1_000).toFixed(2)} s`)
  return result
})

const start = runActors({
  dataFolder: folder,
  pacing,
  only: new Set(["schedule", "whatsapp"]),
  around: { gateway: () => receiver }
})

/** Waits until so many occurrences after a sequence have ended, and answers with their firings. */
const ended = Effect.fnUntraced(function* (after: number, count: number) {
  const log = yield* EventLog
  const fired: Array<RecordedOf<"schedule.fired">> = []
  let finished = 0
  yield* log.read({ from: after + 1, events: ["schedule.fired", "schedule.occurrence-finished"] }).pipe(
    Stream.takeUntil(({ events }) => {
      for (const event of events) {
        if (event.type === "schedule.fired") fired.push(event)
        if (event.type === "schedule.occurrence-finished") finished += 1
      }
      return finished >= count
    }),
    Stream.runDrain,
    Effect.timeout(`${settleSecondsMax} seconds`)
  )
  return fired
})

const late = (what: string, samples: ReadonlyArray<number>) =>
  say(
    what,
    `p50 ${quantile(samples, 0.5).toFixed(0)} ms, p99 ${quantile(samples, 0.99).toFixed(0)} ms, most ${Math.max(...samples)} ms`
  )

const measure = Effect.gen(function* () {
  const keyring = yield* Keyring
  const chats = yield* Effect.forEach(Array.from({ length: chatsMax }), (_, index) =>
    keyring.chat([`sandbox:chat ${index}`])
  )
  const [server = 0] = embeddedServers(folder)
  const before = { server: memoryOf(server).resident, own: memoryOf(process.pid).resident }
  yield* timed(
    `${many} jobs told to the log`,
    tell(0, many, chats, () => undefined)
  )
  yield* timed("known and armed, from nothing", Effect.scoped(start))
  const filled = memoryOf(process.pid).resident
  yield* timed("start with all of them, until it takes commands", start)
  say(
    "nats-server, before and with them",
    `${before.server.toFixed(0)} MB, ${memoryOf(server).resident.toFixed(0)} MB`
  )
  say(
    "this process, before, once armed, and after the second start",
    `${before.own.toFixed(0)} MB, ${filled.toFixed(0)} MB, ${memoryOf(process.pid).resident.toFixed(0)} MB`
  )
  const first = Math.ceil(((yield* Clock.currentTimeMillis) + beforeFirstMillis) / 1_000) * 1_000
  const burst = first + (alone + 3) * 1_000
  const log = yield* EventLog
  const after = yield* log.last
  yield* tell(many, alone, chats, (index) => first + index * 1_000)
  yield* tell(many + alone, atOnce, chats, () => burst)
  yield* Effect.sleep(Math.max(0, burst - 1_000 - (yield* Clock.currentTimeMillis)))
  const spent = process.cpuUsage()
  const fired = yield* ended(after, alone + atOnce)
  const { system, user } = process.cpuUsage(spent)
  const sentAt = ({ data: { job, planned, recipients } }: (typeof fired)[number]) =>
    reached.get(whatsAppIdOf(outboxId(occurrenceCause(job, planned), recipients[0]!.chat, 0)))! - planned
  for (const [what, some] of [
    [`${alone} jobs, one a second`, fired.filter(({ data }) => data.planned < burst)],
    [`${atOnce} jobs in one second`, fired.filter(({ data }) => data.planned === burst)]
  ] as const) {
    late(
      `${what}: fired`,
      some.map(({ data, time }) => time - data.planned)
    )
    late(`${what}: received`, some.map(sentAt))
  }
  say(
    `processor time of this process for each of ${atOnce}, from due to ended`,
    `${((system + user) / 1_000 / atOnce).toFixed(2)} ms`
  )
}).pipe(Effect.scoped)

const program = Effect.gen(function* () {
  const { path, version } = yield* ensureNatsServer({
    dataFolder: ".cache/nats-server",
    say: (line) => Effect.sync(() => console.error(line))
  })
  for (const line of machineLines(version)) console.log(line)
  const { pass, url, user } = yield* startNatsServer({ binary: path, dataFolder: folder })
  const address = { url, user, password: Redacted.make(pass) }
  const base = yield* Layer.build(
    services({ address, dataFolder: folder, server: "external", serverVersion: version, died: Effect.never })
  )
  yield* Effect.provideContext(measure, base)
})

await Effect.runPromise(Effect.scoped(program)).finally(() =>
  rmSync(folder, { recursive: true, force: true })
)
console.log("")
console.log("| what | measured |")
console.log("|---|---|")
for (const [what, value] of lines) console.log(`| ${what} | ${value} |`)
