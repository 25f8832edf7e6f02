/**
 * A log that is archived by processes that are killed at every step, and what is there afterwards: the old log or the
 * new one, whole, and the same events under the same numbers.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Effect, Layer, Logger, Redacted, Schedule } from "effect"
import { groupsOf } from "../../../actors/operator/archive/groups.ts"
import { halfMoved } from "../../../actors/operator/restore/put-in-place.ts"
import { runActors, services } from "../../../actors/operator/system.ts"
import { sha256 } from "../../../infra/event-log/archive/archive-index.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { packMessages } from "../../../infra/event-log/packed-messages.ts"
import { RawLog, rawJetStreamLog } from "../../../infra/event-log/raw-log.ts"
import { Nats } from "../../../infra/nats/connection.ts"
import { fetchedBinary } from "../../../infra/nats-server/find.ts"
import { startNatsServer } from "../../../infra/nats-server/start.ts"
import { startProjector } from "../../../projections/start-projector.ts"
import { foldInto } from "../../../projections/rebuild.ts"
import { someIdentity } from "../../actors/backup/segment/some-messages.ts"
import { allShipped, copyingOf, directoryAddress } from "../../actors/backup/world.ts"
import { IngestMessages } from "../../../contracts/commands.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { unpaced } from "../owners.ts"

export interface ArchiveLife {
  readonly environment: Readonly<Record<string, string>>
  readonly keep: number
  /** At which of the steps and moves it dies, from 1; 0 for none. */
  readonly dieAt: number
}

export interface ArchiveRound {
  readonly dieAt: number
  /** At which it died the second time; 0 where it had nothing left to do. */
  readonly dieAgainAt: number
  readonly halfMoved: boolean
  readonly breaches: ReadonlyArray<string>
}

const entry = fileURLToPath(new URL("archive-process.ts", import.meta.url))

const serve = Effect.fnUntraced(function* (binary: string, dataFolder: string) {
  const { pass, url, user } = yield* startNatsServer({ binary, dataFolder })
  const address = { url, user, password: Redacted.make(pass) }
  const foundation = {
    address,
    dataFolder,
    server: "external",
    serverVersion: "",
    died: Effect.never
  } as const
  return { address, base: yield* Layer.build(Layer.provideMerge(rawJetStreamLog, services(foundation))) }
})

/** Everything that can be told of a log: its events, its generation, what is folded from it, and who is how far. */
const tell = Effect.fnUntraced(function* (dataFolder: string) {
  const log = yield* EventLog
  const raw = yield* RawLog
  const last = yield* log.last
  const reader = yield* raw.readFrom(1)
  const digests: Array<string> = []
  while (digests.length < last)
    for (const message of yield* reader.next) digests.push(sha256(packMessages([message])))
  const file = join(dataFolder, "folded.db")
  const folded = yield* foldInto({ file, until: last })
  rmSync(file)
  const groups = yield* groupsOf(yield* Nats, { generation: log.generation, last })
  return {
    last,
    generation: log.generation,
    events: sha256(digests.join(" ")),
    folded: folded.digest.whole,
    groups: groups
      .map(({ doneUpTo, inHand, name, waiting }) => `${name} ${doneUpTo} ${inHand} ${waiting}`)
      .toSorted()
  }
}, Effect.scoped)

/** Every message has its one verdict: until then somebody has something to do, whom no group knows. */
const isJudged = Effect.fnUntraced(function* (last: number) {
  const reader = yield* (yield* RawLog).readFrom(1)
  const counts = { received: 0, decided: 0 }
  for (let read = 0; read < last;)
    for (const { sequence, subject } of yield* reader.next) {
      read = sequence
      const event = subject.slice(subject.lastIndexOf(".") + 1)
      if (event === "received" || event === "decided") counts[event] += 1
    }
  return counts.received === counts.decided
}, Effect.scoped)

/** As many messages as one request takes. */
const perRequest = 100

/** Runs everything on a folder until so many messages are handled and copied, and answers with what the log is then. */
const runSystem = Effect.fnUntraced(function* (
  binary: string,
  dataFolder: string,
  copies: Parameters<typeof copyingOf>[0],
  ids: ReadonlyArray<string>
) {
  const { address, base } = yield* serve(binary, dataFolder)
  const projector = yield* startProjector({ nats: address, dataFolder })
  return yield* Effect.gen(function* () {
    yield* runActors({ dataFolder, pacing: unpaced, copying: copyingOf(copies) })
    const bus = yield* CommandBus
    const messages = ids.map((id) => ({
      id,
      author: "Ada",
      sentAt: 1_767_225_600_000,
      text: `http://${id}.example.com/`
    }))
    // On a machine with other work an actor may lose its lease for a moment; what comes twice is taken once.
    for (let from = 0; from < messages.length; from += perRequest)
      yield* bus
        .request(IngestMessages, {
          gateway: "sandbox",
          chatName: "Family",
          messages: messages.slice(from, from + perRequest)
        })
        .pipe(Effect.retry(Schedule.spaced("1 second")), Effect.timeout("120 seconds"))
    const log = yield* EventLog
    const nats = yield* Nats
    yield* Effect.gen(function* () {
      yield* allShipped
      const last = yield* log.last
      yield* projector.reached(last)
      const groups = yield* groupsOf(nats, { generation: log.generation, last })
      const isBusy = groups.some(({ inHand, waiting }) => inHand + waiting > 0)
      if (isBusy || !(yield* isJudged(last)) || (yield* log.last) !== last) return yield* Effect.fail("busy")
    }).pipe(Effect.retry(Schedule.spaced("50 millis")), Effect.timeout("300 seconds"))
    return yield* tell(dataFolder)
  }).pipe(Effect.provideContext(base))
}, Effect.scoped)

/** Runs it, and answers with how it ended. */
const archiveIn = (life: ArchiveLife) =>
  Effect.promise(async () => {
    const child = spawn(process.execPath, [entry, JSON.stringify(life)], {
      stdio: ["ignore", "pipe", "pipe"]
    })
    let said = ""
    child.stdout.on("data", (part: Buffer) => (said += part.toString()))
    child.stderr.on("data", (part: Buffer) => (said += part.toString()))
    const [code, signal] = (await once(child, "close")) as [number | null, string | null]
    return { ended: signal ?? `code ${code}`, said }
  })

const leftOver = (dataFolder: string) =>
  readdirSync(dataFolder).filter((name) => /^(?:archiving|before-archive)/u.test(name))

const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-archive-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

export interface ArchiveWorldOptions {
  readonly binary: string
  readonly messages: number
  readonly rounds: number
  /** At least 0, less than 1. */
  readonly random: () => number
  readonly onRound: (round: ArchiveRound) => void
}

/** Steps and moves of one archiving: nine. */
export const pointsOfArchiving = 9

/** Archives it once for each point at which it dies, and again from there on. */
export const runArchiveWorld = Effect.fn("runArchiveWorld")(function* (options: ArchiveWorldOptions) {
  const { binary, messages, onRound, random, rounds } = options
  const root = yield* temporary
  const [origin, place] = [join(root, "origin"), join(root, "place")]
  for (const folder of [origin, place]) mkdirSync(folder)
  const program = fetchedBinary(origin)
  mkdirSync(dirname(program), { recursive: true })
  symlinkSync(binary, program)
  const { identity, recipient } = yield* Effect.promise(someIdentity)
  const copies = { places: [directoryAddress(place)], recipients: [recipient] }
  const ids = (from: number, count: number) => Array.from({ length: count }, (_, index) => `m${from + index}`)
  const before = yield* runSystem(binary, origin, copies, ids(0, messages))
  const environmentOf = (dataFolder: string, at: string) => ({
    WADJET_DATA: dataFolder,
    WADJET_BACKUP: `disk=${at}`,
    WADJET_BACKUP_RECIPIENTS: recipient,
    WADJET_BACKUP_IDENTITY: Redacted.value(identity)
  })
  const isWhole = Effect.fnUntraced(function* (dataFolder: string, when: string) {
    const { base } = yield* serve(binary, dataFolder)
    const found = yield* Effect.provideContext(tell(dataFolder), base)
    return JSON.stringify(found) === JSON.stringify(before)
      ? []
      : [`${when}: expected ${JSON.stringify(before)}, found ${JSON.stringify(found)}`]
  }, Effect.scoped)

  const oneRound = Effect.fnUntraced(function* (number: number, dieAt: number, dieAgainAt: number) {
    const dataFolder = join(root, `round-${number}-${dieAt}`)
    const copied = `${dataFolder}-place`
    cpSync(origin, dataFolder, { recursive: true, verbatimSymlinks: true })
    cpSync(place, copied, { recursive: true })
    const life = {
      environment: environmentOf(dataFolder, copied),
      keep: Math.floor(random() * (before.last / 2))
    }
    const breaches: Array<string> = []
    const first = yield* archiveIn({ ...life, dieAt })
    if (first.ended !== "SIGKILL")
      breaches.push(`expected it to die at ${dieAt}, found ${first.ended}: ${first.said}`)
    const half = halfMoved(dataFolder) !== undefined
    if (!half) breaches.push(...(yield* isWhole(dataFolder, `killed at ${dieAt}`)))
    yield* archiveIn({ ...life, dieAt: dieAgainAt })
    const last = yield* archiveIn({ ...life, dieAt: 0 })
    if (last.ended !== "code 0" && !last.said.includes("in files already"))
      breaches.push(`expected the last attempt to succeed, found ${last.ended}: ${last.said}`)
    breaches.push(...(yield* isWhole(dataFolder, `archived after ${dieAt} and ${dieAgainAt}`)))
    const places = [directoryAddress(copied)]
    const after = yield* runSystem(binary, dataFolder, { ...copies, places }, ids(messages, 3))
    if (after.last <= before.last) breaches.push("expected the log to go on, found that it does not")
    if (leftOver(dataFolder).length > 0)
      breaches.push(`expected nothing left over, found ${leftOver(dataFolder).join(", ")}`)
    rmSync(dataFolder, { recursive: true })
    rmSync(copied, { recursive: true })
    return { dieAt, dieAgainAt, halfMoved: half, breaches } satisfies ArchiveRound
  })

  const all: Array<ArchiveRound> = []
  for (let number = 0; number < rounds; number++)
    for (let dieAt = 1; dieAt <= pointsOfArchiving; dieAt++) {
      const round = yield* oneRound(number, dieAt, 1 + Math.floor(random() * pointsOfArchiving))
      onRound(round)
      all.push(round)
    }
  return { events: before.last, rounds: all, breaches: all.flatMap(({ breaches }) => breaches) }
}, Effect.scoped)

/** What is said meanwhile is of no use. */
export const silently = Effect.provide(Logger.layer([]))
