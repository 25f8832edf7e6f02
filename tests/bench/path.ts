/**
 * How long it takes from a posted link to its transmitted warning, and to its queued verdict, at a steady rate;
 * also on slower disks: the syncs of nats-server itself are held back. Beside it, in the same run and on the same
 * disk, what the appends of that path cost by themselves.
 *
 *     node tests/bench/path.ts [seconds, 10 by default] [runs, 3 by default]
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Clock, Deferred, Effect, Layer, Logger, Redacted } from "effect"
import { IngestMessages } from "../../contracts/commands.ts"
import { entryQueuedBy } from "../../contracts/queued-entry.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import type { EventLogService } from "../../infra/event-log/event-log.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import { startProjector } from "../../projections/start-projector.ts"
import { runActors, services } from "../../actors/operator/system.ts"
import type { GatewayService } from "../../actors/whatsapp/gateway.ts"
import { machineLines, quantile, spread } from "./machine.ts"
import { timePathAppends } from "./path-appends.ts"
import { type Disk, disks, findStrace, serverOnDisk, type Sync } from "./slow-disk.ts"
import { plainPacing } from "../../actors/whatsapp/pacing/limits.ts"

const [seconds = 10, runs = 3] = process.argv.slice(2).map(Number)
/** What is asked of every disk, and what a slow one is asked for as well. */
const linksPerSecond = 50
const fewerLinksPerSecond = 20
const pacing = plainPacing({ overallPerMinute: 6e7, chatPerMinute: 6e7, burst: 1e6 })
const say = (line: string) => Effect.sync(() => console.log(line))

/** Names which message a warning answers, and when each thing happened to it. */
const makeStopwatch = () => {
  const posted = new Map<string, number>()
  const verdicts: Array<number> = []
  const warnings: Array<number> = []
  let wanted = Infinity
  let appends = 0
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
  /** Sees what is appended, and takes nothing from its pace. */
  const log = (inner: EventLogService): EventLogService => ({
    ...inner,
    append: (entries, provenance) =>
      Effect.tap(inner.append(entries, provenance), () =>
        Effect.sync(() => {
          appends++
          for (const { fact } of entries) note(verdicts, entryQueuedBy(fact)?.body.quotes)
        })
      )
  })
  return {
    gateway,
    log,
    verdicts,
    warnings,
    appends: () => appends,
    begin: (id: string, at: number) => void posted.set(id, at),
    all: (count: number) => {
      wanted = count
      return warnings.length >= count ? Effect.void : Deferred.await(done)
    }
  }
}

/** Links posted by the clock, whether or not the ones before are through: waiting for them would hide delays. */
const post = Effect.fnUntraced(function* (watch: ReturnType<typeof makeStopwatch>, perSecond: number) {
  const bus = yield* CommandBus
  const count = seconds * perSecond
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
  const appendsBefore = watch.appends()
  const started = performance.now()
  for (let number = 0; number < count; number++) {
    const due = started + (number * 1_000) / perSecond
    yield* Effect.sleep(Math.max(0, due - performance.now()))
    watch.begin(`m${number}`, due)
    yield* Effect.forkScoped(postOne(number, `m${number}`))
  }
  yield* watch.all(count)
  return (watch.appends() - appendsBefore) / count
})

/** The system on a data folder of its own, measured until its server is told to stop. */
const measureOn = Effect.fnUntraced(function* (binary: string, perSecond: number) {
  const dataFolder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-bench-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
  const { pass, pid, url, user, version } = yield* startNatsServer({ binary, dataFolder })
  const address = { url, user, password: Redacted.make(pass) }
  const watch = makeStopwatch()
  const foundation = {
    address,
    dataFolder,
    server: "external" as const,
    serverVersion: version,
    died: Effect.never
  }
  const base = yield* Layer.build(services(foundation, { log: watch.log }))
  return yield* Effect.gen(function* () {
    const floor = yield* timePathAppends(10 * seconds)
    yield* startProjector({ nats: address, dataFolder })
    yield* runActors({ dataFolder, pacing, around: { gateway: () => watch.gateway } })
    const appendsPerLink = yield* post(watch, perSecond)
    return { floor, appendsPerLink, verdicts: watch.verdicts, warnings: watch.warnings, pid }
  }).pipe(Effect.provideContext(base))
}, Effect.scoped)

interface Load {
  readonly disk: Disk
  readonly perSecond: number
}

const measureOnce = Effect.fnUntraced(function* (
  binary: string,
  { disk, perSecond }: Load,
  strace: string | undefined
) {
  if (disk.heldBackMillis === undefined || strace === undefined)
    return { ...(yield* measureOn(binary, perSecond)), syncs: undefined }
  const server = yield* serverOnDisk(binary, strace, disk.heldBackMillis)
  const measured = yield* measureOn(server.program, perSecond)
  return { ...measured, syncs: yield* server.syncsOf(measured.pid) }
}, Effect.scoped)

const isSlow = ({ heldBackMillis = 0 }: Disk): boolean => heldBackMillis > 0

const loads: ReadonlyArray<Load> = [
  ...disks.map((disk) => ({ disk, perSecond: linksPerSecond })),
  ...disks.filter(isSlow).map((disk) => ({ disk, perSecond: fewerLinksPerSecond }))
]

type Measured = Effect.Success<ReturnType<typeof measureOnce>>

/** The syncs that came while the appends alone were timed. */
const syncsOfFloor = ({ floor, syncs }: Measured): ReadonlyArray<Sync> | undefined =>
  syncs?.filter(({ atMillis }) => atMillis >= floor.from && atMillis <= floor.to)

const median = (all: ReadonlyArray<Measured>, of: (run: Measured) => number) => quantile(all.map(of), 0.5)

const rowOfPath = ({ disk, perSecond }: Load, all: ReadonlyArray<Measured>): string => {
  const cell = (of: (run: Measured) => number) => spread(all.map(of))
  const cells = [
    disk.name,
    String(perSecond),
    cell(({ floor }) => floor.path),
    cell(({ verdicts }) => quantile(verdicts, 0.5)),
    cell(({ verdicts }) => quantile(verdicts, 0.99)),
    cell(({ warnings }) => quantile(warnings, 0.5)),
    cell(({ warnings }) => quantile(warnings, 0.99))
  ]
  return `| ${cells.join(" | ")} |`
}

/** What was done to the disk, as the server had it: an append should take what it took, and what was added. */
const rowOfDisk = (
  { disk: { heldBackMillis, name }, perSecond }: Load,
  all: ReadonlyArray<Measured>,
  tracedMillis: number | undefined
): string => {
  const cell = (of: (run: Measured) => number) => spread(all.map(of))
  const traced = heldBackMillis !== undefined
  const expected =
    traced && tracedMillis !== undefined && heldBackMillis > 0
      ? (tracedMillis + heldBackMillis).toFixed(2)
      : "–"
  const cells = [
    name,
    traced ? cell((run) => syncsOfFloor(run)!.length / run.floor.appends) : "–",
    traced
      ? cell((run) =>
          quantile(
            syncsOfFloor(run)!.map(({ tookMillis }) => tookMillis),
            0.5
          )
        )
      : "–",
    expected,
    cell(({ floor }) => floor.one),
    spread(
      all.map(({ floor }) => floor.perSecond),
      0
    ),
    spread(
      all.map(({ appendsPerLink }) => appendsPerLink * perSecond),
      0
    )
  ]
  return `| ${cells.join(" | ")} |`
}

const program = Effect.gen(function* () {
  const { path, version } = yield* ensureNatsServer({ dataFolder: ".cache/nats-server", say })
  const strace = findStrace()
  for (const line of machineLines(version)) yield* say(line)
  yield* say(
    `Malicious links for ${seconds} s, ${runs} runs: median of the runs (least to most), in milliseconds`
  )
  yield* say("")
  yield* say(
    "| disk | links/s | its four appends alone | verdict queued p50 | p99 | warning transmitted p50 | p99 |"
  )
  yield* say("|---|---|---|---|---|---|---|")
  const began = yield* Clock.currentTimeMillis
  const measured = new Map<Load, ReadonlyArray<Measured>>()
  for (const load of loads.filter(({ disk }) => disk.heldBackMillis === undefined || "path" in strace)) {
    const all: Array<Measured> = []
    for (let run = 0; run < runs; run++)
      all.push(yield* measureOnce(path, load, "path" in strace ? strace.path : undefined))
    measured.set(load, all)
    yield* say(rowOfPath(load, all))
  }
  yield* say("")
  yield* say(
    "| disk | syncs an append | one sync | one append, expected | found | appends/s it takes | appends/s asked of it |"
  )
  yield* say("|---|---|---|---|---|---|---|")
  const traced = [...measured].find(([{ disk }]) => disk.heldBackMillis === 0)
  const tracedMillis = traced && median(traced[1], ({ floor }) => floor.one)
  for (const [load, all] of measured) yield* say(rowOfDisk(load, all, tracedMillis))
  yield* say("")
  if ("missing" in strace) yield* say(`Slower disks were left out: ${strace.missing}.`)
  else
    yield* say(
      "strace holds back each fsync of nats-server inside the server. Its own cost is the row without a delay: " +
        "the difference to it is the disk's. Where more appends are asked of a disk than it takes, they queue for as " +
        "long as that lasts, and the latency says how long that was."
    )
  yield* say(`Took ${(((yield* Clock.currentTimeMillis) - began) / 1_000).toFixed(0)} s.`)
})

await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(Logger.layer([]))))
process.exit(0)
