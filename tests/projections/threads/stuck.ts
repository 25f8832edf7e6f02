/** A projector thread that gets stuck in the middle of a transaction, and says so by a file named `stuck`. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { workerData } from "node:worker_threads"
import { readModels } from "../../../projections/catalogue.ts"
import { readModel } from "../../../projections/read-model.ts"
import { runProjectorThread } from "../../../projections/thread.ts"
import type { ThreadInput } from "../../../projections/thread-protocol.ts"

const { dataFolder } = workerData as ThreadInput

/** The declaration is that of a read model of ours, so that the file fits the next thread. */
const sticking = readModels.map((model) => {
  const received = model.fold["message.received"]
  if (model.name !== "chats" || received === undefined) return model
  return readModel({
    ...model,
    fold: {
      ...model.fold,
      "message.received": (prepare) => {
        const apply = received(prepare)
        return (event) => {
          apply(event)
          if (event.data.sentAt !== 13) return
          writeFileSync(join(dataFolder, "stuck"), "")
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
        }
      }
    }
  })
})

runProjectorThread(sticking)
