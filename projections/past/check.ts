/** Whether the read models that answer are what the log makes of them: a second fold, beside them, compared at one event. */
import { Clock, Effect } from "effect"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { openSqliteReadOnly, type Sqlite } from "../../infra/sqlite/open.ts"
import { discard, readModelDatabase } from "../database.ts"
import { ProjectorFailed } from "../failure.ts"
import { locationIn } from "../location.ts"
import type { Position } from "../projector.ts"
import { fingerprintOf, type ReadModel } from "../read-model.ts"
import { differencesBetween } from "./difference.ts"
import { foldOn, openPast } from "./fold-past.ts"
import type { CheckedModels } from "./protocol.ts"
import { ensureRoomBeside } from "./room.ts"

/** How often it is looked whether the read models that answer have come as far as those beside them. */
const lookEveryMillis = 100

/** What is seen from here on is one moment, whatever is committed meanwhile. */
const holdMoment = (db: Sqlite) => {
  db.exec("begin")
  const models = db.prepare<[], string>("select models from checkpoint").pluck().get() ?? ""
  return { models, ...readModelDatabase(db).checkpoint() }
}

const another = (models: string) =>
  new ProjectorFailed({
    reason: "busy",
    message: `expected read models of this version to compare with, found others (${models.slice(0, 60)} …): they are being replaced; ask again once they are`
  })

/** The read models that answer, held at an event that is no earlier than one. The connection holds it until it closes. */
const heldFrom = Effect.fnUntraced(function* (
  dataFolder: string,
  generation: string,
  sequence: number,
  models: ReadonlyArray<ReadModel>
) {
  const db = yield* openSqliteReadOnly(locationIn(dataFolder).database)
  for (;;) {
    const moment = holdMoment(db)
    if (moment.generation !== generation || moment.models !== fingerprintOf(models))
      return yield* another(moment.models)
    if (moment.sequence >= sequence) return { db, at: moment.sequence }
    db.exec("rollback")
    yield* Effect.sleep(lookEveryMillis)
  }
})

/** The file beside has to fit on the disk, and is deleted whatever comes of it. */
export const checkModels = Effect.fnUntraced(function* (options: {
  readonly dataFolder: string
  readonly file: string
  readonly models: ReadonlyArray<ReadModel>
  readonly onCommit: (position: Position) => void
}) {
  const { dataFolder, file, models, onCommit } = options
  const log = yield* EventLog
  const began = yield* Clock.currentTimeMillis
  const compare = Effect.gen(function* () {
    yield* ensureRoomBeside(locationIn(dataFolder).database, file)
    const until = (yield* Effect.scoped(heldFrom(dataFolder, log.generation, 0, models))).at
    const shadow = yield* openPast(file, until, [], models)
    yield* foldOn(shadow, models, until, onCommit)
    const live = yield* heldFrom(dataFolder, log.generation, until, models)
    yield* foldOn(shadow, models, live.at, onCommit)
    return { sequence: live.at, ...differencesBetween(live.db, shadow, models) }
  })
  const found = yield* Effect.scoped(compare).pipe(Effect.ensuring(Effect.sync(() => discard(file))))
  const seconds = ((yield* Clock.currentTimeMillis) - began) / 1_000
  return { done: "check", ...found, seconds } satisfies CheckedModels
})
