/** `wadjet restore`: a log from a copy of it, as a new generation. */
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { Clock, Effect, Option, Redacted } from "effect"
import type { Config } from "../../../infra/config/settings.ts"
import { forgottenIn } from "../../../infra/keyring/forgotten-in.ts"
import { ensureNatsServer } from "../../../infra/nats-server/ensure.ts"
import { openPlace, type PlaceAddress } from "../../backup/places/open-place.ts"
import type { Place } from "../../backup/places/place.ts"
import { type HeldLog, logsAt } from "../../backup/restore/choose-log.ts"
import { restoreLog } from "../../backup/restore/restore-log.ts"
import { restoreStore } from "../../backup/restore/restore-store.ts"
import type { Identity } from "../../backup/segment/seal.ts"
import { holdDataFolder } from "../claim.ts"
import { OperatorFailed } from "../failure.ts"
import { externalOf } from "../from-config.ts"
import { Host } from "../host.ts"
import { placeOf } from "../log-place.ts"
import { Output } from "../output.ts"
import { duration, progressBar } from "../progress.ts"
import { bytesOf } from "../read-input.ts"
import { placesOf } from "../run-backup.ts"
import { makeLog } from "./make-log.ts"
import { clearStage, freshStage, isHalfMoved, putInPlace, standingIn, syncTree } from "./put-in-place.ts"
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

const what = "Nothing was restored"

const fail = (why: string, next: string, exit?: "usage") =>
  new OperatorFailed({ what, why, next, ...(exit === undefined ? {} : { exit }) })

const identityPattern = /AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}/u

/** The private half that opens the copy: of a file as `age-keygen` makes it, or of the settings. */
const identityOf = Effect.fnUntraced(function* (file: Option.Option<string>, config: Config) {
  if (Option.isNone(file)) {
    if (config.backupIdentity !== undefined) return config.backupIdentity
    return yield* fail(
      "a copy opens with the private half of an age identity, and none was given",
      "Name the file that holds it: --identity FILE."
    )
  }
  const text = (yield* bytesOf(file.value, "identity")).toString("utf8")
  const found = identityPattern.exec(text)?.[0]
  if (found !== undefined) return Redacted.make(found)
  return yield* fail(
    `expected AGE-SECRET-KEY-1… in ${file.value}, found none`,
    "Name the file that age-keygen made."
  )
})

/** A place of the settings, or a folder by its path: a new machine has no settings yet. */
const addressOf = Effect.fnUntraced(function* (from: Option.Option<string>, config: Config) {
  const places = yield* placesOf(config)
  const name = Option.getOrUndefined(from)
  if (name !== undefined && name.includes("/")) {
    const path = resolve(name)
    return { name: "folder", shown: path, everyMillis: 0, kind: "directory", path } satisfies PlaceAddress
  }
  const [only, ...others] = name === undefined ? places : places.filter((place) => place.name === name)
  if (only !== undefined && others.length === 0) return only
  const known =
    places.length === 0 ? "WADJET_BACKUP names none" : `it names ${places.map((it) => it.name).join(", ")}`
  return yield* fail(
    name === undefined
      ? `expected one place to restore from; ${known}`
      : `there is no place ${name}; ${known}`,
    "Name one with --from: a place of WADJET_BACKUP, or the folder of a copy.",
    "usage"
  )
})

const shownLog = ({ account, generation, last, time }: HeldLog) =>
  `${account}/${generation} (${last} events, ${time === null ? "cannot be opened" : `until ${new Date(time).toISOString()}`})`

/** The log that is wanted, and the others that are there. */
const logOf = Effect.fnUntraced(function* (place: Place, identity: Identity, wanted: Option.Option<string>) {
  const logs = yield* logsAt(place, identity)
  const found = Option.match(wanted, {
    onNone: () => logs[0],
    onSome: (name) =>
      logs.find(({ account, generation }) => name === `${account}/${generation}` || name === generation)
  })
  if (found === undefined)
    return yield* fail(
      logs.length === 0
        ? `${place.shown} holds no copy of any log`
        : `${place.shown} holds no such log; it holds ${logs.map(shownLog).join(", ")}`,
      "Name another place with --from, or another log with --log."
    )
  const accounts = new Set(logs.map(({ account }) => account))
  if (Option.isNone(wanted) && accounts.size > 1)
    return yield* fail(
      `${place.shown} holds logs of ${accounts.size} accounts: ${logs.map(shownLog).join(", ")}`,
      "Name one with --log ACCOUNT/GENERATION.",
      "usage"
    )
  if (found.time === null)
    return yield* fail(
      `nothing at the end of ${found.account}/${found.generation} opens with this identity`,
      "Give the identity that the copy was made for, or look at the place with `wadjet verify`."
    )
  return found
})

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

/** The secrets that go with the log. The keyring is the newest one: whoever was forgotten since has no keys in it. */
const restoreStores = Effect.fnUntraced(function* (
  { identity, log: { account }, place }: Chosen,
  stage: string,
  session: boolean
) {
  const restore = (store: "keyring" | "accounts" | "session") =>
    Effect.mapError(restoreStore(place, account, store, identity, join(stage, `${store}.db`)), (error) =>
      error._tag === "Damaged" ? fail(error.message, "Try another place with --from.") : error
    )
  if (!(yield* restore("keyring")))
    return yield* fail(
      `${place.shown} holds no keyring, without which nothing personal in the log can be read`,
      "Try another place with --from."
    )
  return { accounts: yield* restore("accounts"), session: session && (yield* restore("session")) }
})

const stampOf = (millis: number) => new Date(millis).toISOString().replaceAll(/[-:]|\.\d+/gu, "")

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
  const stage = freshStage(dataFolder)
  const began = yield* Clock.currentTimeMillis
  const keepsSession = input.session && existsSync(join(dataFolder, "session.db"))
  const stores = yield* restoreStores(chosen, stage, input.session && !keepsSession)
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
  const aside = putInPlace(dataFolder, stampOf(began), { keep: keepsSession ? ["session.db"] : [] })
  return {
    ...made,
    seconds: ((yield* Clock.currentTimeMillis) - began) / 1_000,
    session: keepsSession ? "kept" : stores.session ? "restored" : "none",
    accounts: stores.accounts,
    aside
  } satisfies Outcome & { last: number }
})

const summary = (
  { account, generation }: HeldLog,
  place: Place,
  it: Omit<Outcome, "generation" | "seconds" | "session" | "accounts" | "aside">
) => ({
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
    if (isHalfMoved(dataFolder)) {
      putInPlace(dataFolder, stampOf(yield* Clock.currentTimeMillis))
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
    const onProgress = yield* showProgress(log.last)
    const found = yield* restoreLog({ place, origin: log, identity, point, onProgress })
    yield* output.status("")
    if (input.json) return yield* output.json({ preview: true, ...summary(log, place, found) })
    yield* output.line(
      `${place.name} (${place.shown}), account ${log.account}, generation ${log.generation}.`
    )
    return yield* Effect.forEach(previewLines(found), output.line, { discard: true })
  }
  const outcome = yield* restoreInto(dataFolder, input, { identity, log, place }).pipe(
    Effect.ensuring(Effect.sync(() => clearStage(dataFolder)))
  )
  if (!input.json) return yield* Effect.forEach(outcomeLines(outcome), output.line, { discard: true })
  const { accounts, aside = null, generation, seconds, session } = outcome
  return yield* output.json({
    preview: false,
    ...summary(log, place, outcome),
    generation,
    seconds,
    accounts,
    session,
    aside
  })
})

/** Restores a log, or says what a restore would come to. */
export const restoreWadjet = (input: RestoreInput) => Effect.scoped(restore(input))
