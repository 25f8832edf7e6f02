/**
 * A log that is lost with its machine, again and again: the process and its server are killed under load, the data
 * folder is gone, and all there is left is the copy. The other side, which is not lost, is the witness.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { dirname, join } from "node:path"
import Database from "better-sqlite3"
import { Clock, Effect, Fiber, Layer, Schedule } from "effect"
import { generateX25519Identity, identityToRecipient } from "age-encryption"
import { services } from "../../../actors/operator/system.ts"
import { segmentKey } from "../../../actors/backup/ship/keys.ts"
import { BackupStatus } from "../../../contracts/backup.ts"
import { IngestMessages } from "../../../contracts/commands.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { rawJetStreamLog, RawLog, type RawMessage } from "../../../infra/event-log/raw-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import type { NatsAddress } from "../../../infra/nats/connection.ts"
import { fetchedBinary } from "../../../infra/nats-server/find.ts"
import { readModels } from "../../../projections/catalogue.ts"
import { type Digest, digest } from "../../../projections/digest.ts"
import { locationIn } from "../../../projections/location.ts"
import { wadjet } from "../../actors/operator/captured.ts"
import { readBook } from "../history.ts"
import { temporaryFolder } from "../temporary-folder.ts"
import { maliciousUrl } from "../traffic.ts"
import { type Answered, examine, type Found } from "./examine.ts"
import { startDoomed } from "./doomed.ts"

/** What of it can be left out, to see that something breaks without it. */
export const guards = ["quarantine", "workers-begin-behind"] as const
export type Guard = (typeof guards)[number]

export interface RestoreWorld {
  readonly rounds: number
  readonly seed: number
  /** The nats-server program. */
  readonly binary: string
  readonly without?: Guard
  /** How long before the kill what is acknowledged must be in the copy, in milliseconds; left out, what the copy was said to hold must. */
  readonly withinMillis?: number
  /** Is told of each round that held. */
  readonly onRound?: (line: string) => void
}

export interface Report {
  readonly breaches: ReadonlyArray<string>
  readonly rounds: ReadonlyArray<
    Omit<Found, "breaches"> & { readonly acknowledged: number; readonly lost: number }
  >
}

/** How long messages come before the kill. */
const loadMillis = 2_500
const betweenMillis = 60

const servicesOf = (dataFolder: string, address: NatsAddress) =>
  Layer.provideMerge(
    rawJetStreamLog,
    services({ address, dataFolder, server: "external", serverVersion: "", died: Effect.never })
  )

/** Where a process that starts its own server finds the program. */
const provideServer = (binary: string, dataFolder: string) => {
  const path = fetchedBinary(dataFolder)
  mkdirSync(dirname(path), { recursive: true })
  if (!existsSync(path)) symlinkSync(binary, path)
}

/** Posts until it is interrupted: to a chat of old, and to new ones, whose keys are as young as they are. */
const post = Effect.fnUntraced(function* (round: number, posted: Array<Answered>, tried: Array<Answered>) {
  const bus = yield* CommandBus
  for (let number = 0; ; number++) {
    const chatName = number % 3 === 0 ? `Chat ${round}-${number}` : "Family"
    const sentAt = yield* Clock.currentTimeMillis
    const message = {
      id: `m-${round}-${number}`,
      author: "You",
      sentAt,
      text: `see ${maliciousUrl(round * 1_000 + number)}`
    }
    const asked = { chatName, message, sequence: Number.POSITIVE_INFINITY, at: Number.POSITIVE_INFINITY }
    tried.push(asked)
    const { sequence } = yield* bus.request(IngestMessages, {
      gateway: "sandbox",
      chatName,
      messages: [message]
    })
    posted.push({ ...asked, sequence, at: yield* Clock.currentTimeMillis })
    yield* Effect.sleep(betweenMillis)
  }
})

interface Models {
  readonly sequence: number
  readonly digest: Digest
}

/** The read models as they stand, for a comparison with those that come of the restored log. */
const modelsOf = (dataFolder: string): Models => {
  const db = new Database(locationIn(dataFolder).database, { readonly: true })
  try {
    return db.transaction(() => ({
      sequence: db.prepare<[], number>("select sequence from checkpoint").pluck().get() ?? 0,
      digest: digest(db, readModels)
    }))()
  } finally {
    db.close()
  }
}

/** How far the copy has come, and the log. */
const standing = Effect.gen(function* () {
  const { last, places } = yield* (yield* CommandBus).request(BackupStatus, {})
  return { last, upTo: places[0]?.upTo ?? 0 }
})

/** Waits until the copy has what was there at the start. */
const caughtUp = standing.pipe(
  Effect.flatMap(({ last, upTo }) => (upTo >= last ? Effect.void : Effect.fail("not yet"))),
  Effect.retry(Schedule.spaced("50 millis"))
)

/** What the log held when it was lost, as a second reader saw it. */
const copyLog = Effect.fnUntraced(function* (seen: Array<RawMessage>) {
  const reader = yield* (yield* RawLog).readFrom(1)
  while (true) seen.push(...(yield* reader.next))
})

/** One life: load, a kill, and the loss of everything but the copy and the other side. */
const liveAndDie = Effect.fnUntraced(function* (
  round: number,
  life: { readonly dataFolder: string; readonly place: string; readonly recipient: string }
) {
  const posted: Array<Answered> = []
  const tried: Array<Answered> = []
  const seen: Array<RawMessage> = []
  const { address, kill } = yield* startDoomed(life)
  const base = yield* Layer.build(servicesOf(life.dataFolder, address))
  const { account } = yield* Effect.provideContext(Keyring, base)
  const { generation } = yield* Effect.provideContext(EventLog, base)
  const copying = yield* Effect.forkScoped(Effect.provideContext(Effect.ignore(copyLog(seen)), base))
  yield* Effect.provideContext(caughtUp, base)
  const posting = yield* Effect.forkScoped(
    Effect.provideContext(Effect.ignore(post(round, posted, tried)), base)
  )
  yield* Effect.sleep(loadMillis / 2)
  const models = modelsOf(life.dataFolder)
  yield* Effect.sleep(loadMillis / 2)
  const { upTo } = yield* Effect.provideContext(standing, base)
  const killedAt = yield* Clock.currentTimeMillis
  yield* kill
  yield* Fiber.interruptAll([copying, posting])
  return { posted, tried, seen, models, killedAt, shipped: upTo, origin: { account, generation } }
}, Effect.scoped)

type Lived = Effect.Success<ReturnType<typeof liveAndDie>>

/** A segment that was being uploaded: cut off under its name, or not yet under any. */
const leaveHalf = (round: number, place: string, { origin }: Lived) => {
  const folder = join(place, dirname(segmentKey(origin, 1)))
  const last = readdirSync(folder)
    .filter((name) => name.endsWith(".wseg"))
    .toSorted()
    .at(-1)!
  const bytes = readFileSync(join(folder, last))
  const half = bytes.subarray(0, Math.floor(bytes.length / 2))
  const next = Number(/\d+/.exec(last)![0]) + 1_000_000
  writeFileSync(
    round % 2 === 0 ? join(folder, ".unfinished-1-2") : join(place, segmentKey(origin, next)),
    half
  )
}

/** Rounds of it on one lineage: each restored log is lived on, copied, and lost again. */
export const runRestoreWorld = Effect.fn("runRestoreWorld")(function* (options: RestoreWorld) {
  const root = yield* temporaryFolder
  const [dataFolder, place] = [join(root, "data"), join(root, "place")]
  mkdirSync(place)
  const identity = yield* Effect.promise(() => generateX25519Identity())
  const recipient = yield* Effect.promise(() => identityToRecipient(identity))
  const identityFile = join(root, "identity.txt")
  writeFileSync(identityFile, identity)
  const breaches: Array<string> = []
  const rounds: Array<Report["rounds"][number]> = []
  for (let round = 0; round < options.rounds; round++) {
    provideServer(options.binary, dataFolder)
    const lived = yield* liveAndDie(options.seed + round, { dataFolder, place, recipient })
    const witness = join(root, `witness-${round}.db`)
    for (const suffix of ["", "-wal", "-shm"])
      if (existsSync(join(dataFolder, `sandbox.db${suffix}`)))
        cpSync(join(dataFolder, `sandbox.db${suffix}`), witness + suffix)
    rmSync(dataFolder, { recursive: true })
    leaveHalf(round, place, lived)
    provideServer(options.binary, dataFolder)
    const restored = yield* Effect.promise(() =>
      wadjet(["restore", "--json", "--from", place, "--identity", identityFile], { WADJET_DATA: dataFolder })
    )
    if (restored.exit !== "ok") return { breaches: [...breaches, `round ${round}: ${restored.err}`], rounds }
    const { generation, upTo } = JSON.parse(restored.out) as {
      readonly generation: string
      readonly upTo: number
    }
    for (const suffix of ["", "-wal", "-shm"])
      if (existsSync(witness + suffix)) cpSync(witness + suffix, join(dataFolder, `sandbox.db${suffix}`))
    const { withinMillis = Number.POSITIVE_INFINITY } = options
    const due = lived.posted.filter(
      ({ at, sequence }) => at < lived.killedAt - withinMillis || sequence <= lived.shipped
    )
    const missing = due.filter(({ sequence }) => sequence > upTo)
    breaches.push(
      ...missing.map(({ message }) => `round ${round}: ${message.id} was acknowledged in time and is lost`),
      ...(generation === lived.origin.generation ? [`round ${round}: it is the old generation`] : [])
    )
    const { breaches: found, ...counts } = yield* examine({
      binary: options.binary,
      dataFolder,
      upTo,
      generation,
      tried: lived.tried.map((it) => lived.posted.find(({ message }) => message.id === it.message.id) ?? it),
      seen: lived.seen,
      models: lived.models,
      book: readBook(join(dataFolder, "sandbox.db")),
      decision: round % 2 === 0 ? "release" : "drop",
      without: options.without
    })
    breaches.push(...found.map((text) => `round ${round}: ${text}`))
    rounds.push({
      ...counts,
      acknowledged: lived.posted.length,
      lost: lived.posted.filter(({ sequence }) => sequence > upTo).length
    })
    options.onRound?.(`round ${round + 1}  ${JSON.stringify(rounds.at(-1))}`)
    if (breaches.length > 0) break
  }
  return { breaches, rounds } satisfies Report
}, Effect.scoped)
