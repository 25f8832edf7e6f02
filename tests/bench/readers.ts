/**
 * What it takes to add an event to the log while many read it in one process, as pages and webhooks do: processor time of
 * the process and of nats-server, and how long the append takes.
 *
 *     node tests/bench/readers.ts [seconds, 20 by default] [events a second, 50 by default] [readers, 1,8,100,400 by default]
 *
 * Beside it the same readers with a consumer each, as nats-server itself would have it; they decode nothing.
 */
import { readFileSync } from "node:fs"
import { DeliverPolicy } from "@nats-io/jetstream"
import { Effect, Layer, Redacted, Stream } from "effect"
import { Muted } from "../../contracts/policy.ts"
import { ChatId } from "../../contracts/ids.ts"
import { eventStream } from "../../contracts/streams.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { jetStreamLog } from "../../infra/event-log/jetstream-log.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import { Nats } from "../../infra/nats/connection.ts"
import { temporaryFolder } from "../faults/temporary-folder.ts"
import { machineLines, quantile } from "./machine.ts"

const [seconds = 20, perSecond = 50] = process.argv.slice(2, 4).map(Number)
const counts = (process.argv[4] ?? "1,8,100,400").split(",").map(Number)
const say = (line: string) => Effect.sync(() => console.log(line))

/** Processor time of another process, in clock ticks of a hundredth of a second (`man 5 proc_pid_stat`). */
const busyMillisOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ")
  return (Number(fields[11]) + Number(fields[12])) * 10
}

const fact = (number: number) =>
  Muted({ chat: ChatId.make(`cbench${String(number % 100).padStart(4, "0")}`), until: number, by: "bench" })

/** A reader as the log has it, or one with a consumer of its own. */
const readers = { shared: "all over one consumer", own: "a consumer each, nothing decoded" } as const
type How = keyof typeof readers

const reading = Effect.fnUntraced(function* (how: How, seen: () => void) {
  const log = yield* EventLog
  if (how === "shared")
    return yield* log.read({ from: 1 }).pipe(
      Stream.runForEach(({ events }) => Effect.sync(() => events.forEach(seen))),
      Effect.forkScoped
    )
  const { jetstream } = yield* Nats
  const consumer = yield* Effect.promise(() =>
    jetstream.consumers.get(eventStream.name, { deliver_policy: DeliverPolicy.All })
  )
  return yield* Effect.acquireRelease(
    Effect.promise(() => consumer.consume({ callback: seen })),
    (messages) => Effect.sync(() => messages.stop())
  )
})

const measure = Effect.fnUntraced(function* (binary: string, how: How, count: number) {
  const dataFolder = yield* temporaryFolder
  const { pass, pid, url, user } = yield* startNatsServer({ binary, dataFolder })
  const layer = jetStreamLog.pipe(
    Layer.provideMerge(sqliteKeyring(":memory:")),
    Layer.provideMerge(Nats.layer({ url, user, password: Redacted.make(pass) }, "bench"))
  )
  return yield* Effect.gen(function* () {
    const log = yield* EventLog
    let seen = 0
    for (let reader = 0; reader < count; reader++) yield* reading(how, () => (seen += 1))
    const took: Array<number> = []
    const append = Effect.fnUntraced(function* (first: number, events: number) {
      for (let number = first; number < first + events; number++) {
        const began = performance.now()
        yield* log.append([{ id: `bench-${number}`, fact: fact(number) }], { actor: "bench" })
        took.push(performance.now() - began)
        yield* Effect.sleep(Math.max(1, 1_000 / perSecond - took.at(-1)!))
      }
    })
    const warmUp = perSecond * 2
    const total = perSecond * seconds
    yield* append(0, warmUp)
    yield* Effect.sleep("1 seconds")
    took.length = 0
    const before = process.cpuUsage()
    const serverBefore = busyMillisOf(pid)
    yield* append(warmUp, total)
    const { system, user } = process.cpuUsage(before)
    const server = busyMillisOf(pid) - serverBefore
    yield* Effect.sleep("1 seconds")
    const lost = (warmUp + total) * count - seen
    return { own: (system + user) / 1_000 / total, server: server / total, took, lost }
  }).pipe(Effect.provide(layer))
}, Effect.scoped)

const program = Effect.gen(function* () {
  const { path, version } = yield* ensureNatsServer({ dataFolder: ".cache/nats-server", say })
  for (const line of machineLines(version)) yield* say(line)
  yield* say(`${perSecond} events a second for ${seconds} s; milliseconds for each event`)
  yield* say("")
  yield* say(
    "| readers in one process | | processor time of the process | of nats-server | append p50 | p95 | not read |"
  )
  yield* say("|---|---|---|---|---|---|---|")
  for (const count of counts)
    for (const how of ["shared", "own"] as const) {
      const { lost, own, server, took } = yield* measure(path, how, count)
      const times = [own, server, quantile(took, 0.5), quantile(took, 0.95)].map((one) => one.toFixed(2))
      yield* say(`| ${[count, readers[how], ...times, lost].join(" | ")} |`)
    }
})

await Effect.runPromise(program)
process.exit(0)
