/** Folding everything again from the first event: for a digest to compare, and to bring back what was lost. */
import { closeSync, fsyncSync, openSync, renameSync } from "node:fs"
import { Clock, Effect, Exit } from "effect"
import { EventLog } from "../infra/event-log/event-log.ts"
import { openSqlite } from "../infra/sqlite/open.ts"
import { readModels } from "./catalogue.ts"
import { createTables, discard, readModelDatabase } from "./database.ts"
import { type Digest, digest } from "./digest.ts"
import { ProjectorFailed } from "./failure.ts"
import { type Location, locationIn } from "./location.ts"
import { project } from "./projector.ts"
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

/** Nobody reads the file before it is whole, so nothing is kept that would only help to recover half of it. */
const hastyPragmas = ["journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-131072"]

const durably = (path: string) => {
  const file = openSync(path, "r+")
  fsyncSync(file)
  closeSync(file)
}

const storing = (path: string, run: () => void) =>
  Effect.try({
    try: run,
    catch: (cause) =>
      new ProjectorFailed({
        reason: "database",
        message: `expected to write the read models ${path}, found: ${String(cause)}; check the disk and who owns the folder`
      })
  })

/** The new file takes the place of the old one, which answers until then. */
const replace = ({ aside, database }: Location) =>
  storing(database, () => {
    durably(aside)
    discard(database)
    renameSync(aside, database)
  })

/**
 * Folds the whole log into a new file and puts it in the place of the read models, which answer until then.
 * Strict: it stops at the first event that it cannot fold, says which, and changes nothing. Refused with
 * `taken` while a projector runs on the data folder. Readers that are open keep the old file until they open
 * again. It reads the log and writes this file, nothing else.
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
  const folded = yield* Effect.scoped(foldAside(location, models, total, options.progress)).pipe(
    Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Effect.sync(() => discard(location.aside))))
  )
  yield* replace(location)
  return folded
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
  return yield* Effect.scoped(foldAside({ aside: file }, readModels, until, progress)).pipe(
    Effect.tap(() => storing(file, () => durably(file))),
    Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Effect.sync(() => discard(file))))
  )
})

const foldAside = Effect.fnUntraced(function* (
  { aside }: Pick<Location, "aside">,
  models: ReadonlyArray<ReadModel>,
  total: number,
  progress: RebuildOptions["progress"]
) {
  const log = yield* EventLog
  yield* storing(aside, () => discard(aside))
  const db = yield* openSqlite(aside, "derived")
  const clock = yield* Clock.Clock
  yield* storing(aside, () => {
    for (const pragma of hastyPragmas) db.pragma(pragma)
    createTables(db, log.generation, models)
  })
  const started = clock.currentTimeMillisUnsafe()
  const secondsNow = () => Math.max(1, clock.currentTimeMillisUnsafe() - started) / 1_000
  let done = 0
  yield* project({
    log,
    database: readModelDatabase(db),
    models,
    mode: "strict",
    until: total,
    onCommit: ({ sequence }) => {
      done = sequence
      const perSecond = done / secondsNow()
      progress?.({ done, total, perSecond, secondsLeft: Math.max(0, total - done) / perSecond })
    }
  })
  const seconds = secondsNow()
  const found = digest(db, models)
  yield* storing(aside, () => {
    db.exec("pragma locking_mode=NORMAL; pragma journal_mode=WAL")
  })
  return { events: done, seconds, digest: found } satisfies Rebuilt
})
