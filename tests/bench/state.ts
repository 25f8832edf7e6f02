/**
 * How fast the verdict actor folds a log in which every link was posted, scanned and judged once, and how much
 * room its state takes. The events are made before the clock runs and folded as the runtime folds them: decoded,
 * and so many in one transaction.
 *
 *     node tests/bench/state.ts [links, 200000 by default]
 */
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import Database from "better-sqlite3"
import { Effect } from "effect"
import { verdict } from "../../actors/verdict/actor.ts"
import { evolve, type Heard, listens } from "../../actors/verdict/evolve.ts"
import type { AnyFact } from "../../contracts/catalogue.ts"
import { eventTypeOf } from "../../contracts/catalogue.ts"
import { eventsPerFoldMax } from "../../infra/actor/fold-log.ts"
import { openStateStore } from "../../infra/actor/state-store.ts"
import { decodeMessage, encodeEntry, type LogMessage } from "../../infra/event-log/codec.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { openSqlite } from "../../infra/sqlite/open.ts"
import { machineLines } from "./machine.ts"
import { manyLinks } from "./many-links.ts"

const [links = 200_000] = process.argv.slice(2).map(Number)
const startMillis = 1_767_225_600_000
const folder = mkdtempSync(join(tmpdir(), "wadjet-bench-"))
const path = join(folder, "verdict.db")
const say = (line: string) => Effect.sync(() => console.log(line))
const heard = new Set<string>(listens.map(({ type }) => type))

/** Milliseconds of the wall and of this process's processors. */
const makeClock = () => {
  let wall = 0
  let processors = 0
  return {
    run: <A>(what: () => A): A => {
      const began = performance.now()
      const used = process.cpuUsage()
      const result = what()
      const { system, user } = process.cpuUsage(used)
      wall += performance.now() - began
      processors += (user + system) / 1_000
      return result
    },
    rate: (events: number) =>
      `${Math.round((events / wall) * 1_000).toLocaleString("en")} events/s, ` +
      `${Math.round((events / processors) * 1_000).toLocaleString("en")} in a second of its processor`
  }
}

const storedOf = (message: LogMessage, sequence: number) => {
  const headers = new Map(message.headers)
  return {
    sequence,
    subject: message.subject,
    header: (name: string) => headers.get(name) ?? "",
    data: () => message.data
  }
}

/** Facts in groups, as many as are folded in one transaction. */
function* grouped(facts: Iterable<AnyFact>): Generator<ReadonlyArray<AnyFact>> {
  let group: Array<AnyFact> = []
  for (const fact of facts) {
    group.push(fact)
    if (group.length === eventsPerFoldMax) {
      yield group
      group = []
    }
  }
  if (group.length > 0) yield group
}

const program = Effect.gen(function* () {
  const sqlite = new Database(":memory:").prepare<[], string>("select sqlite_version()").pluck().get()
  yield* say(machineLines("")[0]!)
  yield* say(`Node ${process.versions.node}, SQLite ${sqlite}, no server`)
  const keyring = yield* Keyring
  const db = yield* openSqlite(path, "derived")
  const store = openStateStore(db, "bench", verdict.version)
  const decoding = makeClock()
  const folding = makeClock()
  const foldOne = (event: ReturnType<typeof decodeMessage>) => {
    if (event.type === "unreadable") throw new Error(event.reason)
    if (verdict.owns.includes(eventTypeOf(event.type)!.context))
      store.setHead(eventTypeOf(event.type)!.context, event.boundary, event.sequence)
    if (heard.has(event.type)) evolve(store.state, event as Heard)
  }
  let sequence = 0
  for (const facts of grouped(manyLinks(keyring, links))) {
    const messages = yield* Effect.forEach(facts, (fact, index) =>
      encodeEntry(
        keyring,
        { fact, id: `seed-${sequence + index}` },
        { actor: "bench" },
        startMillis + sequence
      )
    )
    const stored = messages.map((message) => storedOf(message, ++sequence))
    const events = decoding.run(() => stored.map(decodeMessage))
    folding.run(() => store.fold(sequence, () => events.forEach(foldOne)))
  }
  db.pragma("wal_checkpoint(TRUNCATE)")
  const size = (bytes: number) => `${Math.round(bytes / links)} B a link`
  const tables = db
    .prepare<[], { name: string; bytes: number }>(
      "select name, sum(pgsize) as bytes from dbstat group by name order by bytes desc limit 3"
    )
    .all()
    .map(({ bytes, name }) => `${name} ${Math.round(bytes / links)}`)
  yield* say(`${links.toLocaleString("en")} links, ${sequence.toLocaleString("en")} events`)
  yield* say(`${"decoding".padEnd(20)} ${decoding.rate(sequence)}`)
  yield* say(`${"folding".padEnd(20)} ${folding.rate(sequence)}`)
  yield* say(`${"state".padEnd(20)} ${size(statSync(path).size)} (${tables.join(", ")})`)
})

await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(sqliteKeyring(":memory:")))).finally(() =>
  rmSync(folder, { recursive: true, force: true })
)
