/**
 * What it costs to copy the log while links are posted: their latency without a copy, with one in a folder, and with one
 * in S3 over loopback; and how many requests a place gets in a day, idle and under that load.
 *
 *     node tests/bench/backup.ts [seconds, 20 by default] [links a second, 20 by default]
 */
import { generateX25519Identity, identityToRecipient } from "age-encryption"
import { Effect, Layer, Logger, Redacted } from "effect"
import type { PlaceAddress } from "../../actors/backup/places/open-place.ts"
import { runActors, services } from "../../actors/operator/system.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import { copyingOf, directoryAddress } from "../actors/backup/world.ts"
import { temporaryFolder } from "../faults/temporary-folder.ts"
import { unpaced } from "../faults/owners.ts"
import { startLoopbackS3 } from "../loopback-s3/server.ts"
import { machineLines, quantile } from "./machine.ts"
import { makeSightings, openPoster, postLinks } from "./sightings.ts"

const [seconds = 20, perSecond = 20] = process.argv.slice(2, 4).map(Number)
/** The shortest time between two segments: as the settings have it by default, and where requests cost money. */
const intervalsMillis = { byDefault: 500, seldom: 10_000 }
const secondsOfDay = 86_400
const say = (line: string) => Effect.sync(() => console.log(line))

interface Measured {
  readonly first: ReadonlyArray<number>
  readonly cpuMillis: number
}

const measure = Effect.fnUntraced(function* (
  binary: string,
  recipient: string,
  place: PlaceAddress | undefined,
  between: Effect.Effect<void>
) {
  const dataFolder = yield* temporaryFolder
  const { pass, url, user, version } = yield* startNatsServer({ binary, dataFolder })
  const address = { url, user, password: Redacted.make(pass) }
  const sightings = makeSightings()
  const base = yield* Layer.build(
    services(
      { address, dataFolder, server: "external", serverVersion: version, died: Effect.never },
      { log: sightings.log }
    )
  )
  return yield* Effect.gen(function* () {
    const copying = place === undefined ? undefined : copyingOf({ places: [place], recipients: [recipient] })
    yield* runActors({ dataFolder, pacing: unpaced, copying })
    const poster = yield* openPoster(address)
    yield* postLinks(sightings, poster, { count: perSecond, perSecond, named: "warm-up" })
    yield* between
    const cpu = process.cpuUsage()
    const seen = yield* postLinks(sightings, poster, {
      count: seconds * perSecond,
      perSecond,
      named: "fresh"
    })
    const { system, user: own } = process.cpuUsage(cpu)
    return { first: seen.map(({ first }) => first), cpuMillis: (system + own) / 1_000 } satisfies Measured
  }).pipe(Effect.provideContext(base))
}, Effect.scoped)

const row = (what: string, { cpuMillis, first }: Measured, rest: string) =>
  say(
    `| ${[
      what,
      quantile(first, 0.5).toFixed(1),
      quantile(first, 0.99).toFixed(1),
      (cpuMillis / first.length).toFixed(1),
      rest
    ].join(" | ")} |`
  )

const overS3 = Effect.fnUntraced(function* (path: string, recipient: string, everyMillis: number) {
  const s3 = yield* startLoopbackS3()
  const requests = () => [...s3.requests.values()].reduce((sum, each) => sum + each, 0)
  let idle = 0
  let before = 0
  /** Until nothing was asked for so long: the first copy is through by then, and the first point that a place gets. */
  const quiet: Effect.Effect<void> = Effect.gen(function* () {
    const asked = requests()
    yield* Effect.sleep(everyMillis * 2 + 1_000)
    if (requests() !== asked) yield* quiet
  })
  const idling = Effect.gen(function* () {
    yield* quiet
    before = requests()
    yield* Effect.sleep(`${seconds} seconds`)
    idle = requests() - before
    before = requests()
  })
  const shown: PlaceAddress = {
    name: "s3",
    shown: "S3 on loopback",
    everyMillis,
    kind: "s3",
    ...s3.address
  }
  const measured = yield* measure(path, recipient, shown, idling)
  const aDay = (count: number) => Math.round((count / seconds) * secondsOfDay).toLocaleString("en")
  yield* row(`S3, every ${everyMillis / 1_000} s`, measured, `${aDay(requests() - before)}, ${aDay(idle)}`)
}, Effect.scoped)

const program = Effect.gen(function* () {
  const { path, version } = yield* ensureNatsServer({ dataFolder: ".cache/nats-server", say })
  for (const line of machineLines(version)) yield* say(line)
  const identity = yield* Effect.promise(() => generateX25519Identity())
  const recipient = yield* Effect.promise(() => identityToRecipient(identity))
  yield* say(`${perSecond} links/s for ${seconds} s, each of a domain of its own; milliseconds`)
  yield* say("")
  yield* say(
    "| copied to | first verdict p50 | p99 | processor time a link | requests a day: under this load, idle |"
  )
  yield* say("|---|---|---|---|---|")
  yield* row("nowhere", yield* measure(path, recipient, undefined, Effect.void), "")
  const folder = yield* temporaryFolder
  yield* row(
    `a folder, every ${intervalsMillis.byDefault / 1_000} s`,
    yield* measure(path, recipient, directoryAddress(folder, intervalsMillis.byDefault), Effect.void),
    ""
  )
  for (const everyMillis of Object.values(intervalsMillis)) yield* overS3(path, recipient, everyMillis)
})

await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(Logger.layer([]))))
process.exit(0)
