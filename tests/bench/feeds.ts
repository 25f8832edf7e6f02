/**
 * A long list of dangerous links: fetched over HTTP from loopback, held, looked up and read back from disk:
 *
 *     node --expose-gc tests/bench/feeds.ts LISTINGS LOOKUPS
 */
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { Readable } from "node:stream"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { Effect } from "effect"
import { openFeeds } from "../../actors/scan/feeds/feeds.ts"
import { openWebsite, outsideAddress } from "../infra/guarded-client/outside.ts"

const [listings = 1_000_000, lookups = 200_000] = process.argv.slice(2).map(Number)

const urlOf = (number: number): string => `https://h${number % 300_000}.example.com/login/${number}/index.php`

function* linesOf(): Generator<string> {
  const atOnce = 1_000
  for (let from = 0; from < listings; from += atOnce) {
    const count = Math.min(atOnce, listings - from)
    yield Array.from({ length: count }, (_, at) => urlOf(from + at)).join("\n") + "\n"
  }
}

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

/** What is held after everything that is not needed is gone: on V8's heap and in buffers, in megabytes. */
const heldMegabytes = (): number => {
  collect()
  collect()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return (arrayBuffers + heapUsed) / 1e6
}

const timesOf = (compute: (number: number) => unknown): { p50: string; p99: string } => {
  const times = Array.from({ length: lookups }, (_, number) => {
    const began = performance.now()
    compute(number)
    return (performance.now() - began) * 1_000
  }).toSorted((a, b) => a - b)
  const at = (share: number) => times[Math.floor(times.length * share)]!.toFixed(1)
  return { p50: at(0.5), p99: at(0.99) }
}

const timed = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const began = performance.now()
  const value = yield* effect
  delay.disable()
  return { value, seconds: (performance.now() - began) / 1_000, longestMillis: delay.max / 1e6 }
})

const program = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-feeds-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
  )
  const web = yield* openWebsite((_, response) => void Readable.from(linesOf()).pipe(response.writeHead(200)))
  const addresses = [{ name: "long", url: `http://${outsideAddress}:${web.port}/list` }]
  const feeds = yield* openFeeds(web.client, folder, addresses)
  const before = heldMegabytes()
  const fetched = yield* timed(feeds.refresh)
  const after = heldMegabytes()
  const again = yield* timed(feeds.refresh)
  const hit = timesOf((number) => feeds.lookUp(urlOf(number % listings)))
  const miss = timesOf((number) => feeds.lookUp(`https://www.h${number}.example.org/some/page?id=${number}`))
  const read = yield* timed(openFeeds(web.client, folder, addresses))
  const line = (what: string, value: string) => console.log(`${what.padEnd(44)} ${value}`)
  line("listings", String(listings))
  line(
    "fetched, read and written",
    `${fetched.seconds.toFixed(2)} s, longest pause ${fetched.longestMillis.toFixed(1)} ms`
  )
  line(
    "read back from disk",
    `${read.seconds.toFixed(2)} s, longest pause ${read.longestMillis.toFixed(1)} ms`
  )
  line(
    "fetched again, whole",
    `${again.seconds.toFixed(2)} s, longest pause ${again.longestMillis.toFixed(1)} ms`
  )
  line("held in memory for it", `${(after - before).toFixed(0)} MB`)
  line("on disk", `${(statSync(join(folder, "long.feed")).size / 1e6).toFixed(1)} MB`)
  line("look-up of a listed link", `p50 ${hit.p50} µs, p99 ${hit.p99} µs`)
  line("look-up of another link", `p50 ${miss.p50} µs, p99 ${miss.p99} µs`)
})

await Effect.runPromise(Effect.scoped(program))
