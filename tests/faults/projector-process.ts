/**
 * Entry of the projector's thread in a doomed process: the real projector over the real read models, each
 * fold of which passes a trap.
 */
import { getEnvironmentData } from "node:worker_threads"
import type { EventName } from "../../contracts/catalogue.ts"
import { readModels } from "../../projections/catalogue.ts"
import type { Fold, ReadModel } from "../../projections/read-model.ts"
import { runProjectorThread } from "../../projections/thread.ts"
import { type Life, lifeKey } from "./life.ts"
import { makeTrap, type Trap } from "./points.ts"
import { runSplitProjectorThread } from "./split-projector.ts"

const trapped = (model: ReadModel, trap: Trap): ReadModel => ({
  ...model,
  fold: Object.fromEntries(
    Object.entries(model.fold).map(([name, fold]) => {
      // The fold is put back under the name that it came from, so it gets the events that it was made for.
      const declared = fold as Fold<EventName>
      const passing: Fold<EventName> = (prepare) => {
        const apply = declared(prepare)
        return (event) => {
          apply(event)
          trap.pass("mid-projection")
        }
      }
      return [name, passing]
    })
  )
})

const life = JSON.parse(String(getEnvironmentData(lifeKey))) as Life
const trap = makeTrap(life.death)
const models = readModels.map((model) => trapped(model, trap))
if (life.without === "one-transaction") runSplitProjectorThread(models)
else runProjectorThread(models)
