/**
 * `wadjet mend`: a log with holes in it is made whole, while nothing runs: in a new store beside the damaged one, which
 * is kept. It stays the same log, with the same numbers: what was folded from it is folded anew, and work goes on where
 * it was.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs"
import { join, resolve } from "node:path"
import { Clock, Effect, Layer, Option, Redacted } from "effect"
import { eventStream } from "../../contracts/streams.ts"
import type { Config } from "../../infra/config/settings.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { jetStreamLog } from "../../infra/event-log/jetstream-log.ts"
import { RawLog, rawJetStreamLog } from "../../infra/event-log/raw-log.ts"
import { beginLog } from "../../infra/event-log/rebuild-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { Nats, type NatsService } from "../../infra/nats/connection.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import { openPlace, type PlaceAddress } from "../backup/places/open-place.ts"
import type { Identity } from "../backup/segment/seal.ts"
import { mendLog, type Mended } from "../backup/verify/mend-log.ts"
import { placesNamed } from "./backup.ts"
import { claimDataFolder } from "./claim.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { counted } from "./words.ts"

/** Nothing is answered for before all of it is synced at once, when its server stops. */
const syncIntervalMs = 600_000

/** Up to where every group of workers was done: they go on from there. */
const floorOf = ({ manager }: NatsService) =>
  Effect.tryPromise(async () => {
    const floors: Array<number> = []
    for await (const { ack_floor, config } of manager.consumers.list(eventStream.name))
      if (config.durable_name !== undefined) floors.push(ack_floor.stream_seq)
    return floors.length === 0 ? 0 : Math.min(...floors)
  }).pipe(Effect.orDie)

const serverOn = Effect.fnUntraced(function* (
  binary: string,
  folder: string,
  keyring: string,
  sync?: number
) {
  const { pass, url, user } = yield* startNatsServer({ binary, dataFolder: folder, syncIntervalMs: sync })
  const address = { url, user, password: Redacted.make(pass) }
  return yield* Layer.build(Layer.merge(Nats.layer(address, "wadjet"), sqliteKeyring(keyring)))
})

export interface MendOptions {
  readonly dataFolder: string
  readonly binary: string
  readonly place: PlaceAddress
  readonly identity: Identity
  readonly onProgress: (events: number) => Effect.Effect<void>
}

/** Makes the whole log in `stage`. Both servers have ended when it answers. */
const makeWhole = Effect.fnUntraced(function* (options: MendOptions, stage: string) {
  const { binary, dataFolder, identity, onProgress } = options
  const keyring = join(dataFolder, "keyring.db")
  const damaged = yield* serverOn(binary, dataFolder, keyring)
  const fresh = yield* serverOn(binary, stage, keyring, syncIntervalMs)
  const { end, floor, generation, raw } = yield* Effect.gen(function* () {
    const log = yield* EventLog
    return {
      end: yield* log.last,
      floor: yield* floorOf(yield* Nats),
      generation: log.generation,
      raw: yield* RawLog
    }
  }).pipe(Effect.provide(Layer.merge(jetStreamLog, rawJetStreamLog)), Effect.provideContext(damaged))
  const into = yield* Effect.provideContext(Effect.flatMap(Nats, beginLog), fresh)
  const { account } = yield* Effect.provideContext(Keyring, damaged)
  const place = yield* openPlace(options.place)
  const mended = yield* mendLog({
    place,
    origin: { account, generation },
    identity,
    raw,
    end,
    into,
    onProgress
  })
  yield* into.finish(generation, Math.min(floor, mended.last))
  return mended
}, Effect.scoped)

/** Puts the whole store where the damaged one was. What was folded from that comes back from the log. */
const exchange = (dataFolder: string, stage: string, aside: string) => {
  renameSync(join(dataFolder, "nats"), aside)
  renameSync(join(stage, "nats"), join(dataFolder, "nats"))
  for (const folded of ["read-model", "actors"])
    rmSync(join(dataFolder, folded), { recursive: true, force: true })
}

export interface MendedStore extends Mended {
  /** Where the damaged store is; absent where nothing was missing, and nothing was changed. */
  readonly aside: string | undefined
}

/** Mends the log of a data folder on which nothing runs. */
export const mendStore = Effect.fn("mendStore")(function* (options: MendOptions) {
  const { dataFolder } = options
  const stage = join(dataFolder, "mending")
  const clear = Effect.sync(() => rmSync(stage, { recursive: true, force: true }))
  return yield* Effect.gen(function* () {
    yield* clear
    mkdirSync(stage, { recursive: true, mode: 0o700 })
    const mended = yield* makeWhole(options, stage)
    if (mended.filled === 0) return { ...mended, aside: undefined } satisfies MendedStore
    const aside = join(dataFolder, `nats.damaged-${yield* Clock.currentTimeMillis}`)
    yield* Effect.sync(() => exchange(dataFolder, stage, aside))
    return { ...mended, aside } satisfies MendedStore
  }).pipe(Effect.ensuring(clear))
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

export interface MendInput {
  readonly from: Option.Option<string>
  readonly json: boolean
}

/** Mends the log, and says what was missing. */
export const mend = Effect.fn("mend")(function* ({ from, json }: MendInput) {
  const config = yield* Host.config
  const output = yield* Output
  const dataFolder = resolve(config.dataFolder)
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
  const { aside, filled, last } = mended
  if (json) return yield* output.json({ last, filled, aside: aside ?? null })
  if (aside === undefined) return yield* output.line(`Nothing is missing in ${counted(last, "event")}.`)
  yield* output.line(`${counted(filled, "event")} of ${last} came back from ${place.name}.`)
  return yield* output.line(`The damaged store is in ${aside}; delete it once you need it no more.`)
}, Effect.scoped)
