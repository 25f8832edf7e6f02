/** All folds of all read models on one database, found by the name of the event. */
import type { AnyRecorded, EventName } from "../contracts/catalogue.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { forgettingIn } from "./forgetting.ts"
import type { ReadModel } from "./read-model.ts"

type Apply = (event: AnyRecorded) => void

/** Applies one event to every read model that listens to it. Call it within a transaction. */
export const prepareFolds = (db: Sqlite, models: ReadonlyArray<ReadModel>): Apply => {
  const prepare = db.prepare.bind(db)
  const byName = new Map<string, Array<Apply>>()
  // A fold is only ever reached by the name it was declared for, so its event has the shape it expects.
  const listen = (name: string, apply: unknown) => {
    const known = byName.get(name)
    if (known === undefined) byName.set(name, [apply as Apply])
    else known.push(apply as Apply)
  }
  for (const model of models) {
    for (const name of Object.keys(model.fold) as ReadonlyArray<EventName>)
      listen(name, model.fold[name]!(prepare))
    for (const table of model.tables) {
      const forget = forgettingIn(prepare, table)
      if (forget !== undefined) listen("erasure.completed", forget)
    }
  }
  return (event) => {
    const folds = byName.get(event.type)
    if (folds === undefined) return
    for (let index = 0; index < folds.length; index++) folds[index]!(event)
  }
}
