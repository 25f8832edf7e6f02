/**
 * Links that were never seen before, at a steady rate, with services and sites that answer as slowly as in life
 * (`tests/loopback-internet/source-latency.json`): how long it is from a posted link to its first verdict, and to the
 * last result there will be. Then the same with every service and site down, in each way.
 *
 *     node tests/bench/sources.ts [seconds, 120 by default] [links a second, 20 by default] [runs, 3 by default] [trouble] [here]
 *
 * `here` has the main thread ask, in place of one of its own.
 *
 * Each run is a process that has just started, whose code is not compiled yet: first verdicts are counted for its first
 * minute and for what comes after it, each for itself.
 *
 * The last result counts when it is in the log: everybody who was asked has answered by then, or is named in it as
 * missing. The system is whole; nats-server, the projector, what asks and the services have threads or processes of their
 * own.
 */
import { Effect, Layer, Logger, Redacted, type Scope } from "effect"
import { runActors, services } from "../../actors/operator/system.ts"
import type { Outside } from "../../actors/scan/outside.ts"
import { plainPacing } from "../../actors/whatsapp/pacing/limits.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import { startProjector } from "../../projections/start-projector.ts"
import { temporaryFolder } from "../faults/temporary-folder.ts"
import { askEverybody, askEverybodyInThread } from "../loopback-internet/everybody.ts"
import { openLoopbackInternet, type Trouble } from "../loopback-internet/internet.ts"
import { machineLines, quantile, spread } from "./machine.ts"
import { makeSightings, openPoster, postLinks, type Seen } from "./sightings.ts"

const [seconds = 120, perSecond = 20, runs = 3] = process.argv.slice(2, 5).map(Number)
const troubles: ReadonlyArray<Trouble> = ["refused", "silent", "broken", "dns-dead"]
const only = process.argv[5]
type Ask = (...given: Parameters<typeof askEverybodyInThread>) => Effect.Effect<Outside, never, Scope.Scope>
const ask: Ask =
  process.argv[6] === "here"
    ? ({ client }, folder) => Effect.orDie(askEverybody(client, folder))
    : askEverybodyInThread
const pacing = plainPacing({ overallPerMinute: 6e7, chatPerMinute: 6e7, burst: 1e6 })
const say = (line: string) => Effect.sync(() => console.log(line))

const measure = Effect.fnUntraced(function* (binary: string, trouble: Trouble, count: number) {
  const dataFolder = yield* temporaryFolder
  const { pass, url, user, version } = yield* startNatsServer({ binary, dataFolder })
  const address = { url, user, password: Redacted.make(pass) }
  const sightings = makeSightings()
  const internet = yield* openLoopbackInternet()
  const outside = yield* ask(internet, dataFolder)
  const foundation = {
    address,
    dataFolder,
    server: "external" as const,
    serverVersion: version,
    died: Effect.never
  }
  const base = yield* Layer.build(services(foundation, { log: sightings.log }))
  return yield* Effect.gen(function* () {
    yield* startProjector({ nats: address, dataFolder })
    yield* runActors({ dataFolder, pacing, around: { outside } })
    const poster = yield* openPoster(address)
    yield* postLinks(sightings, poster, { count: perSecond, perSecond, named: "warm-up" })
    // Connections that are still open would be used again, whatever becomes of the names.
    if (trouble !== "alive") yield* Effect.sleep("5 seconds")
    internet.allBecome(trouble)
    const before = process.threadCpuUsage()
    const seen = yield* postLinks(sightings, poster, { count, perSecond, named: "fresh" })
    const { system, user } = process.threadCpuUsage(before)
    return { seen, outside, busyMillis: (system + user) / 1_000 / count }
  }).pipe(Effect.provideContext(base))
}, Effect.scoped)

/** After so long what a link takes is compiled. */
const startSeconds = 60

const row = (what: string, all: ReadonlyArray<ReadonlyArray<number>>, target: string, digits = 0): string => {
  const cells = [0.5, 0.95, 0.99].map((share) =>
    spread(
      all.map((one) => quantile(one, share)),
      digits
    )
  )
  return `| ${[what, ...cells, target].join(" | ")} |`
}

/** Of all links, the share of which a source said something in the end. */
const answeredShare = (seen: ReadonlyArray<Seen>, source: string): number =>
  seen.filter(({ missing }) => !missing.some((one) => one.source === source)).length / seen.length

const reasonsOf = (seen: ReadonlyArray<Seen>, source: string): string => {
  const counts = new Map<string, number>()
  for (const { missing } of seen)
    for (const { reason } of missing.filter((one) => one.source === source)) {
      const short = reason.replace(/\d{4}-.*UTC/, "…")
      counts.set(short, (counts.get(short) ?? 0) + 1)
    }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([reason, count]) => `${reason} (${count})`)
    .join("; ")
}

const sourceRows = (outside: Outside, seen: ReadonlyArray<Seen>): ReadonlyArray<string> =>
  outside.asks.map(
    (source) =>
      `| ${source} | ${(100 * answeredShare(seen, source)).toFixed(1)} % | ${reasonsOf(seen, source)} |`
  )

const program = Effect.gen(function* () {
  const { path, version } = yield* ensureNatsServer({ dataFolder: ".cache/nats-server", say })
  for (const line of machineLines(version)) yield* say(line)
  yield* say(
    `${perSecond} links/s for ${seconds} s, each of a domain of its own, one in five sends on; ${runs} runs: median (least to most), in milliseconds`
  )
  const all: Array<ReadonlyArray<Seen>> = []
  const busy: Array<number> = []
  let asked: Outside | undefined
  for (let run = 0; run < runs; run++) {
    const { busyMillis, outside, seen } = yield* measure(path, "alive", seconds * perSecond)
    all.push(seen)
    busy.push(busyMillis)
    asked = outside
  }
  const times = (of: (seen: Seen) => number | undefined) =>
    all.map((seen) => seen.flatMap((it) => of(it) ?? []))
  yield* say("")
  yield* say("| from the posted link to | p50 | p95 | p99 | target |")
  yield* say("|---|---|---|---|---|")
  const firsts = times(({ first }) => first)
  const links = startSeconds * perSecond
  yield* say(
    row(
      "its first verdict, in the first minute of a process",
      firsts.map((one) => one.slice(0, links)),
      "",
      1
    )
  )
  if (seconds > startSeconds)
    yield* say(
      row(
        "its first verdict, later",
        firsts.map((one) => one.slice(links)),
        "p50 ≤ 10",
        1
      )
    )
  yield* say(
    row(
      "the warning, where a service lists it",
      times((it) => (it.listed ? it.standing : undefined)),
      "",
      1
    )
  )
  yield* say(
    row(
      "its last result",
      times(({ last }) => last),
      "p50 ≤ 1,000, p95 ≤ 3,000"
    )
  )
  yield* say(
    row(
      "… of a link that is no redirect",
      times((it) => (it.redirects ? undefined : it.last)),
      ""
    )
  )
  yield* say(
    row(
      "… of a link that sends on",
      times((it) => (it.redirects ? it.last : undefined)),
      ""
    )
  )
  yield* say("")
  yield* say(`The main thread works for ${spread(busy)} ms for each link.`)
  yield* say("")
  yield* say("| source | of links it spoke about | where not, why |")
  yield* say("|---|---|---|")
  for (const line of sourceRows(asked!, all.flat())) yield* say(line)
  yield* say("")
  yield* say(
    "| every source and site | first verdict p50 | p99 | last result p50 | p99 | says what is missing |"
  )
  yield* say("|---|---|---|---|---|---|")
  for (const trouble of troubles.filter((it) => only === undefined || it === only)) {
    const { outside, seen } = yield* measure(path, trouble, Math.min(seconds, 10) * perSecond)
    const at = (of: (seen: Seen) => number, share: number) => quantile(seen.map(of), share).toFixed(0)
    const heard = outside.asks.filter((source) => answeredShare(seen, source) > 0)
    const cells = [
      at((it) => it.first, 0.5),
      at((it) => it.first, 0.99),
      at((it) => it.last, 0.5),
      at((it) => it.last, 0.99)
    ]
    const but = heard.length === 0 ? "" : ` but ${heard.join(", ")}`
    yield* say(`| ${[trouble, ...cells, `of every source${but}`].join(" | ")} |`)
  }
})

await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(Logger.layer([]))))
process.exit(0)
