/** The read models as they stood at an event, folded into a file of their own. It reads the log and writes that file. */
import { existsSync, statSync } from "node:fs"
import { Effect, Exit } from "effect"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { openSqlite, openSqliteReadOnly, type Sqlite } from "../../infra/sqlite/open.ts"
import { createTables, discard, readModelDatabase, standingAt } from "../database.ts"
import { type Position, project } from "../projector.ts"
import type { ReadModel } from "../read-model.ts"
import { hastyPragmas, storing } from "../rebuild.ts"
import { locationIn } from "../location.ts"
import type { FoldedPast } from "./protocol.ts"
import { ensureRoomBeside } from "./room.ts"

/** The event that a file of these read models stands for, where it can be folded on. */
const standsFor = Effect.fnUntraced(function* (file: string, models: ReadonlyArray<ReadModel>) {
  const { generation } = yield* EventLog
  if ((yield* standingAt(file, generation, models)) !== "fits") return undefined
  return yield* Effect.scoped(
    Effect.map(openSqliteReadOnly(file), (db) => readModelDatabase(db).checkpoint().sequence)
  ).pipe(Effect.orElseSucceed(() => undefined))
})

/** Of the files that stand for no more than an event, the one that stands for most. */
const nearestOf = Effect.fnUntraced(function* (
  kept: ReadonlyArray<string>,
  until: number,
  models: ReadonlyArray<ReadModel>
) {
  let nearest: { readonly file: string; readonly sequence: number } | undefined
  for (const file of kept) {
    const sequence = existsSync(file) ? yield* standsFor(file, models) : undefined
    if (sequence !== undefined && sequence <= until && sequence > (nearest?.sequence ?? 0))
      nearest = { file, sequence }
  }
  return nearest
})

/** A copy as of one moment, whatever is written to the file meanwhile. */
const copy = (from: string, to: string) =>
  Effect.scoped(
    Effect.flatMap(openSqliteReadOnly(from), (db) =>
      storing(to, () => void db.prepare("vacuum into ?").run(to))
    )
  )

/** Opens a file that is nobody's yet: a copy of the nearest kept one, or empty tables. */
export const openPast = Effect.fnUntraced(function* (
  file: string,
  until: number,
  kept: ReadonlyArray<string>,
  models: ReadonlyArray<ReadModel>
) {
  const { generation } = yield* EventLog
  yield* storing(file, () => discard(file))
  const nearest = yield* nearestOf(kept, until, models)
  const copied =
    nearest !== undefined && Exit.isSuccess(yield* Effect.exit(copy(nearest.file, file)))
      ? nearest
      : undefined
  if (copied === undefined) yield* storing(file, () => discard(file))
  const db = yield* openSqlite(file, "derived")
  yield* storing(file, () => {
    for (const pragma of hastyPragmas) db.pragma(pragma)
    if (copied === undefined) createTables(db, generation, models)
  })
  return db
})

/** Folds on up to an event, as the live projector does: what it cannot fold it parks. */
export const foldOn = Effect.fnUntraced(function* (
  db: Sqlite,
  models: ReadonlyArray<ReadModel>,
  until: number,
  onCommit: (position: Position) => void
) {
  const log = yield* EventLog
  yield* project({ log, database: readModelDatabase(db), models, mode: "live", until, onCommit })
})

/**
 * `until` must not lie beyond the end of the log. Refused with `no-room` where the disk has none for it: what was takes
 * no more than what is. Leaves no half of a file behind.
 */
export const foldPast = Effect.fnUntraced(function* (options: {
  readonly dataFolder: string
  readonly file: string
  readonly until: number
  readonly kept: ReadonlyArray<string>
  readonly models: ReadonlyArray<ReadModel>
  readonly onCommit: (position: Position) => void
}) {
  const { dataFolder, file, kept, models, onCommit, until } = options
  yield* ensureRoomBeside(locationIn(dataFolder).database, file)
  const fold = Effect.gen(function* () {
    const db = yield* openPast(file, until, kept, models)
    const { checkpoint } = readModelDatabase(db)
    const began = checkpoint().sequence
    yield* foldOn(db, models, until, onCommit)
    // Whoever opens it only reads: without a log beside it, one file is all there is to delete.
    yield* storing(file, () => db.exec("pragma locking_mode=NORMAL; pragma journal_mode=DELETE"))
    return { began, time: checkpoint().time }
  })
  const folded = yield* Effect.scoped(fold).pipe(
    Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Effect.sync(() => discard(file))))
  )
  return { done: "fold", until, ...folded, bytes: statSync(file).size } satisfies FoldedPast
})
