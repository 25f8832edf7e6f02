/**
 * A list of a million dangerous links is fetched while links are posted: first as a whole, then again with a part of it
 * changed. How long a posted link then waits for its first verdict, beside the same load without a fetch:
 *
 *     node tests/bench/feeds-load.ts LISTINGS SECONDS LINKS-A-SECOND RUNS
 */
import { monitorEventLoopDelay } from "node:perf_hooks"
import { join } from "node:path"
import { Clock, Effect, Layer, Logger, Redacted } from "effect"
import { runActors, services } from "../../actors/operator/system.ts"
import { openFeeds } from "../../actors/scan/feeds/feeds.ts"
import { makeRelay } from "../../actors/scan/watch/relay.ts"
import { plainPacing } from "../../actors/whatsapp/pacing/limits.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import { startProjector } from "../../projections/start-projector.ts"
import { temporaryFolder } from "../faults/temporary-folder.ts"
import { openLoopbackInternet } from "../loopback-internet/internet.ts"
import { machineLines, quantile, spread } from "./machine.ts"
import { makeSightings, openPoster, type Poster, postLinks } from "./sightings.ts"

const [listings = 1_000_000, seconds = 20, perSecond = 50, runs = 3] = process.argv.slice(2).map(Number)
const pacing = plainPacing({ overallPerMinute: 6e7, chatPerMinute: 6e7, burst: 1e6 })
const say = (line: string) => Effect.sync(() => console.log(line))

interface Measured {
  readonly verdicts: ReadonlyArray<number>
  readonly fetchSeconds: number | undefined
  /** The longest that nothing else had its turn. */
  readonly pauseMillis: number
}

/** Links are posted for so many seconds, while something else is done or not. */
const under = <E, R>(
  sightings: ReturnType<typeof makeSightings>,
  poster: Poster,
  named: string,
  meanwhile: Effect.Effect<void, E, R>
) =>
  Effect.gen(function* () {
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    let fetchSeconds: number | undefined
    const began = yield* Clock.currentTimeMillis
    const fetching = Effect.gen(function* () {
      yield* meanwhile
      fetchSeconds = ((yield* Clock.currentTimeMillis) - began) / 1_000
    })
    const [seen] = yield* Effect.all(
      [postLinks(sightings, poster, { count: seconds * perSecond, perSecond, named }), fetching],
      { concurrency: "unbounded" }
    )
    delay.disable()
    const measured: Measured = {
      verdicts: seen.map(({ first }) => first),
      fetchSeconds,
      pauseMillis: delay.max / 1e6
    }
    return measured
  })

const measure = Effect.fnUntraced(function* (binary: string) {
  const dataFolder = yield* temporaryFolder
  const { pass, url, user, version } = yield* startNatsServer({ binary, dataFolder })
  const address = { url, user, password: Redacted.make(pass) }
  const sightings = makeSightings()
  const { client } = yield* openLoopbackInternet()
  const relay = makeRelay(new Set(["long"]))
  const list = `http://lists.example.net/${listings}`
  const lists = yield* openFeeds(
    client,
    join(dataFolder, "feeds"),
    [{ name: "long", url: list }],
    relay.follower
  )
  const base = yield* Layer.build(
    services(
      { address, dataFolder, server: "external", serverVersion: version, died: Effect.never },
      { log: sightings.log }
    )
  )
  return yield* Effect.gen(function* () {
    yield* startProjector({ nats: address, dataFolder })
    yield* runActors({ dataFolder, pacing, around: { lists: { lists, relay } } })
    const poster = yield* openPoster(address)
    yield* postLinks(sightings, poster, { count: 2 * perSecond, perSecond, named: "warm-up" })
    return [
      yield* under(sightings, poster, "alone", Effect.void),
      yield* under(sightings, poster, "first", lists.refresh),
      yield* under(sightings, poster, "again", lists.refresh)
    ] as const
  }).pipe(Effect.provideContext(base))
}, Effect.scoped)

const row = (what: string, all: ReadonlyArray<Measured>, fetches: boolean): string => {
  const at = (share: number) =>
    spread(
      all.map(({ verdicts }) => quantile(verdicts, share)),
      1
    )
  const cells = [
    at(0.5),
    at(0.99),
    at(1),
    spread(
      all.map(({ pauseMillis }) => pauseMillis),
      0
    ),
    fetches
      ? spread(
          all.map(({ fetchSeconds = Number.NaN }) => fetchSeconds),
          1
        )
      : "–"
  ]
  return `| ${[what, ...cells].join(" | ")} |`
}

const program = Effect.gen(function* () {
  const { path, version } = yield* ensureNatsServer({ dataFolder: ".cache/nats-server", say })
  for (const line of machineLines(version)) yield* say(line)
  yield* say(
    `${listings} listings; ${perSecond} links/s for ${seconds} s; ${runs} runs: median (least to most), in milliseconds`
  )
  const all: Array<readonly [Measured, Measured, Measured]> = []
  for (let run = 0; run < runs; run++) all.push(yield* measure(path))
  yield* say("")
  yield* say("| while | first verdict p50 | p99 (target < 150) | longest | longest pause | the fetch, s |")
  yield* say("|---|---|---|---|---|---|")
  yield* say(
    row(
      "nothing is fetched",
      all.map(([alone]) => alone),
      false
    )
  )
  yield* say(
    row(
      "the list is fetched the first time",
      all.map(([, first]) => first),
      true
    )
  )
  yield* say(
    row(
      "it is fetched again, one line in a hundred changed",
      all.map(([, , again]) => again),
      true
    )
  )
})

await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(Logger.layer([]))))
process.exit(0)
