/**
 * How long a log takes to be copied to a folder, and to be restored from there.
 *
 *     node tests/bench/restore.ts [events, 1000000 by default]
 *
 * The log is that of busy chats, with a segment for what the backup actor finds at a time. The restore makes a stream on
 * a nats-server of its own, everything synced at its end, as `wadjet restore` does it; the services are this process.
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { generateX25519Identity, identityToRecipient } from "age-encryption"
import { Effect, Layer, Logger, Redacted } from "effect"
import { openPlace } from "../../actors/backup/places/open-place.ts"
import { readStore } from "../../actors/backup/restore/read-store.ts"
import { makeLog } from "../../actors/operator/restore/make-log.ts"
import { runActors, services } from "../../actors/operator/system.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { Nats } from "../../infra/nats/connection.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import { copyingOf, directoryAddress, status } from "../actors/backup/world.ts"
import { temporaryFolder } from "../faults/temporary-folder.ts"
import { unpaced } from "../faults/owners.ts"
import { busyChats } from "./busy-chats.ts"
import { machineLines } from "./machine.ts"
import { seed } from "./seed.ts"

const count = Number(process.argv[2] ?? 1_000_000)
const startMillis = 1_767_225_600_000
const seededSyncMillis = 600_000
const lookAgainMillis = 50
const say = (line: string) => Effect.sync(() => console.log(line))
const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`
const now = Effect.sync(() => performance.now())

const row = (what: string, events: number, millis: number, rest = "") =>
  say(
    `${what.padEnd(28)} ${(millis / 1_000).toFixed(1).padStart(7)} s  ${Math.round((events / millis) * 1_000)
      .toLocaleString("en")
      .padStart(8)} events/s  ${rest}`
  )

const allShipped = Effect.gen(function* () {
  for (;;) {
    const { last, places } = yield* status
    const [place] = places
    if (place !== undefined && place.upTo === last) return place
    yield* Effect.sleep(lookAgainMillis)
  }
})

/** A log of so many events, copied to a folder. */
const copy = Effect.fnUntraced(function* (binary: string, folder: string, recipient: string) {
  const dataFolder = yield* temporaryFolder
  const { pass, url, user, version } = yield* startNatsServer({
    binary,
    dataFolder,
    syncIntervalMs: seededSyncMillis
  })
  const address = { url, user, password: Redacted.make(pass) }
  const base = yield* Layer.build(
    services({ address, dataFolder, server: "external", serverVersion: version, died: Effect.never })
  )
  return yield* Effect.gen(function* () {
    const keyring = yield* Keyring
    const { connection } = yield* Nats
    yield* seed(connection, keyring, busyChats(keyring.account, count), startMillis)
    const began = yield* now
    const copying = copyingOf({ places: [directoryAddress(folder)], recipients: [recipient] })
    yield* runActors({ dataFolder, pacing: unpaced, copying, only: new Set(["backup"]) })
    const { bytes, segments } = yield* allShipped
    yield* row("copied", count, (yield* now) - began, `${segments} segments, ${megabytes(bytes)}`)
    const { generation } = yield* EventLog
    return { account: keyring.account, generation }
  }).pipe(Effect.provideContext(base))
}, Effect.scoped)

const restore = Effect.fnUntraced(function* (
  binary: string,
  folder: string,
  identity: string,
  origin: Effect.Success<ReturnType<typeof copy>>
) {
  const stage = yield* temporaryFolder
  const opened = Redacted.make(identity)
  const place = yield* openPlace(directoryAddress(folder))
  const began = yield* now
  writeFileSync(join(stage, "keyring.db"), (yield* readStore(place, origin.account, "keyring", opened))!)
  let shown = 0
  const { upTo } = yield* makeLog({
    stage,
    binary,
    place,
    origin,
    identity: opened,
    point: undefined,
    onProgress: () => Effect.sync(() => void (shown += 1))
  })
  yield* row(
    "restored",
    upTo,
    (yield* now) - began,
    `progress shown ${shown} times; target 60 s for a million`
  )
}, Effect.scoped)

const program = Effect.gen(function* () {
  const { path, version } = yield* ensureNatsServer({ dataFolder: ".cache/nats-server", say })
  for (const line of machineLines(version)) yield* say(line)
  const identity = yield* Effect.promise(() => generateX25519Identity())
  const recipient = yield* Effect.promise(() => identityToRecipient(identity))
  const folder = yield* temporaryFolder
  yield* restore(path, folder, identity, yield* copy(path, folder, recipient))
})

await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(Logger.layer([]))))
process.exit(0)
