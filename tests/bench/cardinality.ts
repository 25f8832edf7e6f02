/**
 * A million links: how much memory nats-server takes once they are folded, and how long a start takes after
 * that, from the launch of the process to its actors taking inputs, nats-server's own start included.
 *
 *     node tests/bench/cardinality.ts [links, 1000000 by default] [starts, 3 by default]
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { AckPolicy, DeliverPolicy } from "@nats-io/jetstream"
import { Effect, Fiber, Layer, Logger, Redacted, Schedule } from "effect"
import { eventStream } from "../../contracts/streams.ts"
import { eventFilter } from "../../contracts/subjects.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { Nats } from "../../infra/nats/connection.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { fetchedBinary } from "../../infra/nats-server/find.ts"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import { startProjector } from "../../projections/start-projector.ts"
import { runActors, services } from "../../actors/operator/system.ts"
import { defaultPacing } from "../../actors/whatsapp/pacing/limits.ts"
import { bundleProgram } from "../faults/bundle.ts"
import { startChild } from "../faults/child.ts"
import { embeddedServers } from "../faults/embedded-server.ts"
import { machineLines, spread } from "./machine.ts"
import { manyLinks } from "./many-links.ts"
import { seed } from "./seed.ts"

const [links = 1_000_000, starts = 3] = process.argv.slice(2).map(Number)
const startMillis = 1_767_225_600_000
const say = (line: string) => Effect.sync(() => console.log(line))
const count = (number: number) => Math.round(number).toLocaleString("en")

const dataFolder = mkdtempSync(join(tmpdir(), "wadjet-bench-"))

/** What a process holds in memory, in megabytes as Linux counts them: all of it, and what is its own; proc(5). */
interface Memory {
  readonly resident: number
  readonly own: number
}

const memoryOf = (pid: number): Memory => {
  const status = readFileSync(`/proc/${pid}/status`, "utf8")
  const megabytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)?.[1]) / 1_024
  return { resident: megabytes("VmRSS"), own: megabytes("RssAnon") }
}

const memoryTargetMegabytes = 120
const lookEveryMillis = 50

/** The most that a process holds while something runs. */
const withPeak = Effect.fnUntraced(function* <A, E, R>(pid: number, effect: Effect.Effect<A, E, R>) {
  let peak = memoryOf(pid)
  const look = Effect.sync(() => {
    const { own, resident } = memoryOf(pid)
    peak = { resident: Math.max(peak.resident, resident), own: Math.max(peak.own, own) }
  })
  const looking = yield* Effect.forkChild(Effect.repeat(look, Schedule.spaced(lookEveryMillis)))
  const result = yield* effect
  yield* Fiber.interrupt(looking)
  return { result, peak }
})

const sayMemory = Effect.fnUntraced(function* (when: string, { own, resident }: Memory) {
  yield* say(
    `${`nats-server ${when}`.padEnd(44)} ${resident.toFixed(0)} MB resident, ${own.toFixed(0)} MB of it its own`
  )
})

const timed = Effect.fnUntraced(function* <A, E, R>(
  what: string,
  events: number,
  effect: Effect.Effect<A, E, R>
) {
  const began = performance.now()
  const result = yield* effect
  const took = (performance.now() - began) / 1_000
  yield* say(
    `${what.padEnd(44)} ${took.toFixed(1).padStart(8)} s ${count(events / took).padStart(12)} events/s`
  )
  return result
})

const startSystem = Effect.fnUntraced(function* (binary: string) {
  const server = yield* startNatsServer({ binary, dataFolder })
  const address = { url: server.url, user: server.user, password: Redacted.make(server.pass) }
  const foundation = {
    address,
    dataFolder,
    server: "external" as const,
    serverVersion: "",
    died: Effect.never
  }
  return { server, address, base: yield* Layer.build(services(foundation)) }
})

/** What is seeded was scanned already: the scanner's group begins behind it. */
const passOver = Effect.fnUntraced(function* (last: number) {
  const { manager } = yield* Nats
  const { account } = yield* Keyring
  yield* Effect.promise(async () => {
    await manager.consumers.add(eventStream.name, {
      durable_name: "scan",
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      filter_subjects: [eventFilter(account, "message", "received")]
    })
    await manager.consumers.reset(eventStream.name, "scan", last + 1)
  })
})

const seedLog = Effect.fnUntraced(function* (binary: string) {
  const { base, server } = yield* startSystem(binary)
  return yield* Effect.gen(function* () {
    const keyring = yield* Keyring
    const { connection } = yield* Nats
    yield* EventLog
    const began = performance.now()
    const { peak, result: events } = yield* withPeak(
      server.pid,
      seed(connection, keyring, manyLinks(keyring, links), startMillis)
    )
    const took = (performance.now() - began) / 1_000
    yield* say(
      `${"seeding".padEnd(44)} ${took.toFixed(1).padStart(8)} s ${count(events / took).padStart(12)} events/s`
    )
    yield* passOver(events)
    const seeded = memoryOf(server.pid)
    yield* sayMemory("while it is seeded, at most", peak)
    yield* sayMemory("after seeding", seeded)
    return { events, seeding: peak, seeded }
  }).pipe(Effect.provideContext(base))
}, Effect.scoped)

const foldAll = Effect.fnUntraced(function* (binary: string, events: number) {
  const { address, base, server } = yield* startSystem(binary)
  return yield* Effect.gen(function* () {
    const folding = Effect.all(
      [
        timed("actors fold the log", events, runActors({ dataFolder, pacing: defaultPacing })),
        Effect.flatMap(startProjector({ nats: address, dataFolder }), (projector) =>
          timed(
            "read models fold the log",
            events,
            Effect.raceFirst(projector.reached(events), projector.failed)
          )
        )
      ],
      { concurrency: "unbounded" }
    )
    const { peak } = yield* withPeak(server.pid, folding)
    const folded = memoryOf(server.pid)
    yield* sayMemory("while all fold, at most", peak)
    yield* sayMemory("all links folded", folded)
    return { folding: peak, folded }
  }).pipe(Effect.provideContext(base))
}, Effect.scoped)

/** Launches the bundled system as a process of its own, nats-server as its child, and waits until it is ready. */
const startOnce = Effect.fnUntraced(function* (
  program: Effect.Success<typeof bundleProgram>,
  how: "asked" | "killed"
) {
  const began = performance.now()
  const child = yield* startChild(program, { dataFolder, unsure: false })
  yield* child.ready
  const seconds = (performance.now() - began) / 1_000
  if (how === "asked") yield* child.stop
  else {
    const servers = embeddedServers(dataFolder)
    yield* child.kill
    for (const pid of servers) process.kill(pid, "SIGKILL")
  }
  return seconds
}, Effect.scoped)

const sizeOf = (path: string) => `${(statSync(join(dataFolder, path)).size / 1e6).toFixed(0)} MB`

const program = Effect.gen(function* () {
  const { path: binary, version } = yield* ensureNatsServer({ dataFolder: ".cache/nats-server", say })
  for (const line of machineLines(version)) yield* say(line)
  yield* say(`${count(links)} links, each in one message, scanned and judged\n`)
  mkdirSync(dirname(fetchedBinary(dataFolder)), { recursive: true })
  symlinkSync(binary, fetchedBinary(dataFolder))
  const { events, seeded, seeding } = yield* seedLog(binary)
  const { folded, folding } = yield* foldAll(binary, events)
  yield* say(
    `${"snapshots and read models".padEnd(44)} ${["actors/whatsapp.db", "actors/verdict.db", "read-model/blue.db"].map((path) => `${path} ${sizeOf(path)}`).join(", ")}`
  )
  const bundle = yield* bundleProgram
  const clean: Array<number> = []
  const unclean: Array<number> = []
  for (let start = 0; start < starts; start++) clean.push(yield* startOnce(bundle, "asked"))
  yield* startOnce(bundle, "killed")
  for (let start = 0; start < starts; start++) unclean.push(yield* startOnce(bundle, "killed"))
  yield* say("")
  yield* say(`| ${count(links)} links, ${count(events)} events | measured | target |`)
  yield* say("|---|---|---|")
  const memories: ReadonlyArray<readonly [string, Memory]> = [
    ["while it is seeded, at most", seeding],
    ["after seeding", seeded],
    ["while all fold, at most", folding],
    ["all folded", folded]
  ]
  for (const [when, { own, resident }] of memories)
    yield* say(
      `| nats-server ${when}: resident, its own | ${resident.toFixed(0)} MB, ${own.toFixed(0)} MB | < ${memoryTargetMegabytes} MB |`
    )
  yield* say(`| start to ready, ${starts} starts | ${spread(clean)} s | < 3 s |`)
  yield* say(`| start to ready after kill -9, ${starts} starts | ${spread(unclean)} s | < 3 s |`)
})

await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(Logger.layer([])))).finally(() =>
  rmSync(dataFolder, { recursive: true, force: true })
)
process.exit(0)
