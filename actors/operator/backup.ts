/** `wadjet backup` and `wadjet verify`: how copies of the log stand, and whether they are worth anything. */
import { resolve } from "node:path"
import { Clock, Effect, Option } from "effect"
import { BackupStatus } from "../../contracts/backup.ts"
import type { Config } from "../../infra/config/settings.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { type LogReport, isSound, originsAt, verifyLog } from "../backup/verify/verify.ts"
import { openPlace, type PlaceAddress } from "../backup/places/open-place.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { openLog } from "./reach.ts"
import { placesOf } from "./run-backup.ts"
import { runningOn } from "./run-file.ts"
import { counted } from "./words.ts"

type Status = (typeof BackupStatus)["answer"]["Type"]
type PlaceRow = Status["places"][number]

const placesNamed = Effect.fnUntraced(function* (config: Config) {
  const places = yield* placesOf(config)
  if (places.length > 0) return places
  return yield* new OperatorFailed({
    what: "Nothing is copied anywhere",
    why: "WADJET_BACKUP names no place",
    next: "Set WADJET_BACKUP to one, such as disk=/mnt/backup, and WADJET_BACKUP_RECIPIENTS to who can open it; `wadjet config` says more."
  })
})

const aheadOf = ({ reason, state, unshippedSince, upTo }: PlaceRow, last: number, now: number): string => {
  if (state === "starting") return "is asked what it holds"
  const lacks =
    unshippedSince === null
      ? `holds everything, up to ${upTo}`
      : `holds ${upTo} of ${last}, and lacks what happened in the last ${Math.max(1, Math.round((now - unshippedSince) / 1_000))} s`
  return reason === null ? lacks : `${lacks}: ${state}, ${reason}`
}

/** Prints how far each place has come. */
export const showBackup = Effect.fn("showBackup")(function* ({ json }: { readonly json: boolean }) {
  const config = yield* Host.config
  const output = yield* Output
  yield* placesNamed(config)
  if (runningOn(resolve(config.dataFolder)) === undefined)
    return yield* new OperatorFailed({
      what: "Nothing is being copied",
      why: "Wadjet does not run on this data folder",
      next: "Start it with `wadjet run`, or check what the places hold with `wadjet verify`.",
      exit: "unreachable"
    })
  const { context } = yield* openLog(config)
  const status = yield* Effect.provideContext(
    Effect.flatMap(CommandBus, (bus) => bus.request(BackupStatus, {})),
    context
  )
  if (json) return yield* output.json(status)
  const now = yield* Clock.currentTimeMillis
  yield* Effect.forEach(
    status.places,
    (row) => output.line(`${row.place} (${row.address}) ${aheadOf(row, status.last, now)}.`),
    { discard: true }
  )
  const unfenced = status.places.filter(({ fenced }) => fenced === false)
  yield* Effect.forEach(
    unfenced,
    ({ place }) =>
      output.line(
        `${place} keeps no conditions: two installations that write there may not notice each other.`
      ),
    { discard: true }
  )
}, Effect.scoped)

const reportLines = (place: string, report: LogReport): ReadonlyArray<string> => {
  const { account, bytes, damages, generation, opened, segments, soundUpTo, stores, upTo } = report
  const how = opened ? "every event opened" : "ciphertext verified only: WADJET_BACKUP_IDENTITY is not set"
  return [
    `${place}, account ${account}, generation ${generation}: ${counted(segments, "segment")}, ${bytes} bytes, events up to ${upTo}; ${how}.`,
    ...damages.map(
      ({ from, key, message, part, to }) =>
        `  damaged: events ${from} to ${to ?? "the end"} (${key}, ${part}): ${message}.`
    ),
    ...stores.flatMap(({ damage, store }) => (damage === null ? [] : [`  damaged: ${store}: ${damage}.`])),
    ...(stores.some(({ bytes: held, store }) => store === "keyring" && held === null)
      ? ["  missing: keyring: what is personal in these events stays sealed for ever."]
      : []),
    ...(damages.length === 0 ? [] : [`  Events 1 to ${soundUpTo} can be restored.`])
  ]
}

const verifyPlace = Effect.fnUntraced(function* (address: PlaceAddress, config: Config) {
  const output = yield* Output
  const place = yield* openPlace(address)
  const origins = yield* originsAt(place)
  const reports: Array<LogReport> = []
  for (const origin of origins) {
    const progress = (done: number, of: number) =>
      output.status(`${address.name}: ${done} of ${counted(of, "segment")}`)
    reports.push(yield* verifyLog(place, origin, config.backupIdentity, progress))
    yield* output.status("")
  }
  return reports
}, Effect.scoped)

export interface VerifyInput {
  readonly from: Option.Option<string>
  readonly json: boolean
}

/** Checks what the places hold. Fails where anything of it is damaged, or nothing is there. */
export const verifyBackups = Effect.fn("verifyBackups")(function* ({ from, json }: VerifyInput) {
  const config = yield* Host.config
  const output = yield* Output
  const places = yield* placesNamed(config)
  const wanted = Option.match(from, {
    onNone: () => places,
    onSome: (name) => places.filter((place) => place.name === name)
  })
  if (wanted.length === 0)
    return yield* new OperatorFailed({
      what: "There is no such place",
      why: `expected one of ${places.map(({ name }) => name).join(", ")}`,
      next: "Leave --from out to check all of them.",
      exit: "usage"
    })
  let unsound = 0
  for (const address of wanted) {
    const reports = yield* verifyPlace(address, config)
    if (reports.length === 0 || !reports.every(isSound)) unsound += 1
    for (const report of reports)
      yield* json
        ? output.json({ place: address.name, sound: isSound(report), ...report })
        : Effect.forEach(reportLines(address.name, report), output.line, { discard: true })
    if (reports.length === 0 && !json) yield* output.line(`${address.name} holds no copy of any log.`)
  }
  if (unsound === 0) return
  return yield* new OperatorFailed({
    what: `${counted(unsound, "place")} cannot give back everything`,
    why: "expected every segment whole and in its place, found what is listed above",
    next: "While Wadjet's own log is whole, move what such a place holds away: a new copy begins there by itself."
  })
})
