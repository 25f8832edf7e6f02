/** A projector thread of the next version: a fold is changed, its table is not. A chat's messages count as ten. */
import { readModels } from "../../../projections/catalogue.ts"
import { readModel } from "../../../projections/read-model.ts"
import { runProjectorThread } from "../../../projections/thread.ts"

runProjectorThread(
  readModels.map((model) => {
    const received = model.fold["message.received"]
    if (model.name !== "chats" || received === undefined) return model
    return readModel({
      ...model,
      version: model.version + 1,
      fold: {
        ...model.fold,
        "message.received": (prepare) => {
          const apply = received(prepare)
          const count = prepare("update chats set messages = messages + 9 where chat = ? and updated = ?")
          return (event) => {
            apply(event)
            count.run(event.data.chat, event.sequence)
          }
        }
      }
    })
  })
)
