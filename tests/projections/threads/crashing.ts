/** A projector thread that breaks outside of any fold, as a defect of ours would. */
import { readModels } from "../../../projections/catalogue.ts"
import { readModel } from "../../../projections/read-model.ts"
import { runProjectorThread } from "../../../projections/thread.ts"

const crashing = readModel({
  name: "crashing",
  version: 1,
  tables: [],
  fold: {
    "message.received": () => () => {
      setImmediate(() => {
        throw new Error("a defect of ours")
      })
    }
  }
})

runProjectorThread([...readModels, crashing])
