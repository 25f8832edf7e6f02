/** How far the read models are, as seen from a process that does not fold them itself. */
import { statSync } from "node:fs"
import { Effect, Exit, Schema, Scope } from "effect"
import { openSqliteReadOnly, type Sqlite } from "../../infra/sqlite/open.ts"
import { locationIn } from "../../projections/location.ts"

/** How often the checkpoint is looked at: a look takes a hundredth of a millisecond. */
const lookEveryMillis = 20
/** How often to look for read models that nobody has made yet. */
const waitEveryMillis = 100
/** How often to look whether the file is still the one that was opened. */
const watchEveryMillis = 1_000

/** Another process made the read models anew: what is open here is what they were, for ever. */
export class ReadModelsReplaced extends Schema.TaggedError<ReadModelsReplaced>()("ReadModelsReplaced", {
  database: Schema.String
}) {
  override get message(): string {
    return `expected the read models ${this.database} as they were opened, found that another process made them anew; start this one again`
  }
}

const fileOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.ino

const checkpointOf = (db: Sqlite) => db.prepare<[], number>("select sequence from checkpoint").pluck()

/** Whether the read models are there, tables and all: their file is there a little before. */
const isMade = (database: string) =>
  Effect.flatMap(openSqliteReadOnly(database), (db) => Effect.try(() => checkpointOf(db))).pipe(
    Effect.scoped,
    Effect.as(true),
    Effect.orElseSucceed(() => false)
  )

/** Follows the checkpoint of the read models of a data folder, in whichever file answers; waits for them to be made. */
export const followCheckpoint = Effect.fn("followCheckpoint")(function* (dataFolder: string) {
  const live = () => locationIn(dataFolder).database
  while (!(yield* isMade(live()))) yield* Effect.sleep(waitEveryMillis)
  const scope = yield* Effect.scope
  const open = Effect.fnUntraced(function* (path: string) {
    // The file before its connection: one that takes its place in between is noticed then.
    const inode = fileOf(path)
    const own = yield* Scope.fork(scope)
    const checkpoint = checkpointOf(yield* Scope.provide(openSqliteReadOnly(path), own))
    return { path, inode, checkpoint, scope: own }
  })
  let opened = yield* open(live())
  const current = () => {
    const path = live()
    if (path === opened.path) return opened
    Effect.runSync(Scope.close(opened.scope, Exit.void))
    opened = Effect.runSync(open(path))
    return opened
  }
  const position = () => current().checkpoint.get() ?? 0
  return {
    file: () => current().path,
    position,
    reached: Effect.fnUntraced(function* (sequence: number) {
      while (position() < sequence) yield* Effect.sleep(lookEveryMillis)
    }),
    /** Fails when the file that answers is not the one that was opened any more, and never succeeds. */
    replaced: Effect.gen(function* () {
      while (fileOf(current().path) === opened.inode) yield* Effect.sleep(watchEveryMillis)
      return yield* new ReadModelsReplaced({ database: opened.path })
    })
  }
})
