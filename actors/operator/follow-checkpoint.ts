/** How far the read models are, as seen from a process that does not fold them itself. */
import { existsSync } from "node:fs"
import { Effect } from "effect"
import { openSqliteReadOnly } from "../../infra/sqlite/open.ts"
import { locationIn } from "../../projections/location.ts"

/** How often the checkpoint is looked at: a look takes a hundredth of a millisecond. */
const lookEveryMillis = 20
/** How often to look for read models that nobody has made yet. */
const waitEveryMillis = 100

/** Follows the checkpoint of the read models of a data folder; waits for them to be made. */
export const followCheckpoint = Effect.fn("followCheckpoint")(function* (dataFolder: string) {
  const { database } = locationIn(dataFolder)
  while (!existsSync(database)) yield* Effect.sleep(waitEveryMillis)
  const db = yield* openSqliteReadOnly(database)
  const checkpoint = db.prepare<[], number>("select sequence from checkpoint").pluck()
  const position = () => checkpoint.get() ?? 0
  return {
    position,
    reached: Effect.fnUntraced(function* (sequence: number) {
      while (position() < sequence) yield* Effect.sleep(lookEveryMillis)
    })
  }
})
