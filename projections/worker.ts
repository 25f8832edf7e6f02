/** Entry of the projector's thread. */
import { readModels } from "./catalogue.ts"
import { runProjectorThread } from "./thread.ts"

runProjectorThread(readModels)
