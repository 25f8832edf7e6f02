/**
 * The main queries over HTTP at 200 connections that stay open, with a million verdicts stored and 50 events a second
 * being written; how many answers a second hold a p95 of ten milliseconds, and how many there are at most; and the same
 * queries without HTTP.
 *
 *     node tests/bench/http.ts [verdicts, 1000000 by default] [seconds of each, 10] [requests/s of each query, 100] [folder]
 *
 * A folder that is named keeps the read models, and has them the next time: filling them takes minutes.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Effect, Fiber, Layer, Redacted } from "effect"
import { publish } from "../../infra/event-log/append.ts"
import { encodeEntry } from "../../infra/event-log/codec.ts"
import { freshGeneration } from "../../infra/event-log/stream-setup.ts"
import { Keyring, type KeyringService } from "../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { Nats } from "../../infra/nats/connection.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import { openSqliteReadOnly } from "../../infra/sqlite/open.ts"
import { locationIn } from "../../projections/location.ts"
import { type Queries, queriesOn } from "../../projections/reader.ts"
import { beginBehind, filledBefore, fillReadModels, keyringFile, manyVerdicts } from "./http-filling.ts"
import { type Answered, askAtRate, askWithoutPause, failures, percentiles } from "./http-load.ts"
import { launch } from "./launched.ts"
import { machineLines, quantile } from "./machine.ts"

const [verdicts = 1_000_000, seconds = 10, perSecond = 100] = process.argv.slice(2, 5).map(Number)
const connections = 200
const writtenPerSecond = 50
const p95TargetMillis = 10
const rates = [100, 200, 400, 600, 800, 1_000, 1_500, 2_000]
const keyedRounds = 2_000

const root = fileURLToPath(new URL("../..", import.meta.url))
const kept = process.argv[5]
const folder = kept ?? mkdtempSync(join(tmpdir(), "wadjet-bench-"))
const say = (line: string) => Effect.sync(() => console.log(line))

interface Query {
  readonly name: string
  readonly paths: ReadonlyArray<string>
  /** The same without HTTP: once for each of the paths. */
  readonly local: ReadonlyArray<(queries: Queries) => unknown>
  readonly keyed?: boolean
}

/** What people and programs ask for, of places all over the read models. */
const queriesFor = (queries: Queries): ReadonlyArray<Query> => {
  const chats = queries.chats.list({ limit: 20 })
  const last = queries.verdicts.list({ limit: 1 })[0]!.cursor
  const cursors = Array.from({ length: 20 }, (_, index) => Math.floor((last * (index + 1)) / 20))
  const links = cursors.map((before) => queries.verdicts.list({ limit: 1, before })[0]!.link)
  const now = Date.now()
  return [
    {
      name: "verdicts, the newest 50",
      paths: ["/v1/verdicts"],
      local: [(it) => it.verdicts.list({ limit: 51 })]
    },
    {
      name: "verdicts, 50 from anywhere",
      paths: cursors.map((cursor) => `/v1/verdicts?cursor=${cursor}`),
      local: cursors.map((before) => (it) => it.verdicts.list({ limit: 51, before }))
    },
    {
      name: "malicious verdicts of a chat, 50",
      paths: chats.map(({ chat }) => `/v1/verdicts?chat=${chat}&level=malicious`),
      local: chats.map(
        ({ chat }) =>
          (it) =>
            it.verdicts.list({ limit: 51, chat, level: "malicious" })
      )
    },
    {
      name: "messages of a chat, 50",
      paths: chats.map(({ chat }) => `/v1/chats/${chat}/messages`),
      local: chats.map(
        ({ chat }) =>
          (it) =>
            it.messages.list(chat, { limit: 51 })
      )
    },
    {
      name: "chats, 50",
      paths: ["/v1/chats"],
      local: [(it) => it.chats.list({ limit: 51, recentFirst: true })]
    },
    {
      name: "one link, explained",
      keyed: true,
      paths: links.map((link) => `/v1/links/${link}/explanation`),
      local: links.map((link) => (it) => it.explanation(link, now))
    },
    {
      name: "settings of one chat",
      keyed: true,
      paths: chats.map(({ chat }) => `/v1/chats/${chat}/settings`),
      local: chats.map(
        ({ chat }) =>
          (it) =>
            it.chats.settings(chat)
      )
    },
    { name: "overview", paths: ["/v1/overview"], local: [(it) => it.overview()] }
  ]
}

/** Facts at a steady rate, until it is interrupted. */
const keepWriting = Effect.fnUntraced(function* (keyring: KeyringService, from: number) {
  const { connection } = yield* Nats
  let sequence = from
  for (const fact of manyVerdicts(keyring, 1_000_000, from + 1)) {
    sequence++
    const entry = { fact, id: `written-${sequence}` }
    const message = yield* encodeEntry(keyring, entry, { actor: "bench" }, Date.now())
    yield* Effect.promise(() => publish(connection, [{ ...message, expected: undefined }]))
    yield* Effect.sleep(`${1_000 / writtenPerSecond} millis`)
  }
})

const inARow = (answered: Answered) =>
  `${answered.perSecond.toFixed(0)} | ${percentiles(answered.millis)} | ${failures(answered)} | ${(100 * answered.ownShare).toFixed(0)} %`

const localTimes = ({ local }: Query, queries: Queries) => {
  const millis: Array<number> = []
  const rounds = Math.min(keyedRounds, Math.max(20, Math.round(verdicts / 50)))
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    local[round % local.length]!(queries)
    millis.push(performance.now() - began)
    if (round >= 20 && millis.length * quantile(millis.slice(-20), 0.5) > 5_000) break
  }
  return millis
}

/** The read models of so many verdicts: those of the folder, or made now. */
const filled = Effect.fnUntraced(function* (keyring: KeyringService) {
  if (existsSync(locationIn(folder).database)) return filledBefore(folder)
  const generation = freshGeneration()
  const began = performance.now()
  const sequence = yield* fillReadModels(folder, generation, keyring, verdicts)
  const seconds = ((performance.now() - began) / 1_000).toFixed(0)
  yield* say(
    `${verdicts.toLocaleString("en")} verdicts of ${sequence.toLocaleString("en")} events, folded in ${seconds} s`
  )
  return { generation, sequence }
})

const measure = Effect.fnUntraced(function* (nats: {
  readonly url: string
  readonly user: string
  readonly pass: string
}) {
  const keyring = yield* Keyring
  const { generation, sequence: events } = yield* filled(keyring)
  yield* beginBehind(yield* Nats, generation, events)
  const db = yield* openSqliteReadOnly(locationIn(folder).database)
  const queries = queriesOn(db, keyring)
  const asked = queriesFor(queries)
  const { line } = yield* launch(join(root, "wadjet"), ["run", "projector", "admin", "--json"], {
    WADJET_DATA: folder,
    WADJET_HTTP: "127.0.0.1:0",
    WADJET_NATS_URL: nats.url,
    WADJET_NATS_USER: nats.user,
    WADJET_NATS_PASSWORD: nats.pass
  })
  // What `wadjet run --json` prints; its shape is in the command's help.
  const ready = JSON.parse(line) as { readonly page: string; readonly ownerKey: string }
  const { hostname, port } = new URL(ready.page)
  const load = { host: hostname, port: Number(port), key: ready.ownerKey, connections, seconds }
  const writing = yield* Effect.forkChild(keepWriting(keyring, events))
  const paths = Array.from({ length: 20 }, (_, index) =>
    asked.map((query) => query.paths[index % query.paths.length]!)
  ).flat()
  // Code that runs for the first time is compiled first.
  yield* Effect.promise(() => askAtRate({ ...load, perSecond, paths }))

  yield* say(
    `\n| query | over HTTP, p50 / p95 / p99 ms | without, p50 / p95 / p99 ms | target |\n|---|---|---|---|`
  )
  for (const query of asked) {
    const answered = yield* Effect.promise(() => askAtRate({ ...load, perSecond, paths: query.paths }))
    const { failed, millis } = answered
    if (failed.size > 0)
      return yield* Effect.die(
        new Error(`${query.name}: expected 200 for all, found ${failures(answered)} of ${millis.length}`)
      )
    const target = query.keyed === true ? "p95 ≤ 10, p99 ≤ 1 without" : "p95 ≤ 10"
    yield* say(
      `| ${query.name} | ${percentiles(millis)} | ${percentiles(localTimes(query, queries))} | ${target} |`
    )
  }
  yield* say(
    `\nEach at ${perSecond} requests/s over ${connections} connections, ${writtenPerSecond} events/s written meanwhile, after all of them in turn for as long.`
  )

  let holds = 0
  yield* say(
    `\n| all of them in turn, requests/s | answered/s | p50 / p95 / p99 ms | not answered | asking and writing took of a processor |\n|---|---|---|---|---|`
  )
  for (const rate of rates) {
    const answered = yield* Effect.promise(() => askAtRate({ ...load, perSecond: rate, paths }))
    const { failed, millis } = answered
    yield* say(`| ${rate} | ${inARow(answered)} |`)
    if (failed.size > 0 || quantile(millis, 0.95) > p95TargetMillis) break
    holds = rate
  }
  const fastest = yield* Effect.promise(() => askWithoutPause({ ...load, paths }))
  yield* say(`| as fast as they are answered | ${inARow(fastest)} |`)
  yield* say(
    `\nA p95 of ${p95TargetMillis} ms holds up to ${holds} requests/s; each of ${connections} connections asks once a second at ${connections}.`
  )
  yield* Fiber.interrupt(writing)
})

const program = Effect.gen(function* () {
  mkdirSync(locationIn(folder).folder, { recursive: true })
  // A log and keys of its own each time: those of the last time have moved on, or were shown to somebody else.
  for (const name of ["nats", "accounts.db", "accounts.db-wal", "accounts.db-shm"])
    rmSync(join(folder, name), { recursive: true, force: true })
  const { path } = yield* ensureNatsServer({ dataFolder: ".cache/nats-server", say: () => Effect.void })
  const nats = yield* startNatsServer({ binary: path, dataFolder: folder })
  for (const line of machineLines(nats.version)) yield* say(line)
  const address = { url: nats.url, user: nats.user, password: Redacted.make(nats.pass) }
  const base = Layer.merge(Nats.layer(address, "bench"), sqliteKeyring(keyringFile(folder)))
  yield* measure(nats).pipe(Effect.provide(base))
})

await Effect.runPromise(Effect.scoped(program)).finally(() => {
  if (kept === undefined) rmSync(folder, { recursive: true, force: true })
})
