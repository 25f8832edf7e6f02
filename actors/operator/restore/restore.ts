/** `wadjet restore`: a log from a copy of it, as a new generation. */
import { existsSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { Clock, Effect, Option } from "effect"
import type { Config } from "../../../infra/config/settings.ts"
import { forgottenIn } from "../../../infra/keyring/forgotten-in.ts"
import { ensureNatsServer } from "../../../infra/nats-server/ensure.ts"
import { openPlace } from "../../backup/places/open-place.ts"
import type { Place } from "../../backup/places/place.ts"
import type { HeldLog } from "../../backup/restore/choose-log.ts"
import { type RestoredLog, restoreLog } from "../../backup/restore/restore-log.ts"
import { readStore } from "../../backup/restore/read-store.ts"
import type { Damaged } from "../../backup/segment/frame.ts"
import type { Identity } from "../../backup/segment/seal.ts"
import type { StoreName } from "../../backup/ship/keys.ts"
import { cutOff, holdDataFolder } from "../claim.ts"
import { externalOf } from "../from-config.ts"
import { Host } from "../host.ts"
import { placeOf } from "../log-place.ts"
import { Output } from "../output.ts"
import { duration, progressBar } from "../progress.ts"
import { addressOf, fail, identityOf, logOf } from "./choose-copy.ts"
import { makeLog } from "./make-log.ts"
import {
  clearStage,
  freshStage,
  halfMoved,
  putInPlace,
  ofRestore,
  stampOf,
  standingIn,
  syncTree
} from "./put-in-place.ts"
import { type Outcome, outcomeLines, previewLines } from "./words.ts"

export interface RestoreInput {
  readonly at: Option.Option<string>
  readonly seq: Option.Option<number>
  readonly from: Option.Option<string>
  readonly log: Option.Option<string>
  readonly identity: Option.Option<string>
  readonly preview: boolean
  readonly replace: boolean
  readonly session: boolean
  readonly json: boolean
}

/** The point that is wanted: by an event's number, or by a moment. */
const pointOf = Effect.fnUntraced(function* ({ at, seq }: RestoreInput) {
  const byTime = yield* placeOf("at", at)
  if (Option.isSome(seq) && byTime !== undefined)
    return yield* fail("expected --at or --seq, found both", "Leave one of them out.", "usage")
  return Option.isSome(seq) ? { sequence: seq.value } : byTime
})

const showProgress = Effect.fnUntraced(function* (total: number) {
  const output = yield* Output
  const began = yield* Clock.currentTimeMillis
  return Effect.fnUntraced(function* (done: number) {
    const seconds = Math.max(0.001, ((yield* Clock.currentTimeMillis) - began) / 1_000)
    const perSecond = done / seconds
    yield* output.status(
      `${progressBar(done, total, "events")}, ${Math.round(perSecond).toLocaleString("en")} a second, ${duration((total - done) / perSecond)} left`
    )
  })
})

interface Chosen {
  readonly place: Place
  readonly log: HeldLog
  readonly identity: Identity
}

type StoreFound = "restored" | "none" | Damaged

/** A store that a log can do without: where it is damaged, that is said, and the rest is restored. */
const storeAt = ({ identity, log: { account }, place }: Chosen, store: StoreName, path: string | undefined) =>
  readStore(place, account, store, identity).pipe(
    Effect.tap((plain) =>
      plain === undefined || path === undefined
        ? Effect.void
        : Effect.promise(() => writeFile(path, plain, { mode: 0o600 }))
    ),
    Effect.map((plain): StoreFound => (plain === undefined ? "none" : "restored")),
    Effect.catchTag("Damaged", (damage) => Effect.succeed<StoreFound>(damage))
  )

/**
 * The secrets that go with the log, into a folder if there is one. The keyring is the newest one: whoever was forgotten
 * since has no keys in it.
 */
const storesOf = Effect.fnUntraced(function* (chosen: Chosen, session: boolean, stage?: string) {
  const at = (store: StoreName) =>
    storeAt(chosen, store, stage === undefined ? undefined : join(stage, `${store}.db`))
  const keyring = yield* at("keyring")
  if (keyring !== "restored")
    return yield* fail(
      keyring === "none"
        ? `${chosen.place.shown} holds no keyring, without which nothing personal in the log can be read`
        : `the keyring at ${chosen.place.shown}, without which nothing personal in the log can be read, is damaged: ${keyring.message}`,
      "Try another place with --from; every place has the whole keyring."
    )
  return { accounts: yield* at("accounts"), session: session ? yield* at("session") : ("none" as const) }
})

/** Refuses what would stand in the way, before anything is fetched. */
const checkFolder = Effect.fnUntraced(function* (dataFolder: string, config: Config, replace: boolean) {
  if (externalOf(config) !== undefined)
    return yield* fail(
      "WADJET_NATS_URL names a server of its own, and a restore makes the log in the data folder",
      "Leave WADJET_NATS_URL out, restore, and move the stream WADJET_EVENTS to that server with its own tools."
    )
  const standing = standingIn(dataFolder)
  if (standing.length === 0 || replace) return
  return yield* fail(
    `expected an empty data folder, found ${standing.join(", ")} in ${dataFolder}`,
    "Set WADJET_DATA to another folder, or add --replace: what stands there is moved aside, not deleted."
  )
})

const restoreInto = Effect.fnUntraced(function* (dataFolder: string, input: RestoreInput, chosen: Chosen) {
  const output = yield* Output
  const { identity, log, place } = chosen
  const point = yield* pointOf(input)
  const program = yield* ensureNatsServer({ dataFolder, say: output.note })
  const stage = yield* freshStage(dataFolder, ofRestore)
  const began = yield* Clock.currentTimeMillis
  const keepsSession = input.session && existsSync(join(dataFolder, "session.db"))
  const stores = yield* storesOf(chosen, input.session && !keepsSession, stage)
  const onProgress = yield* showProgress(log.last)
  const forgottenHere = yield* forgottenIn(join(dataFolder, "keyring.db")).pipe(
    Effect.catch(({ message }) =>
      Effect.as(
        output.note(`${message}. Whoever was forgotten since the copy has to be forgotten again.`),
        []
      )
    )
  )
  const made = yield* makeLog({
    stage,
    forgottenHere,
    binary: program.path,
    place,
    origin: log,
    identity,
    point,
    onProgress
  })
  yield* output.status("")
  if (made.upTo === 0)
    return yield* fail(
      made.broken === null
        ? "no event stands before that point"
        : `nothing of it can be read: ${made.broken.message}`,
      "Choose a later point, or another place with --from."
    )
  syncTree(stage)
  const keep = keepsSession ? ["session.db"] : []
  const aside = putInPlace(dataFolder, ofRestore, stampOf(began), { keep })
  return {
    ...made,
    held: log.last,
    seconds: ((yield* Clock.currentTimeMillis) - began) / 1_000,
    session: keepsSession ? "kept" : stores.session === "restored" ? "restored" : "none",
    accounts: stores.accounts === "restored",
    damagedStores: damagedOf(stores),
    aside
  } satisfies Outcome & { last: number }
})

const damagedOf = (stores: Effect.Success<ReturnType<typeof storesOf>>): Outcome["damagedStores"] =>
  Object.entries(stores).flatMap(([store, found]) =>
    typeof found === "string" ? [] : [{ store, message: found.message }]
  )

const summary = ({ account, generation }: HeldLog, place: Place, it: RestoredLog) => ({
  place: place.name,
  account,
  from: generation,
  upTo: it.upTo,
  upToTime: it.upToTime,
  open: it.open,
  after: it.after,
  erasures: it.forgotten,
  unscanned: it.unscanned,
  damage:
    it.broken === null
      ? null
      : { key: it.broken.key, part: it.broken.part, from: it.broken.from, message: it.broken.message }
})

const restore = Effect.fnUntraced(function* (input: RestoreInput) {
  const config = yield* Host.config
  const output = yield* Output
  const dataFolder = resolve(config.dataFolder)
  if (!input.preview) {
    yield* holdDataFolder(dataFolder)
    const half = halfMoved(dataFolder)
    if (half !== undefined && half !== ofRestore) return yield* cutOff(dataFolder, half)
    if (half !== undefined) {
      putInPlace(dataFolder, ofRestore, stampOf(yield* Clock.currentTimeMillis))
      return yield* input.json
        ? output.json({ finished: true })
        : output.line("The restore that was cut off is in its place now. Next: `wadjet run`.")
    }
    yield* checkFolder(dataFolder, config, input.replace)
  }
  const identity = yield* identityOf(input.identity, config)
  const place = yield* openPlace(yield* addressOf(input.from, config))
  const log = yield* logOf(place, identity, input.log)
  if (input.preview) {
    const point = yield* pointOf(input)
    const stores = yield* storesOf({ identity, log, place }, input.session)
    const onProgress = yield* showProgress(log.last)
    const found = yield* restoreLog({ place, origin: log, identity, point, onProgress })
    yield* output.status("")
    const damagedStores = damagedOf(stores)
    if (input.json) return yield* output.json({ preview: true, ...summary(log, place, found), damagedStores })
    yield* output.line(
      `${place.name} (${place.shown}), account ${log.account}, generation ${log.generation}.`
    )
    return yield* Effect.forEach(previewLines({ ...found, held: log.last, damagedStores }), output.line, {
      discard: true
    })
  }
  const outcome = yield* restoreInto(dataFolder, input, { identity, log, place }).pipe(
    Effect.ensuring(Effect.ignore(clearStage(dataFolder, ofRestore)))
  )
  if (!input.json) return yield* Effect.forEach(outcomeLines(outcome), output.line, { discard: true })
  const { accounts, aside = null, damagedStores, generation, seconds, session } = outcome
  return yield* output.json({
    preview: false,
    ...summary(log, place, outcome),
    damagedStores,
    generation,
    seconds,
    accounts,
    session,
    aside
  })
})

/** Restores a log, or says what a restore would come to. */
export const restoreWadjet = (input: RestoreInput) => Effect.scoped(restore(input))
