/** Folding everything again from the first event: for a digest to compare, and to bring back what was lost. */
import { Clock, Effect, Exit } from "effect"
import { EventLog } from "../infra/event-log/event-log.ts"
import { openSqlite, type Sqlite } from "../infra/sqlite/open.ts"
import { readModels } from "./catalogue.ts"
import { createTables, discard, readModelDatabase, standingAt } from "./database.ts"
import { type Digest, digest } from "./digest.ts"
import { ProjectorFailed } from "./failure.ts"
import { durably, locationIn, swap } from "./location.ts"
import { type Position, type Projecting, project } from "./projector.ts"
import type { ReadModel } from "./read-model.ts"
import { beSoleWriter } from "./sole-writer.ts"

/** How far a rebuild is. */
export interface RebuildProgress {
  /** Events folded, and how many there are. */
  readonly done: number
  readonly total: number
  readonly perSecond: number
  readonly secondsLeft: number
}

/** There is nothing to go back to. */
export const nothingBefore = new ProjectorFailed({
  reason: "nothing-before",
  message:
    "expected read models of this version and this log that answered before, found none; `wadjet rebuild` makes them anew"
})

export interface RebuildOptions {
  readonly dataFolder: string
  readonly models?: ReadonlyArray<ReadModel> | undefined
  /** Hears of each batch of events. */
  readonly progress?: ((progress: RebuildProgress) => void) | undefined
}

export interface Rebuilt {
  readonly events: number
  /** Folding alone, without the digest. */
  readonly seconds: number
  readonly digest: Digest
}

/**
 * Nobody reads the file before it is whole, so nothing waits for the disk. There is a journal all the same: of a batch
 * that cannot be folded nothing may stay.
 */
export const hastyPragmas = ["synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-131072"]

/** What a disk says of a file of read models, as a failure of the projector. */
export const storing = (path: string, run: () => void) =>
  Effect.try({
    try: run,
    catch: (cause) =>
      new ProjectorFailed({
        reason: "database",
        message: `expected to write the read models ${path}, found: ${String(cause)}; check the disk and who owns the folder`
      })
  })

/**
 * Folds the whole log into the file that does not answer, and has it answer from then on; the one that did stays to go
 * back to. Strict: it stops at the first event that it cannot fold, says which, and changes nothing. Refused with `taken`
 * while a projector runs on the data folder: that one rebuilds by itself. It reads the log and writes this file, nothing
 * else.
 *
 * @example
 * const { digest, events, seconds } = yield* rebuild({ dataFolder: "./data", progress: (it) => … })
 */
export const rebuild = Effect.fn("rebuild")(function* (options: RebuildOptions) {
  const models = options.models ?? readModels
  const location = locationIn(options.dataFolder)
  const log = yield* EventLog
  yield* beSoleWriter(location)
  const total = yield* log.last
  const folded = yield* foldWhole(location.aside, models, total, options.progress)
  yield* storing(location.aside, () => swap(location))
  return folded
}, Effect.scoped)

/** Goes back to what answered before the last rebuild. Refused where that does not fit, and while a projector runs. */
export const goBack = Effect.fn("goBack")(function* ({ dataFolder, models = readModels }: RebuildOptions) {
  const location = locationIn(dataFolder)
  const log = yield* EventLog
  yield* beSoleWriter(location)
  if ((yield* standingAt(location.aside, log.generation, models)) !== "fits") return yield* nothingBefore
  yield* storing(location.aside, () => swap(location))
}, Effect.scoped)

export interface FoldIntoOptions {
  /** A file that does not exist yet. */
  readonly file: string
  /** The last event that is folded. */
  readonly until: number
  readonly progress?: RebuildOptions["progress"]
}

/**
 * Folds the log up to an event into a file of its own: the read models as they stood then, for whoever asks. Strict, as
 * a rebuild; it reads the log and writes this file, nothing else, and leaves no half of one behind.
 *
 * @example
 * const { digest } = yield* foldInto({ file: "then.db", until: 42 })
 */
export const foldInto = Effect.fn("foldInto")(function* ({ file, progress, until }: FoldIntoOptions) {
  return yield* foldWhole(file, readModels, until, progress)
})

/** Folds into a file, and leaves no half of one behind. */
const foldWhole = Effect.fnUntraced(function* (
  file: string,
  models: ReadonlyArray<ReadModel>,
  total: number,
  progress: RebuildOptions["progress"]
) {
  const clock = yield* Clock.Clock
  const started = clock.currentTimeMillisUnsafe()
  const secondsNow = () => Math.max(1, clock.currentTimeMillisUnsafe() - started) / 1_000
  const onCommit = ({ sequence: done }: Position) => {
    const perSecond = done / secondsNow()
    progress?.({ done, total, perSecond, secondsLeft: Math.max(0, total - done) / perSecond })
  }
  let seconds = 0
  const after = (db: Sqlite) => {
    seconds = secondsNow()
    return digest(db, models)
  }
  const found = yield* foldAnew({ file, models, mode: "strict", until: total, onCommit }, after)
  return { events: total, seconds, digest: found } satisfies Rebuilt
})

/**
 * Folds the log from its first event up to one into a file, whatever it held, with nothing kept on the disk that would
 * only help to recover half of it. What `after` finds in it is the answer. Where it fails there is no file.
 */
export const foldAnew = Effect.fnUntraced(function* <A>(
  {
    file,
    ...how
  }: Pick<Projecting, "models" | "mode" | "onCommit"> & { readonly file: string; readonly until: number },
  after: (db: Sqlite) => A
) {
  const log = yield* EventLog
  yield* storing(file, () => discard(file))
  const fold = Effect.gen(function* () {
    const db = yield* openSqlite(file, "derived")
    yield* storing(file, () => {
      for (const pragma of hastyPragmas) db.pragma(pragma)
      createTables(db, log.generation, how.models)
    })
    yield* project({ log, database: readModelDatabase(db), ...how })
    const found = after(db)
    yield* storing(file, () => db.exec("pragma locking_mode=NORMAL; pragma journal_mode=WAL"))
    return found
  })
  return yield* Effect.scoped(fold).pipe(
    Effect.tap(() => storing(file, () => durably(file))),
    Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Effect.sync(() => discard(file))))
  )
})
