/** `wadjet archive`: the earlier part of a log that outgrows its disk goes into files, and the log goes on. */
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { Effect, Layer, Option } from "effect"
import type { Config } from "../../../infra/config/settings.ts"
import { archiveFolder, sweepArchive } from "../../../infra/event-log/archive/archive-files.ts"
import { RawLog, rawJetStreamLog } from "../../../infra/event-log/raw-log.ts"
import { ensureNatsServer } from "../../../infra/nats-server/ensure.ts"
import { sequenceAt } from "../../../projections/past/moment.ts"
import type { PlaceAddress } from "../../backup/places/open-place.ts"
import { placesNamed } from "../backup.ts"
import { claimDataFolder, holdDataFolder } from "../claim.ts"
import { OperatorFailed } from "../failure.ts"
import { Host } from "../host.ts"
import { placeOf } from "../log-place.ts"
import { Output } from "../output.ts"
import { progressBar } from "../progress.ts"
import { openLog } from "../reach.ts"
import { clearStage, halfMoved, ofArchive } from "../restore/put-in-place.ts"
import { layFoundation, services } from "../system.ts"
import { lookAtLog, type Look, type LookOptions } from "./look.ts"
import { exchangeStores, makeArchived, type Step } from "./make-archived.ts"
import { planLines, problemLines, sizeOf, summaryOf } from "./words.ts"

export interface ArchiveInput {
  readonly before: Option.Option<string>
  readonly keep: Option.Option<number>
  readonly dryRun: boolean
  readonly json: boolean
}

const fail = (what: string, why: string, next: string, exit?: "usage") =>
  new OperatorFailed({ what, why, next, ...(exit === undefined ? {} : { exit }) })

const one = "Give --before with an event's number or a moment, or --keep with how many events are to stay."

/** The last event that is to be in files. */
const upToOf = Effect.fnUntraced(function* ({ before, keep }: ArchiveInput) {
  const place = yield* placeOf("before", before)
  if ((place === undefined) === Option.isNone(keep))
    return yield* fail(
      "It is not said what is to go into files",
      `expected one of --before and --keep, found ${place === undefined ? "neither" : "both"}`,
      one,
      "usage"
    )
  const kept = Option.getOrElse(keep, () => 0)
  if (kept < 0)
    return yield* fail(
      "It is not said what is to go into files",
      "expected --keep of 0 or more",
      one,
      "usage"
    )
  const wanted: LookOptions["upToOf"] = (last) => {
    if (place === undefined) return Effect.succeed(Math.max(0, last - kept))
    if ("sequence" in place) return Effect.succeed(Math.max(0, Math.min(last, place.sequence - 1)))
    return sequenceAt(place.time - 1)
  }
  return wanted
})

interface Wanted {
  readonly dataFolder: string
  readonly places: ReadonlyArray<PlaceAddress>
  readonly upToOf: LookOptions["upToOf"]
}

const showProgress = Effect.map(
  Output,
  (output) => (what: string) => (done: number, of: number) =>
    output.status(`${progressBar(done, of, "events")} ${what}`)
)

/** Looks at the log, and says what it would come to. */
const lookAndSay = Effect.fnUntraced(function* (wanted: Wanted, { dryRun, json }: ArchiveInput) {
  const output = yield* Output
  const onProgress = (yield* showProgress)("looked at")
  const look = yield* lookAtLog({ ...wanted, onProgress })
  yield* output.status("")
  if (look.upTo <= look.before.upTo)
    return yield* fail(
      "Nothing is to go into files",
      look.before.upTo === 0
        ? `the log has events 1 to ${look.last}, and all of them are to stay`
        : `everything up to event ${look.before.upTo} is in files already`,
      one
    )
  if (!json)
    yield* Effect.forEach(
      [...planLines(look, archiveFolder(wanted.dataFolder)), ...problemLines(look)],
      output.line,
      { discard: true }
    )
  if (json && (dryRun || look.problems.length > 0))
    yield* output.json({ archived: false, ...summaryOf(look) })
  if (look.problems.length === 0) return look
  return yield* fail(
    "The log cannot be archived now",
    look.problems.join("; "),
    "Nothing was changed. See to what is in the way, and try again."
  )
})

/** Only looks: beside the system that runs, or alone. */
const preview = Effect.fnUntraced(function* (wanted: Wanted, input: ArchiveInput) {
  const output = yield* Output
  const { context } = yield* openLog(yield* Host.config)
  yield* lookAndSay(wanted, input).pipe(Effect.provide(rawJetStreamLog), Effect.provideContext(context))
  if (!input.json) yield* output.line("Nothing was changed: this was a dry run.")
}, Effect.scoped)

/** With the log of a folder on which nothing runs; its server has ended when this answers. */
const make = Effect.fnUntraced(function* (
  wanted: Wanted,
  input: ArchiveInput,
  onStep: (step: Step) => Effect.Effect<void>
) {
  const { dataFolder } = wanted
  const output = yield* Output
  const onProgress = (yield* showProgress)("put into files")
  const foundation = yield* layFoundation({ dataFolder, external: undefined, say: output.note })
  const base = yield* Layer.build(Layer.provideMerge(rawJetStreamLog, services(foundation)))
  const { path: binary } = yield* ensureNatsServer({ dataFolder, say: output.note })
  return yield* Effect.gen(function* () {
    const look = yield* lookAndSay(wanted, input)
    const raw = yield* RawLog
    const index = yield* makeArchived({ dataFolder, binary, raw, look, onStep, onProgress })
    yield* output.status("")
    return { look, index }
  }).pipe(Effect.provideContext(base))
}, Effect.scoped)

const doneLines = ({ survey, upTo }: Look): ReadonlyArray<string> => [
  `Archived: everything up to event ${upTo.toLocaleString("en")} is in files, ${sizeOf(survey.archived.packedBytes)} more than before; the store without it is in its place, and the old one is gone.`,
  "Next: `wadjet run`."
]

/** Ends what was cut off among its moves. */
const finish = Effect.fnUntraced(function* (dataFolder: string, json: boolean) {
  const output = yield* Output
  yield* holdDataFolder(dataFolder)
  yield* exchangeStores(dataFolder, { onStep: () => Effect.void })
  return yield* json
    ? output.json({ finished: true })
    : output.line("The archiving that was cut off is in its place now. Next: `wadjet run`.")
})

const archive = Effect.fnUntraced(function* (wanted: Wanted, input: ArchiveInput, watching: Watching) {
  const { dataFolder } = wanted
  const { onMove, onStep = () => Effect.void } = watching
  const output = yield* Output
  yield* claimDataFolder(dataFolder)
  const { index, look } = yield* make(wanted, input, onStep).pipe(
    Effect.onError(() => Effect.ignore(clearStage(dataFolder, ofArchive)))
  )
  yield* exchangeStores(dataFolder, { onStep, onMove })
  yield* sweepArchive(archiveFolder(dataFolder), index)
  if (input.json) return yield* output.json({ archived: true, ...summaryOf(look) })
  return yield* Effect.forEach(doneLines(look), output.line, { discard: true })
})

const checkLog = (dataFolder: string, { natsUrl }: Config) =>
  natsUrl === undefined && existsSync(join(dataFolder, "nats"))
    ? Effect.void
    : fail(
        "There is no log here to archive",
        `expected the log of a server of Wadjet's own in ${dataFolder}`,
        "A server that runs elsewhere is given more room by its own means."
      )

/** Who is told what is being done, and may end it there. */
export interface Watching {
  readonly onStep?: ((step: Step) => Effect.Effect<void>) | undefined
  readonly onMove?: ((name: string) => void) | undefined
}

/** Archives a log, or says what that would come to. */
export const archiveWadjet = Effect.fn("archiveWadjet")(function* (
  input: ArchiveInput,
  watching: Watching = {}
) {
  const config = yield* Host.config
  const dataFolder = resolve(config.dataFolder)
  if (halfMoved(dataFolder) === ofArchive) return yield* finish(dataFolder, input.json)
  yield* checkLog(dataFolder, config)
  const wanted = { dataFolder, places: yield* placesNamed(config), upToOf: yield* upToOf(input) }
  return yield* input.dryRun ? preview(wanted, input) : archive(wanted, input, watching)
}, Effect.scoped)
