/**
 * How long it takes from a posted link to its transmitted warning, and to its queued verdict, at a steady rate;
 * also with every append answered later, as on a slower disk. Beside it, in the same run, what the appends of
 * that path cost by themselves.
 *
 *     node tests/bench/path.ts [seconds, 10 by default] [runs, 3 by default]
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Clock, Deferred, Effect, Layer, Logger, Redacted } from "effect"
import { IngestMessages } from "../../contracts/commands.ts"
import { ChatId } from "../../contracts/ids.ts"
import { Muted } from "../../contracts/policy.ts"
import { entryQueuedBy } from "../../contracts/queued-entry.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { EventLog, type EventLogService } from "../../infra/event-log/event-log.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import { startProjector } from "../../projections/start-projector.ts"
import { runActors, services } from "../../actors/operator/system.ts"
import type { GatewayService } from "../../actors/whatsapp/gateway.ts"
import { machineLines, quantile, spread } from "./machine.ts"

const [seconds = 10, runs = 3] = process.argv.slice(2).map(Number)
const linksPerSecond = 50
/** Milliseconds by which every append is held back. */
const slowedMillis = [0]
/** Appends from a message to its warning, one of them a batch of two; `tests/faults/cost.int.test.ts` counts them. */
const singlesOnPath = 3
const baselineAppends = 300
const pacing = { overallPerMinute: 6e7, chatPerMinute: 6e7, burst: 1e6 }
const say = (line: string) => Effect.sync(() => console.log(line))

/** Names which message a warning answers, and when each thing happened to it. */
const makeStopwatch = () => {
  const posted = new Map<string, number>()
  const verdicts: Array<number> = []
  const warnings: Array<number> = []
  let wanted = Infinity
  const done = Deferred.makeUnsafe<void>()
  const note = (into: Array<number>, id: string | undefined) => {
    const began = id === undefined ? undefined : posted.get(id)
    if (began === undefined) return
    into.push(performance.now() - began)
    if (into === warnings && warnings.length >= wanted) Deferred.doneUnsafe(done, Effect.void)
  }
  const gateway: GatewayService = {
    transmit: ({ quotes }) => Effect.sync(() => note(warnings, quotes)),
    has: () => Effect.succeed("yes")
  }
  /** Each append sets out later: neither its writer nor its readers have it sooner. */
  const log =
    (slowed: number) =>
    (inner: EventLogService): EventLogService => ({
      ...inner,
      append: (entries, provenance) =>
        (slowed === 0 ? Effect.void : Effect.sleep(slowed)).pipe(
          Effect.andThen(inner.append(entries, provenance)),
          Effect.tap(() =>
            Effect.sync(() => {
              for (const { fact } of entries)
                note(verdicts, entryQueuedBy(fact)?.body.quotes)
            })
          )
        )
    })
  return {
    gateway,
    log,
    verdicts,
    warnings,
    begin: (id: string, at: number) => void posted.set(id, at),
    all: (count: number) => {
      wanted = count
      return warnings.length >= count ? Effect.void : Deferred.await(done)
    }
  }
}

/** Links posted by the clock, whether or not the ones before are through: waiting for them would hide delays. */
const post = Effect.fnUntraced(function* (watch: ReturnType<typeof makeStopwatch>) {
  const bus = yield* CommandBus
  const count = seconds * linksPerSecond
  const postOne = (number: number, id: string) =>
    bus.request(IngestMessages, {
      gateway: "sandbox",
      chatName: `Chat ${number % 10}`,
      messages: [
        {
          id,
          author: `Member ${number % 50}`,
          sentAt: 1_767_225_600_000 + number,
          text: `look http://198.18.${(number >> 8) & 255}.${number & 255}/paypal.com/login.php?n=${number}`
        }
      ]
    })
  // The first messages make chats, people and keys, and warm the code.
  for (let number = 0; number < 50; number++) yield* postOne(100_000 + number, `warm-up ${number}`)
  const started = performance.now()
  for (let number = 0; number < count; number++) {
    const due = started + (number * 1_000) / linksPerSecond
    yield* Effect.sleep(Math.max(0, due - performance.now()))
    watch.begin(`m${number}`, due)
    yield* Effect.forkScoped(postOne(number, `m${number}`))
  }
  yield* watch.all(count)
})

const muted = (number: number, part: number) => ({
  id: `baseline-${number}-${part}`,
  fact: Muted({ chat: ChatId.make("cbaseline"), until: 1, by: "operator" })
})

const timed = Effect.fnUntraced(function* (
  entriesOf: (number: number) => Parameters<EventLogService["append"]>[0]
) {
  const log = yield* EventLog
  const took: Array<number> = []
  for (let number = 0; number < baselineAppends; number++) {
    const began = performance.now()
    yield* log.append(entriesOf(number), { actor: "bench" })
    took.push(performance.now() - began)
  }
  return quantile(took, 0.5)
})

/** Appends one after the other, through the same log: what the path cannot be faster than. */
const baseline = Effect.gen(function* () {
  const single = yield* timed((number) => [muted(number, 0)])
  const batch = yield* timed((number) => [muted(number, 1), muted(number, 2)])
  return { single, batch, path: singlesOnPath * single + batch }
})

const measureOnce = Effect.fnUntraced(function* (binary: string, slowed: number) {
  const dataFolder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-bench-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
  const { pass, url, user, version } = yield* startNatsServer({ binary, dataFolder })
  const address = { url, user, password: Redacted.make(pass) }
  const watch = makeStopwatch()
  const foundation = {
    address,
    dataFolder,
    server: "external" as const,
    serverVersion: version,
    died: Effect.never
  }
  const base = yield* Layer.build(services(foundation, { log: watch.log(slowed) }))
  return yield* Effect.gen(function* () {
    const floor = yield* baseline
    yield* startProjector({ nats: address, dataFolder })
    yield* runActors({ dataFolder, pacing, around: { gateway: () => watch.gateway } })
    yield* post(watch)
    return { floor, verdicts: watch.verdicts, warnings: watch.warnings, version }
  }).pipe(Effect.provideContext(base))
}, Effect.scoped)

const program = Effect.gen(function* () {
  const { path, version } = yield* ensureNatsServer({ dataFolder: ".cache/nats-server", say })
  for (const line of machineLines(version)) yield* say(line)
  yield* say(
    `${linksPerSecond} links/s for ${seconds} s, ${runs} runs: median of the runs (least to most), in milliseconds`
  )
  yield* say("")
  yield* say(
    "| appends | one | batch of two | those of the path | verdict queued p50 | p99 | warning transmitted p50 | p99 |"
  )
  yield* say("|---|---|---|---|---|---|---|---|")
  const began = yield* Clock.currentTimeMillis
  for (const slowed of slowedMillis) {
    const all: Array<Effect.Success<ReturnType<typeof measureOnce>>> = []
    for (let run = 0; run < runs; run++) all.push(yield* measureOnce(path, slowed))
    const cell = (of: (run: (typeof all)[number]) => number) => spread(all.map(of))
    const cells = [
      slowed === 0 ? "at once" : `${slowed} ms later`,
      cell(({ floor }) => floor.single),
      cell(({ floor }) => floor.batch),
      cell(({ floor }) => floor.path),
      cell(({ verdicts }) => quantile(verdicts, 0.5)),
      cell(({ verdicts }) => quantile(verdicts, 0.99)),
      cell(({ warnings }) => quantile(warnings, 0.5)),
      cell(({ warnings }) => quantile(warnings, 0.99))
    ]
    yield* say(`| ${cells.join(" | ")} |`)
  }
  yield* say("")
  yield* say(
    "Held back by a decorator around the log in this process; the disk is as fast as it is. " +
      `Took ${(((yield* Clock.currentTimeMillis) - began) / 1_000).toFixed(0)} s.`
  )
})

await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(Logger.layer([]))))
process.exit(0)
