/**
 * `wadjet mend`: a log with holes in it is made whole, while nothing runs: in a new store beside the damaged one, which
 * is kept. It stays the same log, with the same numbers: what was folded from it is folded anew, and work goes on where
 * it was.
 */
import { copyFileSync, existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { Clock, Effect, Layer, Option, Redacted } from "effect"
import { eventStream } from "../../contracts/streams.ts"
import type { Config } from "../../infra/config/settings.ts"
import { indexPath, LogFolder } from "../../infra/event-log/archive/archive-files.ts"
import { RawLog, rawJetStreamLog } from "../../infra/event-log/raw-log.ts"
import { beginLog } from "../../infra/event-log/rebuild-log.ts"
import { ensureStream } from "../../infra/event-log/stream-setup.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { Nats, type NatsService } from "../../infra/nats/connection.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import { mendArchive } from "../backup/archive/mend-archive.ts"
import { openPlace, type PlaceAddress } from "../backup/places/open-place.ts"
import type { Identity } from "../backup/segment/seal.ts"
import { mendLog, type Mended } from "../backup/verify/mend-log.ts"
import { groupsOf, type LogEnd } from "./archive/groups.ts"
import { placesNamed } from "./backup.ts"
import { claimDataFolder, cutOff, holdDataFolder } from "./claim.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import {
  clearStage,
  freshStage,
  halfMoved,
  ofMend,
  putInPlace,
  stampOf,
  syncTree
} from "./restore/put-in-place.ts"
import { counted } from "./words.ts"

/** Nothing is answered for before all of it is synced at once, when its server stops. */
const syncIntervalMs = 600_000

/** Up to where every group of workers was done: they go on from there. */
const floorOf = (nats: NatsService, end: LogEnd) =>
  groupsOf(nats, end).pipe(
    Effect.map((groups) =>
      groups.reduce((least, { doneUpTo }) => Math.min(least, doneUpTo), groups.length === 0 ? 0 : end.last)
    ),
    Effect.orDie
  )

const serverOn = Effect.fnUntraced(function* (
  binary: string,
  folder: string,
  keyring: string,
  sync?: number
) {
  const { pass, url, user } = yield* startNatsServer({ binary, dataFolder: folder, syncIntervalMs: sync })
  const address = { url, user, password: Redacted.make(pass) }
  return yield* Layer.build(
    Layer.mergeAll(Nats.layer(address, "wadjet"), sqliteKeyring(keyring), Layer.succeed(LogFolder, folder))
  )
})

export interface MendOptions {
  readonly dataFolder: string
  readonly binary: string
  readonly place: PlaceAddress
  readonly identity: Identity
  readonly onProgress: (events: number) => Effect.Effect<void>
  /** Is told before each thing is moved to its place. */
  readonly onMove?: ((name: string) => void) | undefined
}

/** Makes the whole log in `stage`. Both servers have ended when it answers. */
const makeWhole = Effect.fnUntraced(function* (options: MendOptions, stage: string) {
  const { binary, dataFolder, identity, onProgress } = options
  const keyring = join(dataFolder, "keyring.db")
  const damaged = yield* serverOn(binary, dataFolder, keyring)
  const fresh = yield* serverOn(binary, stage, keyring, syncIntervalMs)
  const { archived, end, floor, generation, raw, restoredUpTo } = yield* Effect.gen(function* () {
    const nats = yield* Nats
    const { last, ...stream } = yield* ensureStream(nats.manager, eventStream)
    const floor = yield* floorOf(nats, { generation: stream.generation, last })
    return { ...stream, end: last, floor, raw: yield* RawLog }
  }).pipe(Effect.provide(rawJetStreamLog), Effect.provideContext(damaged))
  const from = (archived?.upTo ?? 0) + 1
  const into = yield* Effect.provideContext(
    Effect.flatMap(Nats, (nats) => beginLog(nats, from)),
    fresh
  )
  const { account } = yield* Effect.provideContext(Keyring, damaged)
  const place = yield* openPlace(options.place)
  const origin = { account, generation }
  const inFiles =
    archived === undefined ? 0 : yield* mendArchive({ dataFolder, archived, place, origin, identity })
  const mended = yield* mendLog({ place, origin, identity, raw, end, from, into, onProgress })
  if (archived !== undefined) copyFileSync(indexPath(dataFolder), indexPath(stage))
  yield* into.finish(generation, Math.max(restoredUpTo, Math.min(floor, mended.last)), archived)
  return { ...mended, inFiles }
}, Effect.scoped)

export interface MendedStore extends Mended {
  /** Events that came back in files of the archive. */
  readonly inFiles: number
  /** Where the damaged store is; absent where nothing was missing, and nothing was changed. */
  readonly aside: string | undefined
}

/** Mends the log of a data folder on which nothing runs. */
export const mendStore = Effect.fn("mendStore")(function* (options: MendOptions) {
  const { dataFolder, onMove } = options
  return yield* Effect.gen(function* () {
    const stage = yield* freshStage(dataFolder, ofMend)
    const mended = yield* makeWhole(options, stage)
    if (mended.filled === 0) return { ...mended, aside: undefined } satisfies MendedStore
    syncTree(stage)
    const aside = putInPlace(dataFolder, ofMend, stampOf(yield* Clock.currentTimeMillis), { onMove })
    return { ...mended, aside } satisfies MendedStore
  }).pipe(Effect.ensuring(Effect.ignore(clearStage(dataFolder, ofMend))))
})

const chosenPlace = Effect.fnUntraced(function* (config: Config, from: Option.Option<string>) {
  const places = yield* placesNamed(config)
  const place = Option.isNone(from) ? places[0] : places.find(({ name }) => name === from.value)
  if (place !== undefined) return place
  return yield* new OperatorFailed({
    what: "There is no such place",
    why: `expected one of ${places.map(({ name }) => name).join(", ")}`,
    next: "Leave --from out to take the first.",
    exit: "usage"
  })
})

const refuse = (what: string, why: string, next: string) => new OperatorFailed({ what, why, next })

const unmendable = ({ message }: { readonly message: string }) =>
  refuse(
    "The log cannot be mended from there",
    message,
    "Nothing was changed. Try another place, or restore up to where a place is whole: `wadjet restore`."
  )

const damagedIn = (aside: string) =>
  `The damaged store, and what was folded from it, is in ${aside}; delete it once you need it no more.`

/** Puts in its place what was cut off there. Which log it is, is settled: nothing is read, and no identity is needed. */
const finish = Effect.fnUntraced(function* (dataFolder: string, json: boolean) {
  const output = yield* Output
  yield* holdDataFolder(dataFolder)
  const half = halfMoved(dataFolder)
  if (half !== undefined && half !== ofMend) return yield* cutOff(dataFolder, half)
  const aside = putInPlace(dataFolder, ofMend, stampOf(yield* Clock.currentTimeMillis)) ?? null
  if (json) return yield* output.json({ finished: true, aside })
  yield* output.line("The log that was mended is in its place now. Next: `wadjet run`.")
  if (aside !== null) yield* output.line(damagedIn(aside))
}, Effect.scoped)

export interface MendInput {
  readonly from: Option.Option<string>
  readonly json: boolean
}

/** Mends the log, and says what was missing. */
export const mend = Effect.fn("mend")(function* ({ from, json }: MendInput) {
  const config = yield* Host.config
  const output = yield* Output
  const dataFolder = resolve(config.dataFolder)
  if (halfMoved(dataFolder) !== undefined) return yield* finish(dataFolder, json)
  const place = yield* chosenPlace(config, from)
  const identity = config.backupIdentity
  if (identity === undefined)
    return yield* refuse(
      "The log cannot be mended",
      "a copy can be opened only with its identity, and WADJET_BACKUP_IDENTITY is not set",
      "Set it, or WADJET_BACKUP_IDENTITY_FILE, for as long as this takes."
    )
  if (config.natsUrl !== undefined || !existsSync(join(dataFolder, "nats")))
    return yield* refuse(
      "There is no log here to mend",
      `expected the log of a server of Wadjet's own in ${dataFolder}`,
      "A server that runs elsewhere is mended by its own means, or by `wadjet restore`."
    )
  yield* claimDataFolder(dataFolder)
  const { path } = yield* ensureNatsServer({ dataFolder, say: output.note })
  const mended = yield* mendStore({
    dataFolder,
    binary: path,
    place,
    identity,
    onProgress: (events) => output.status(`${counted(events, "event")} stored`)
  }).pipe(Effect.catchTag("Unmendable", (error) => Effect.fail(unmendable(error))))
  yield* output.status("")
  const { aside, filled, inFiles, last } = mended
  if (json) return yield* output.json({ last, filled, inFiles, aside: aside ?? null })
  if (inFiles > 0)
    yield* output.line(`${counted(inFiles, "event")} came back from ${place.name} into files of the archive.`)
  if (aside === undefined)
    return yield* output.line(
      `Nothing is missing ${inFiles > 0 ? "any more" : `in ${counted(last, "event")}`}.`
    )
  yield* output.line(`${counted(filled, "event")} of ${last} came back from ${place.name}.`)
  yield* output.line(damagedIn(aside))
  return yield* output.line(
    "Next: `wadjet run`, which folds the read models anew, then `wadjet backup scrub`."
  )
}, Effect.scoped)
