/**
 * What the running system holds in memory: the bundle as `npm start` starts it, idle, under links, and idle again;
 * what each of its threads' heaps holds; its parts alone; and, in the same run, what Node holds before any of it.
 *
 *     node tests/bench/memory.ts [idle seconds, 30 by default] [seconds under links, 30 by default]
 */
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { Effect, Logger } from "effect"
import { parts } from "../../actors/operator/system.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { fetchedBinary } from "../../infra/nats-server/find.ts"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import { embeddedServers } from "../faults/embedded-server.ts"
import { launch, LaunchFailed, settingsOf } from "./launched.ts"
import { loopbackForBench } from "./linked.ts"
import { machineLines } from "./machine.ts"
import { type Memory, memoryOf, mostWhile, sum } from "./process-memory.ts"

const [idleSeconds = 30, loadSeconds = 30] = process.argv.slice(2).map(Number)
const baselineSeconds = Math.min(3, idleSeconds)
const linksPerSecond = 20
/** One link in so many imitates somebody, and is warned of. */
const badEvery = 20

const root = fileURLToPath(new URL("../..", import.meta.url))
const say = (line: string) => Effect.sync(() => console.log(line))
const shown = (megabytes: number) => megabytes.toFixed(1)
const row = (what: string, { files, own, proportional, resident }: Memory, target = "") =>
  say(`| ${[what, ...[resident, own, files, proportional].map(shown), target].join(" | ")} |`)

/** A data folder that has a nats-server and is gone with the scope. */
const dataFolder = Effect.fnUntraced(function* (binary: string) {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-bench-"))),
    (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true }))
  )
  mkdirSync(dirname(fetchedBinary(folder)), { recursive: true })
  symlinkSync(binary, fetchedBinary(folder))
  return folder
})

/** Starts the command as people do. Fails where the launcher did not take the bundle. */
const startWadjet = Effect.fnUntraced(function* (
  args: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>>
) {
  const started = yield* launch(join(root, "wadjet"), ["run", ...args, "--json"], {
    WADJET_HTTP: "127.0.0.1:0",
    ...environment
  })
  const settings = settingsOf(started.pid)
  if (!settings.script.endsWith("dist/main.js"))
    return yield* new LaunchFailed({
      message: `expected the bundle to be run, found ${settings.script}: a source is newer. Run this again`
    })
  // What `wadjet run --json` prints; its shape is in the command's help.
  const ready = JSON.parse(started.line) as { readonly page: string | null; readonly ownerKey?: string }
  return { ...started, settings, ready }
})

const textOf = (number: number) =>
  number % badEvery === 0
    ? `look http://198.18.${(number >> 8) & 255}.${number & 255}/paypal.com/login.php?n=${number}`
    : `look https://news${number % 500}.example/story/${number}`

/** Posts links by the clock, over HTTP, as other programs would. */
const postLinks = Effect.fnUntraced(function* (page: string, key: string) {
  const postOne = (number: number) =>
    Effect.promise(async () => {
      const answer = await fetch(`${page}/v1/sandbox/messages`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify({ author: `Member ${number % 50}`, text: textOf(number) })
      })
      const said = await answer.text()
      if (!answer.ok) throw new Error(`expected the link to be taken, found ${answer.status}: ${said}`)
    })
  const began = performance.now()
  for (let number = 0; number < loadSeconds * linksPerSecond; number++) {
    yield* Effect.sleep(Math.max(0, began + (number * 1_000) / linksPerSecond - performance.now()))
    yield* Effect.forkScoped(postOne(number))
  }
}, Effect.scoped)

/** The whole system in one process, with nats-server as its child. */
const measureSystem = Effect.fnUntraced(function* (binary: string) {
  const folder = yield* dataFolder(binary)
  const { pid, ready, seconds, settings } = yield* startWadjet([], { WADJET_DATA: folder })
  const pids = [pid, ...embeddedServers(folder)]
  yield* Effect.sleep(`${idleSeconds} seconds`)
  const idle = pids.map(memoryOf)
  const { most } = yield* mostWhile(pids, postLinks(ready.page ?? "", ready.ownerKey ?? ""))
  yield* Effect.sleep(`${idleSeconds} seconds`)
  return { seconds, settings, idle, most, after: pids.map(memoryOf) }
}, Effect.scoped)

/** The same once a number is linked: at its second start, when everything that pairing took is gone. */
const measureLinked = Effect.fnUntraced(function* (binary: string) {
  const folder = yield* dataFolder(binary)
  const { connected, disconnected, environment, link } = yield* loopbackForBench
  const start = startWadjet([], { WADJET_DATA: folder, ...environment })
  yield* Effect.scoped(Effect.andThen(start, link(folder)))
  yield* disconnected
  const began = performance.now()
  const { pid, seconds } = yield* start
  yield* connected
  const open = (performance.now() - began) / 1_000
  yield* Effect.sleep(`${idleSeconds} seconds`)
  return { ready: seconds, open, memories: [pid, ...embeddedServers(folder)].map(memoryOf) }
}, Effect.scoped)

type Settings = Effect.Success<ReturnType<typeof measureSystem>>["settings"]

/** What `heap-probe.js` writes, in bytes. */
interface Heap {
  readonly thread: string
  readonly used: number
  readonly committed: number
  readonly code: number
}

/** The heaps of the threads, asked from inside in a run of its own. */
const measureHeaps = Effect.fnUntraced(function* (binary: string) {
  const folder = yield* dataFolder(binary)
  const heaps = join(folder, "heaps")
  mkdirSync(heaps)
  yield* startWadjet([], {
    WADJET_DATA: folder,
    WADJET_BENCH_HEAPS: heaps,
    WADJET_BENCH_HEAPS_AFTER: String(idleSeconds * 1_000),
    NODE_OPTIONS: `--import=${new URL("heap-probe.js", import.meta.url).href}`
  })
  yield* Effect.sleep(`${idleSeconds + 2} seconds`)
  return readdirSync(heaps)
    .toSorted()
    .map((name) => JSON.parse(readFileSync(join(heaps, name), "utf8")) as Heap)
}, Effect.scoped)

/** Each part in a process of its own, on one server. */
const measureParts = Effect.fnUntraced(function* (binary: string) {
  const folder = yield* dataFolder(binary)
  const { pass, pid, url, user } = yield* startNatsServer({ binary, dataFolder: folder })
  const environment = {
    WADJET_DATA: folder,
    WADJET_NATS_URL: url,
    WADJET_NATS_USER: user,
    WADJET_NATS_PASSWORD: pass
  }
  const started: Array<readonly [string, number]> = []
  // The projector first: the others wait for its read models.
  for (const part of parts.toReversed()) started.push([part, (yield* startWadjet([part], environment)).pid])
  yield* Effect.sleep(`${idleSeconds} seconds`)
  return [...started, ["nats-server", pid] as const].map(([name, id]) => [name, memoryOf(id)] as const)
}, Effect.scoped)

/** A Node that does one thing and waits. */
const measureNode = Effect.fnUntraced(function* (
  program: string,
  doing: string,
  { environment, options }: Pick<Settings, "environment" | "options">
) {
  const code = `${doing}\nconsole.log("ready"); setInterval(() => {}, 1_000_000)`
  const { pid } = yield* launch(program, [...options, "--input-type=module", "--eval", code], environment)
  yield* Effect.sleep(`${baselineSeconds} seconds`)
  return memoryOf(pid)
}, Effect.scoped)

/** The chunks of the bundle that `wadjet run` loads when it starts. */
const importsOfRun = () => {
  const names = readdirSync(join(root, "dist")).filter((name) =>
    /^(run|run-system|start-admin)-.*\.js$/.test(name)
  )
  return names.map((name) => `await import("${pathToFileURL(join(root, "dist", name)).href}")`).join("\n")
}

const plain = { environment: {}, options: [] }
const importing = (name: string) => `await import("${import.meta.resolve(name)}")`

const measureBaselines = Effect.fnUntraced(function* (settings: Settings) {
  const { program } = settings
  const modules = importsOfRun()
  const thread = `new (await import("node:worker_threads")).Worker("setInterval(() => {}, 1e6)", { eval: true })`
  return [
    ["Node, idle", yield* measureNode(program, "", plain)],
    ["Node, with Wadjet's options", yield* measureNode(program, "", settings)],
    ["… and better-sqlite3", yield* measureNode(program, importing("better-sqlite3"), settings)],
    ["… or a second thread, idle", yield* measureNode(program, thread, settings)],
    ["… or the bundle's modules, nothing started", yield* measureNode(program, modules, settings)],
    [
      "… and Baileys beside them",
      yield* measureNode(program, `${modules}\n${importing("@whiskeysockets/baileys")}`, settings)
    ]
  ] as const
})

const table = (headings: ReadonlyArray<string>) =>
  Effect.andThen(say(`\n| ${headings.join(" | ")} |`), say(`|${"---|".repeat(headings.length)}`))
const columns = ["resident", "its own", "of files", "proportional"]

const program = Effect.gen(function* () {
  const { path: binary, version } = yield* ensureNatsServer({ dataFolder: ".cache/nats-server", say })
  execFileSync(process.execPath, [join(root, "infra/bundle/ensure.js")], { stdio: "ignore" })
  for (const line of machineLines(version)) yield* say(line)

  const system = yield* measureSystem(binary)
  const { options, environment } = system.settings
  const set = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  yield* say(`started as: ${[...set, "node", ...options, "dist/main.js run"].join(" ")}`)
  yield* say(
    `ready ${system.seconds.toFixed(2)} s after the launch, with an empty data folder; megabytes of 2^20 bytes`
  )

  yield* table(["process", ...columns, "target"])
  for (const [what, memory] of yield* measureBaselines(system.settings)) yield* row(what, memory)
  const moments: ReadonlyArray<readonly [string, ReadonlyArray<Memory>, string, string]> = [
    [`${idleSeconds} s after its start`, system.idle, "≤ 95", "≤ 25"],
    [`under ${linksPerSecond} links/s for ${loadSeconds} s, at most`, system.most, "", ""],
    [`${idleSeconds} s after that`, system.after, "≤ 95", "≤ 25"]
  ]
  for (const [when, memories, appTarget, serverTarget] of moments) {
    const [app, server] = memories
    if (app === undefined || server === undefined)
      throw new Error("expected nats-server to be a child of Wadjet")
    yield* row(`Wadjet, ${when}`, app, appTarget)
    yield* row(`nats-server, ${when}`, server, serverTarget)
    yield* row(`together, ${when}`, sum(memories), appTarget === "" ? "≤ 260" : "≤ 120 before Baileys")
  }
  const linked = yield* measureLinked(binary)
  const [app, server] = linked.memories
  if (app === undefined || server === undefined)
    throw new Error("expected nats-server to be a child of Wadjet")
  yield* row(`Wadjet, linked to WhatsApp, ${idleSeconds} s after its start`, app, "≤ 155")
  yield* row(`nats-server, then`, server, "≤ 25")
  yield* row(`together, then`, sum(linked.memories), "≤ 180")
  yield* say(
    `\nlinked, with a warm data folder: ready ${linked.ready.toFixed(2)} s after the launch, the socket to the loopback WhatsApp open after ${linked.open.toFixed(2)} s`
  )

  yield* table(["heap, idle", "used", "committed", "code in it"])
  for (const { code, committed, thread, used } of yield* measureHeaps(binary))
    yield* say(
      `| ${[thread, ...[used, committed, code].map((bytes) => shown(bytes / 2 ** 20))].join(" | ")} |`
    )

  yield* table(["part in a process of its own, idle", ...columns])
  const alone = yield* measureParts(binary)
  for (const [name, memory] of alone) yield* row(name, memory)
  yield* row("together", sum(alone.map(([, memory]) => memory)))
})

await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(Logger.layer([]))))
process.exit(0)
