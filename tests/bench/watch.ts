/**
 * What the scanner's watch keeps of links that chats hold, what that costs in memory, how soon it is there after a
 * start, and what it takes to know of a list with as many new lines that it names none of them:
 *
 *     node tests/bench/watch.ts [links, 100000 by default] [new lines, 1000000]
 */
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { Readable } from "node:stream"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { Effect } from "effect"
import { type Follower, nobody } from "../../actors/scan/feeds/feed-news.ts"
import { openFeeds } from "../../actors/scan/feeds/feeds.ts"
import { noLists } from "../../actors/scan/lists.ts"
import { nothingOutside } from "../../actors/scan/outside.ts"
import { makeRecentScans } from "../../actors/scan/recent-scans.ts"
import { makeWatch } from "../../actors/scan/watch/actor.ts"
import { evolve, type Heard, listens } from "../../actors/scan/watch/evolve.ts"
import { watchedCount } from "../../actors/scan/watch/kept.ts"
import { beginReading, lookAtWatched, type Reading } from "../../actors/scan/watch/reading.ts"
import { type AnyFact, eventTypeOf } from "../../contracts/catalogue.ts"
import { ScanCompleted } from "../../contracts/scan.ts"
import { eventsPerFoldMax } from "../../infra/actor/fold-log.ts"
import { openStateStore, type StateStore } from "../../infra/actor/state-store.ts"
import { decodeMessage, encodeEntry } from "../../infra/event-log/codec.ts"
import { Keyring, type KeyringService } from "../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { openSqlite } from "../../infra/sqlite/open.ts"
import { openWebsite, outsideAddress } from "../infra/guarded-client/outside.ts"
import { manyLinks } from "./many-links.ts"

const [links = 100_000, lines = 1_000_000] = process.argv.slice(2).map(Number)
const startMillis = 1_767_225_600_000
/** A link every second, so that they are due in as many minutes as they are in life. */
const stepMillis = 1_000
const folder = mkdtempSync(join(tmpdir(), "wadjet-bench-"))
const path = join(folder, "scan.db")
const heard = new Set<string>(listens.map(({ type }) => type))
const watch = makeWatch({ outside: nothingOutside, lists: noLists, recent: makeRecentScans() })
const say = (what: string, value: string) => console.log(`${what.padEnd(44)} ${value}`)

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void
const heldMegabytes = (): number => {
  collect()
  collect()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return (arrayBuffers + heapUsed) / 1e6
}

/** The outside is asked about each link, so that each is to be looked at again. */
const asked = (fact: AnyFact): AnyFact =>
  fact.type === "scan.completed" ? ScanCompleted({ ...fact.data, awaits: ["redirects"] }) : fact

/** Facts as the log would hold them. */
const fill = Effect.fnUntraced(function* (keyring: KeyringService, store: StateStore) {
  let sequence = 0
  let spent = 0
  let group: Array<Heard> = []
  const fold = () => {
    const began = performance.now()
    store.fold(sequence, () => {
      for (const event of group) {
        store.setHead(eventTypeOf(event.type)!.context, event.boundary, event.sequence)
        evolve(store.state, event)
      }
    })
    spent += performance.now() - began
    group = []
  }
  for (const fact of manyLinks(keyring, links)) {
    if (!heard.has(fact.type)) continue
    const at = startMillis + (sequence / 6) * 5 * stepMillis
    const entry = { fact: asked(fact), id: `seed-${sequence}` }
    const message = yield* encodeEntry(keyring, entry, { actor: "bench" }, at)
    const headers = new Map(message.headers)
    sequence++
    const event = decodeMessage({
      sequence,
      subject: message.subject,
      header: (name) => headers.get(name) ?? "",
      data: () => message.data
    })
    if (event.type === "unreadable") throw new Error(event.reason)
    group.push(event as Heard)
    if (group.length === eventsPerFoldMax) fold()
  }
  fold()
  return spent
})

/** A list with as many lines as wanted, of which none names a watched link, read as it comes over HTTP. */
const readList = Effect.fnUntraced(function* (keyring: KeyringService, store: StateStore, follows: boolean) {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-feeds-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
  )
  const web = yield* openWebsite((_, response) => void Readable.from(linesOf()).pipe(response.writeHead(200)))
  const address = { name: "long", url: `http://${outsideAddress}:${web.port}/list` }
  let reading: Reading | undefined
  const follower: Follower = {
    ...nobody,
    reading: async () => {
      const now = startMillis + links * stepMillis * 2
      reading = beginReading(await lookAtWatched(store.state, now), keyring)
      return reading.tell
    }
  }
  const feeds = yield* openFeeds(web.client, folder, [address], follows ? follower : nobody)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const began = performance.now()
  yield* feeds.refresh
  const seconds = (performance.now() - began) / 1_000
  delay.disable()
  const inVain = follows ? `, ${reading?.tokens.size ?? 0} taken for a watched link's in vain` : ""
  say(
    `${lines.toLocaleString("en")} new pages, ${follows ? "followed" : "nobody follows"}`,
    `${seconds.toFixed(1)} s, longest pause ${(delay.max / 1e6).toFixed(0)} ms${inVain}`
  )
}, Effect.scoped)

function* linesOf(): Generator<string> {
  const atOnce = 1_000
  for (let from = 0; from < lines; from += atOnce)
    yield Array.from(
      { length: Math.min(atOnce, lines - from) },
      (_, at) => `https://h${from + at}.example.com/login\n`
    ).join("")
}

const lookAtAll = Effect.fnUntraced(function* (store: StateStore) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const before = heldMegabytes()
  const began = performance.now()
  const watching = yield* Effect.promise(() =>
    lookAtWatched(store.state, startMillis + links * stepMillis * 2)
  )
  const millis = performance.now() - began
  delay.disable()
  say(
    "ids of all links, for a list that changed",
    `${millis.toFixed(0)} ms, longest pause ${(delay.max / 1e6).toFixed(0)} ms, ${(heldMegabytes() - before).toFixed(1)} MB of ${watching.tokens.size} ids`
  )
})

const program = Effect.gen(function* () {
  const keyring = yield* Keyring
  const spent = yield* Effect.scoped(
    Effect.gen(function* () {
      const db = yield* openSqlite(path, "derived")
      const spent = yield* fill(keyring, openStateStore(db, "bench", watch.version))
      db.pragma("wal_checkpoint(TRUNCATE)")
      return spent
    })
  )
  const before = heldMegabytes()
  const began = performance.now()
  const store = openStateStore(yield* openSqlite(path, "derived"), "bench", watch.version)
  const opened = performance.now() - began
  const { size } = statSync(path)
  say("links that are watched", watchedCount(store.state).toLocaleString("en"))
  say("folding a link, its message and its result", `${((spent * 1_000) / links).toFixed(0)} µs`)
  say("on disk", `${(size / 1e6).toFixed(1)} MB (${Math.round(size / links)} B a link)`)
  say("pieces of open work", store.work.size().toLocaleString("en"))
  say("opened again", `${opened.toFixed(0)} ms, ${(heldMegabytes() - before).toFixed(1)} MB held`)
  yield* lookAtAll(store)
  for (const follows of [false, true]) yield* readList(keyring, store, follows)
})

await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(sqliteKeyring(":memory:")))).finally(() =>
  rmSync(folder, { recursive: true, force: true })
)
