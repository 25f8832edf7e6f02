/**
 * A long list of Safe Browsing: fetched over HTTP from loopback, held, looked up, brought up to date and read back:
 *
 *     node --expose-gc tests/bench/safe-browsing.ts HASHES LOOKUPS
 */
import { once } from "node:events"
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { Worker } from "node:worker_threads"
import { Effect, Redacted } from "effect"
import { openHashLists } from "../../actors/scan/safe-browsing/lists/hash-lists.ts"
import { safeBrowsing } from "../../actors/scan/sources/safe-browsing.ts"
import { makeGuardedClient } from "../../infra/guarded-client/client.ts"
import { outsideAddress } from "../infra/guarded-client/outside.ts"
import type { Ready } from "./safe-browsing-service.ts"
import { spread } from "./spread.ts"

const [hashCount = 4_000_000, lookups = 200_000] = process.argv.slice(2).map(Number)

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
  yield* effect
  delay.disable()
  return `${((performance.now() - began) / 1_000).toFixed(2)} s, longest pause ${(delay.max / 1e6).toFixed(1)} ms`
})

const hashOfNumber = (value: number): Buffer => {
  const hash = Buffer.alloc(32, 1)
  hash.writeUInt32BE(value)
  return hash
}

const program = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-safe-browsing-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
  )
  const worker = yield* Effect.acquireRelease(
    Effect.sync(
      () => new Worker(new URL("safe-browsing-service.ts", import.meta.url), { workerData: hashCount })
    ),
    (worker) => Effect.promise(() => worker.terminate())
  )
  const [{ answerBytes, port, sample }] = (yield* Effect.promise(() => once(worker, "message"))) as [Ready]
  const client = yield* makeGuardedClient({
    exempt: (address, at) => address === outsideAddress && at === port
  })
  const key = Redacted.make("key")
  const place = { client, key, base: `http://${outsideAddress}:${port}`, folder }
  const before = heldMegabytes()
  const lists = openHashLists(place, false)
  const fetched = yield* timed(lists.refresh)
  const held = heldMegabytes() - before
  yield* Effect.sleep("1100 millis")
  const updated = yield* timed(lists.refresh)
  const again = openHashLists(place, false)
  // The second answer says to wait a second: what is on disk is not due yet.
  const read = yield* timed(again.refresh)
  const source = safeBrowsing(key, place.base, { mode: "local-list", lists })
  const listed = Array.from(sample, hashOfNumber)
  const strangers = Array.from(spread(1_000, 3), hashOfNumber)
  const hit = timesOf((number) => lists.isSuspect(listed[number % listed.length]!))
  const miss = timesOf((number) => lists.isSuspect(strangers[number % strangers.length]!))
  const now = Date.now()
  const link = timesOf((number) =>
    source.known!(`https://www.h${number}.example.org/some/page/of/it?id=${number}`, now)
  )
  const line = (what: string, value: string) => console.log(`${what.padEnd(44)} ${value}`)
  line("hashes", `${hashCount}`)
  line("answer, coded", `${(answerBytes[0]! / 1e6).toFixed(1)} MB`)
  line("fetched, checked and written", fetched)
  line(`one in 200 replaced, ${(answerBytes[1]! / 1e3).toFixed(0)} kB`, updated)
  line("read back from disk", read)
  line(
    "held in memory for it",
    `${held.toFixed(1)} MB, of it ${(lists.bytes() / 1e6).toFixed(1)} MB in hashes`
  )
  line("on disk", `${(statSync(join(folder, "se-4b.list")).size / 1e6).toFixed(1)} MB`)
  line("look-up of a listed hash", `p50 ${hit.p50} µs, p99 ${hit.p99} µs`)
  line("look-up of another hash", `p50 ${miss.p50} µs, p99 ${miss.p99} µs`)
  line("a link that is on no list", `p50 ${link.p50} µs, p99 ${link.p99} µs`)
})

await Effect.runPromise(Effect.scoped(program))
