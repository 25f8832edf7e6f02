/**
 * Forgetting a person and a chat, and then restoring what was copied of them, in every way that there is, with every
 * key that is still held.
 */
import { spawn } from "node:child_process"
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Effect, Layer, Logger, Redacted, Schedule, type Scope } from "effect"
import { identityToRecipient, generateX25519Identity } from "age-encryption"
import { scratchOf } from "../../../actors/backup/verify/scratch.ts"
import { runActors, services } from "../../../actors/operator/system.ts"
import { KeepBackup, type KeepTask, BackupStatus } from "../../../contracts/backup.ts"
import { RequestErasure } from "../../../contracts/commands.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { fetchedBinary } from "../../../infra/nats-server/find.ts"
import { startNatsServer } from "../../../infra/nats-server/start.ts"
import { startProjector } from "../../../projections/start-projector.ts"
import { wadjet } from "../../actors/operator/captured.ts"
import { embeddedServers } from "../embedded-server.ts"
import { type Finding, findIn, findInFolder } from "../canary.ts"
import { canaries, talk, tokensOf } from "../forgotten.ts"
import { readLog } from "../history.ts"
import { keyringsIn, openSealed } from "../opened-copies.ts"
import { printed } from "../printed.ts"
import { temporaryFolder } from "../temporary-folder.ts"
import { isOf } from "./laws.ts"
import { copyingTo, pacing, placeName } from "./life.ts"

/** Every way in which what was copied before an erasure comes back after it. */
export const ways = [
  "the end",
  "sequence before",
  "moment before",
  "joined, sequence before",
  "older copy here",
  "restored, then erased",
  "checked, killed, then erased"
] as const
export type Way = (typeof ways)[number]

export interface Restored {
  readonly name: Way
  /** What is found in the same copy while nobody was forgotten. */
  readonly before: number
  readonly after: ReadonlyArray<Finding>
}

const lookAgain = Schedule.spaced("25 millis")

interface Folders {
  /** The nats-server program. */
  readonly binary: string
  readonly place: string
  readonly identity: string
  readonly recipient: string
}

/** Runs the whole system on a folder for as long as something is done with it. What it logs is kept. */
const running = Effect.fnUntraced(function* <A, E, R>(
  { binary, place, recipient }: Folders,
  dataFolder: string,
  copies: boolean,
  inside: (said: ReadonlyArray<Buffer>) => Effect.Effect<A, E, R>
) {
  const { pass, url, user } = yield* startNatsServer({ binary, dataFolder })
  const address = { url, user, password: Redacted.make(pass) }
  const base = yield* Layer.build(
    services({ address, dataFolder, server: "external", serverVersion: "", died: Effect.never })
  )
  const said: Array<Buffer> = []
  const logger = Logger.make<unknown, void>(
    (line) => void said.push(Buffer.from(JSON.stringify([line.message, line.cause])))
  )
  const projector = yield* startProjector({ nats: address, dataFolder })
  const copying = copies ? copyingTo({ kind: "directory", path: place }, recipient) : undefined
  yield* runActors({ dataFolder, pacing, copying }).pipe(
    Effect.provideContext(base),
    Effect.provide(Logger.layer([logger]))
  )
  return yield* Effect.gen(function* () {
    const result = yield* inside(said)
    const log = yield* EventLog
    yield* projector.reached(yield* log.last)
    return result
  }).pipe(Effect.provideContext(base))
})

const shipped = Effect.gen(function* () {
  const { last, places } = yield* (yield* CommandBus).request(BackupStatus, {})
  return places.every(({ upTo }) => upTo === last) ? last : yield* Effect.fail("not yet")
}).pipe(Effect.retry(lookAgain))

/** Has something done at the place, and waits until the log says that it was. */
const keep = Effect.fnUntraced(function* (task: KeepTask, fact: "backup.point-made") {
  const count = Effect.map(Effect.flatMap(EventLog, readLog), ({ events }) => isOf(events, fact).length)
  const before = yield* count
  yield* (yield* CommandBus).request(KeepBackup, { place: placeName, task })
  yield* count.pipe(
    Effect.flatMap((now) => (now > before ? Effect.void : Effect.fail("not yet"))),
    Effect.retry(lookAgain)
  )
})

const eraseBoth = Effect.gen(function* () {
  const bus = yield* CommandBus
  const { chat, person } = yield* tokensOf()
  for (const subject of [person, chat]) yield* bus.request(RequestErasure, { subject, by: "operator" })
})

/** Waits until whoever is to be forgotten is. */
const erasuresOver = Effect.gen(function* () {
  const { events } = yield* readLog(yield* EventLog)
  const done = new Set(isOf(events, "erasure.completed").map(({ data }) => data.subject))
  const wanted = isOf(events, "erasure.requested").map(({ data }) => data.subject)
  return wanted.length > 0 && wanted.every((subject) => done.has(subject))
    ? undefined
    : yield* Effect.fail("not yet")
}).pipe(Effect.retry(lookAgain))

const restore = Effect.fnUntraced(function* (
  { binary, identity }: Folders,
  dataFolder: string,
  from: string,
  more: ReadonlyArray<string>
) {
  const path = fetchedBinary(dataFolder)
  mkdirSync(dirname(path), { recursive: true })
  rmSync(path, { force: true })
  symlinkSync(binary, path)
  const answer = yield* Effect.promise(() =>
    wadjet(["restore", "--json", "--from", from, "--identity", identity, ...more], {
      WADJET_DATA: dataFolder
    })
  )
  if (answer.exit !== "ok") throw new Error(answer.err)
})

/** Has a place checked by a process that is killed once it has made the log anew; what it left behind is still there. */
const checkAndKill = Effect.fnUntraced(function* ({ identity }: Folders, dataFolder: string, from: string) {
  const child = spawn(fileURLToPath(new URL("../../../wadjet", import.meta.url)), ["verify"], {
    env: {
      ...process.env,
      WADJET_DATA: dataFolder,
      WADJET_BACKUP: `${placeName}=${from}`,
      WADJET_BACKUP_IDENTITY_FILE: identity
    },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true
  })
  let said = ""
  child.stderr.on("data", (part: Buffer) => (said += part.toString()))
  const scratch = scratchOf(dataFolder, placeName)
  const isFolding = () =>
    existsSync(scratch) && readdirSync(scratch).some((name) => name.startsWith("again-"))
  while (!isFolding()) {
    if (child.exitCode !== null)
      throw new Error(`expected wadjet verify to fold, found that it ended: ${said}`)
    yield* Effect.sleep(1)
  }
  // The whole group: there may be a launcher.
  process.kill(-child.pid!, "SIGKILL")
  yield* Effect.callback<void>((resume) => void child.once("close", () => resume(Effect.void)))
  for (const server of embeddedServers(scratch)) process.kill(server, "SIGKILL")
  if (!existsSync(scratch)) throw new Error("expected what was killed to leave its folder, found none")
})

/** Everything in a folder, opened by whoever has every keyring: those that were kept elsewhere, and all that lie there. */
const foundIn = Effect.fnUntraced(function* (folder: string, elsewhere: ReadonlyArray<string>) {
  const opened = yield* openSealed(folder, [...keyringsIn(folder), ...elsewhere])
  return [
    ...findInFolder(folder, canaries).findings,
    ...opened.flatMap(({ bytes, where }) => findIn(where, bytes, canaries))
  ]
})

/** Tells a person and a chat, copies that, forgets both, and restores it in some ways. */
export const eraseAndRestore = Effect.fn("eraseAndRestore")(function* (
  binary: string,
  some: ReadonlyArray<Way>
) {
  const root = yield* temporaryFolder
  const place = join(root, "place")
  mkdirSync(place)
  const secret = yield* Effect.promise(() => generateX25519Identity())
  const recipient = yield* Effect.promise(() => identityToRecipient(secret))
  const identity = join(root, "identity.txt")
  writeFileSync(identity, secret)
  const all: Folders = { binary, place, identity, recipient }
  const home = join(root, "home")
  const older = join(root, "older")
  const told = yield* running(all, home, true, () =>
    Effect.gen(function* () {
      yield* talk
      yield* keep("point", "backup.point-made")
      const last = yield* shipped
      const at = Date.now()
      cpSync(place, older, { recursive: true })
      return { last, at }
    })
  ).pipe(Effect.scoped)

  const unforgotten = join(root, "unforgotten")
  yield* restore(all, unforgotten, older, [])
  const before = (yield* foundIn(unforgotten, [])).length

  /** Nobody is forgotten yet: the old log stands aside when they are. */
  const twice = join(root, "twice")
  cpSync(home, twice, { recursive: true, verbatimSymlinks: true })
  yield* Effect.scoped(running(all, home, true, () => Effect.andThen(eraseBoth, shipped)))
  const keyrings = [join(home, "keyring.db")]

  const wayOf: Readonly<Record<Way, (folder: string) => Effect.Effect<void, unknown, Scope.Scope>>> = {
    "the end": (folder) => restore(all, folder, place, []),
    "sequence before": (folder) => restore(all, folder, place, ["--seq", String(told.last)]),
    "moment before": (folder) => restore(all, folder, place, ["--at", new Date(told.at).toISOString()]),
    "joined, sequence before": Effect.fnUntraced(function* (folder) {
      yield* Effect.scoped(
        running(all, home, true, () => Effect.andThen(keep("point", "backup.point-made"), shipped))
      )
      yield* restore(all, folder, place, ["--seq", String(told.last)])
    }),
    "older copy here": Effect.fnUntraced(function* (folder) {
      cpSync(home, folder, { recursive: true, verbatimSymlinks: true })
      yield* restore(all, folder, older, ["--replace"])
    }),
    "restored, then erased": Effect.fnUntraced(function* (folder) {
      cpSync(twice, folder, { recursive: true, verbatimSymlinks: true })
      yield* restore(all, folder, older, ["--replace"])
      yield* Effect.scoped(running(all, folder, false, () => eraseBoth))
    }),
    "checked, killed, then erased": Effect.fnUntraced(function* (folder) {
      cpSync(twice, folder, { recursive: true, verbatimSymlinks: true })
      yield* checkAndKill(all, folder, older)
      yield* Effect.scoped(running(all, folder, false, () => eraseBoth))
    })
  }

  return yield* Effect.forEach(
    some,
    Effect.fnUntraced(function* (name) {
      const folder = join(root, name)
      yield* wayOf[name](folder)
      const spoken = yield* Effect.scoped(
        running(all, folder, false, (said) =>
          Effect.gen(function* () {
            yield* erasuresOver
            const answers = yield* printed(folder)
            return [
              ...answers.flatMap((text) => findIn("printed", text, canaries)),
              ...said.flatMap((line) => findIn("what was logged", line, canaries))
            ]
          })
        )
      )
      const found = yield* foundIn(folder, keyrings)
      return { name, before, after: [...spoken, ...found] } satisfies Restored
    })
  )
}, Effect.scoped)
