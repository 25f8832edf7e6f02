/**
 * How fast all read models are folded again, beside its two ceilings: how fast the same stream can be read at all,
 * and how fast the same events are written to the same tables, reading them left out.
 *
 *     node tests/bench/rebuild.ts [events, 200000 by default]
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs"
import { cpus, tmpdir, totalmem } from "node:os"
import { join } from "node:path"
import { DeliverPolicy } from "@nats-io/jetstream"
import Database from "better-sqlite3"
import { Effect, Layer, Redacted, Stream } from "effect"
import { eventStream } from "../../contracts/streams.ts"
import { EventLog, type EventLogService } from "../../infra/event-log/event-log.ts"
import { jetStreamLog } from "../../infra/event-log/jetstream-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { Nats } from "../../infra/nats/connection.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import { locationIn } from "../../projections/location.ts"
import { rebuild } from "../../projections/rebuild.ts"
import { startProjector } from "../../projections/start-projector.ts"
import { busyChats } from "./busy-chats.ts"
import { seed } from "./seed.ts"

const count = Number(process.argv[2] ?? 200_000)
const startMillis = 1_767_225_600_000
const folder = mkdtempSync(join(tmpdir(), "wadjet-bench-"))
const say = (line: string) => Effect.sync(() => console.log(line))
const rate = (events: number, millis: number) =>
  `${Math.round((events / millis) * 1_000).toLocaleString("en")} events/s`

const timed = <A, E, R>(what: string, events: number, effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const started = performance.now()
    const result = yield* effect
    const millis = performance.now() - started
    yield* say(`${what.padEnd(46)} ${rate(events, millis).padStart(18)}   ${(millis / 1_000).toFixed(2)} s`)
    return { result, perSecond: (events / millis) * 1_000 }
  })

/** With fewer the client waits for the server in between, with more it is no faster. */
const rawPrefetchMessages = 2_000

/** Messages taken off the wire and looked at no further. */
const readRaw = (events: number) =>
  Effect.gen(function* () {
    const nats = yield* Nats
    yield* Effect.promise(async () => {
      const consumer = await nats.jetstream.consumers.get(eventStream.name, {
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: 1
      })
      for await (const message of await consumer.consume({ max_messages: rawPrefetchMessages }))
        if (message.seq >= events) break
    })
  })

const readDecoded = (events: number) =>
  Effect.gen(function* () {
    const log = yield* EventLog
    yield* log.read({ from: 1 }).pipe(
      Stream.takeUntil(({ upTo }) => upTo >= events),
      Stream.runDrain
    )
  })

/** The log, and how many milliseconds it has taken to read and decode what was read of it so far. */
const timedReading = Effect.gen(function* () {
  const log = yield* EventLog
  let millis = 0
  const measured = <A, E, R>(pull: Effect.Effect<A, E, R>) =>
    Effect.suspend(() => {
      const began = performance.now()
      return Effect.ensuring(
        pull,
        Effect.sync(() => {
          millis += performance.now() - began
        })
      )
    })
  const read: EventLogService["read"] = (options) =>
    Stream.unwrap(
      Effect.map(Stream.toPull(log.read(options)), (pull) => Stream.fromPull(Effect.succeed(measured(pull))))
    )
  return { log: EventLog.of({ ...log, read }), millis: () => millis }
})

/** The same events into the same tables, by the same code: a rebuild without the time in which it reads. */
const writeAgain = (events: number) =>
  Effect.gen(function* () {
    const { log, millis } = yield* timedReading
    const dataFolder = join(folder, "written-again")
    mkdirSync(dataFolder)
    const rebuilt = yield* Effect.provideService(rebuild({ dataFolder }), EventLog, log)
    const seconds = rebuilt.seconds - millis() / 1_000
    yield* say(
      `${"write the same tables (ceiling)".padEnd(46)} ${rate(events, seconds * 1_000).padStart(18)}   ${seconds.toFixed(2)} s`
    )
    return { perSecond: events / seconds, digest: rebuilt.digest.whole }
  })

const measure = (nats: { readonly url: string; readonly user: string; readonly pass: string }) =>
  Effect.gen(function* () {
    const keyring = yield* Keyring
    const { connection } = yield* Nats
    const events = yield* seed(connection, keyring, busyChats(keyring.account, count), startMillis)
    const raw = yield* timed("raw read (ceiling)", events, readRaw(events))
    const decoded = yield* timed("read and decode", events, readDecoded(events))
    const written = yield* writeAgain(events)
    const { result: rebuilt } = yield* timed(
      "rebuild, with its digest and the swap",
      events,
      rebuild({ dataFolder: folder })
    )
    yield* say(`${"rebuild, folding alone".padEnd(46)} ${rate(events, rebuilt.seconds * 1_000).padStart(18)}`)
    if (rebuilt.digest.whole !== written.digest)
      return yield* Effect.die(
        new Error(
          `expected two folds of one log to be equal, found ${written.digest} and ${rebuilt.digest.whole}`
        )
      )
    const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(0)} %`.padStart(18)
    const reading = share(decoded.perSecond, raw.perSecond)
    const rebuilding = share(events / rebuilt.seconds, Math.min(raw.perSecond, written.perSecond))
    yield* say(`${"read and decode, of the raw read".padEnd(46)} ${reading}   target 70 %`)
    yield* say(`${"folding alone, of the lower ceiling".padEnd(46)} ${rebuilding}   target 60 %`)
    const file = locationIn(folder).database
    yield* say(`${"database".padEnd(46)} ${(statSync(file).size / 1e6).toFixed(0).padStart(15)} MB`)
    rmSync(file)
    yield* timed(
      "catching up in the projector's thread",
      events,
      Effect.scoped(
        Effect.gen(function* () {
          const projector = yield* startProjector({
            nats: { url: nats.url, user: nats.user, password: nats.pass },
            dataFolder: folder
          })
          yield* projector.reached(events)
        })
      )
    )
  })

const program = Effect.gen(function* () {
  const { path } = yield* ensureNatsServer({ dataFolder: ".cache/nats-server", say })
  const nats = yield* startNatsServer({ binary: path, dataFolder: folder, syncIntervalMs: 120_000 })
  const sqlite = new Database(":memory:").prepare("select sqlite_version()").pluck().get()
  yield* say(`${cpus().length} x ${cpus()[0]!.model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`)
  yield* say(
    `Node ${process.versions.node}, nats-server ${nats.version}, SQLite ${String(sqlite)}, ${count} events`
  )
  const address = { url: nats.url, user: nats.user, password: Redacted.make(nats.pass) }
  const base = Layer.merge(Nats.layer(address, "bench"), sqliteKeyring(join(folder, "keyring.db")))
  yield* measure(nats).pipe(Effect.provide(Layer.provideMerge(jetStreamLog, base)))
})

await Effect.runPromise(Effect.scoped(program)).finally(() =>
  rmSync(folder, { recursive: true, force: true })
)
