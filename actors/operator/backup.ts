/** `wadjet backup`: how copies of the log stand, and what is asked of their places. */
import { resolve } from "node:path"
import { Clock, Effect, Option, Schedule } from "effect"
import { BackupStatus, KeepBackup, type KeepTask, PruneBackup } from "../../contracts/backup.ts"
import type { Config } from "../../infra/config/settings.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { noteAsked } from "../admin/note-asked.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { openLog } from "./reach.ts"
import { placesOf } from "./run-backup.ts"
import { runningOn } from "./run-file.ts"
import { counted } from "./words.ts"

type Status = (typeof BackupStatus)["answer"]["Type"]
type PlaceRow = Status["places"][number]

export const placesNamed = Effect.fnUntraced(function* (config: Config) {
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

/** The running system, which is asked for what only it can do. */
const runningSystem = Effect.gen(function* () {
  const config = yield* Host.config
  const places = yield* placesNamed(config)
  if (runningOn(resolve(config.dataFolder)) === undefined)
    return yield* new OperatorFailed({
      what: "Nothing is being copied",
      why: `Wadjet does not run on this data folder, and nothing goes to ${places.map(({ name, shown }) => `${name} (${shown})`).join(", ")}`,
      next: "Start it with `wadjet run`, or check what the places hold with `wadjet verify`.",
      exit: "unreachable"
    })
  return (yield* openLog(config)).context
})

const statusNow = CommandBus.use((bus) => bus.request(BackupStatus, {}))

const keptLines = ({
  goodAt,
  keeping,
  place,
  pointAt,
  problems,
  scrubbedAt
}: PlaceRow): ReadonlyArray<string> => {
  const time = (at: number | null) => (at === null ? "never" : new Date(at).toISOString())
  return [
    `  newest point ${time(pointAt)}, last found to be good ${time(goodAt)}, scrubbed ${time(scrubbedAt)}`,
    ...(keeping === null ? [] : [`  ${place} is not kept as it should be: ${keeping}`]),
    ...problems.map((problem) => `  problem: ${problem}`)
  ]
}

/** Prints how far each place has come. */
export const showBackup = Effect.fn("showBackup")(function* ({ json }: { readonly json: boolean }) {
  const output = yield* Output
  const status = yield* Effect.provideContext(statusNow, yield* runningSystem)
  if (json) return yield* output.json(status)
  const now = yield* Clock.currentTimeMillis
  yield* Effect.forEach(
    status.places,
    (row) =>
      Effect.andThen(
        output.line(`${row.place} (${row.address}) ${aheadOf(row, status.last, now)}.`),
        Effect.forEach(keptLines(row), output.line)
      ),
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

const wantedPlaces = (rows: ReadonlyArray<PlaceRow>, at: Option.Option<string>) => {
  const wanted = rows.filter(({ place }) => Option.isNone(at) || place === at.value)
  if (wanted.length > 0) return Effect.succeed(wanted)
  return Effect.fail(
    new OperatorFailed({
      what: "There is no such place",
      why: `expected one of ${rows.map(({ place }) => place).join(", ")}`,
      next: "Leave --at out to mean all of them.",
      exit: "usage"
    })
  )
}

/** When a task was last done, by what a place says of itself. */
const doneAt = {
  point: ({ pointAt }: PlaceRow) => pointAt,
  verify: ({ verifiedAt }: PlaceRow) => verifiedAt,
  scrub: ({ scrubbedAt }: PlaceRow) => scrubbedAt
} as const

/** How often it is asked whether a task is done. */
const lookMillis = 200

export interface KeepInput {
  readonly at: Option.Option<string>
  readonly task: KeepTask
  readonly json: boolean
}

/** Has places do now what they do when it is due, and waits until it is done. Fails where something is wrong there. */
export const keepNow = Effect.fn("keepNow")(function* ({ at, json, task }: KeepInput) {
  const output = yield* Output
  const context = yield* runningSystem
  yield* Effect.gen(function* () {
    const bus = yield* CommandBus
    const before = yield* wantedPlaces((yield* statusNow).places, at)
    for (const { place } of before) {
      yield* noteAsked(KeepBackup, "operator", place)
      yield* bus.request(KeepBackup, { place, task })
    }
    let wrong = 0
    for (const row of before) {
      const done = yield* statusNow.pipe(
        Effect.map(({ places }) => places.find(({ place }) => place === row.place)!),
        Effect.filterOrFail(
          (now) => now.keeping !== null || (doneAt[task](now) ?? 0) > (doneAt[task](row) ?? 0)
        ),
        Effect.retry({
          schedule: Schedule.spaced(`${lookMillis} millis`),
          while: (error) => error._tag === "NoSuchElementError"
        })
      )
      if (done.problems.length > 0 || done.keeping !== null) wrong += 1
      if (json) yield* output.json(done)
      else {
        yield* output.line(`${done.place}:`)
        yield* Effect.forEach(keptLines(done), output.line, { discard: true })
      }
    }
    if (wrong === 0) return
    return yield* new OperatorFailed({
      what: wrong === 1 ? "A place is not what it should be" : `${wrong} places are not what they should be`,
      why: "expected no problem, found what is listed above",
      next: "`wadjet verify` says what can be restored. What is missing in the log itself comes back by `wadjet mend`, while Wadjet is stopped."
    })
  }).pipe(Effect.provideContext(context))
}, Effect.scoped)

export interface PruneInput {
  readonly at: Option.Option<string>
  readonly dryRun: boolean
  readonly damaged: boolean
  readonly json: boolean
}

/** Deletes points that no rule keeps, or says which those would be, and why the others stay. */
export const pruneNow = Effect.fn("pruneNow")(function* ({ at, damaged, dryRun, json }: PruneInput) {
  const output = yield* Output
  const context = yield* runningSystem
  yield* Effect.gen(function* () {
    const bus = yield* CommandBus
    for (const { place } of yield* wantedPlaces((yield* statusNow).places, at)) {
      if (!dryRun) yield* noteAsked(PruneBackup, "operator", place)
      const { drop, keep, parts, withheld } = yield* bus.request(PruneBackup, { place, dryRun, damaged })
      if (json) {
        yield* output.json({ place, dryRun, keep, drop, parts, withheld })
        continue
      }
      const time = (millis: number) => new Date(millis).toISOString()
      const did = dryRun ? "would be deleted" : "deleted"
      yield* output.line(
        `${place}: ${counted(keep.length, "point")} kept, ${drop.length} ${did}, ${counted(parts, "part")} with them.`
      )
      if (withheld !== null) yield* output.line(`  Nothing is deleted: ${withheld}.`)
      for (const it of keep) yield* output.line(`  keep ${time(it.at)}: ${it.reasons.join(", ")}`)
      for (const it of drop) yield* output.line(`  drop ${time(it)}`)
    }
  }).pipe(Effect.provideContext(context))
}, Effect.scoped)
