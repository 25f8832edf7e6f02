/** Entry of a thread that folds the past. */
import { readModels } from "../catalogue.ts"
import { runPastThread } from "./thread.ts"

runPastThread(readModels)
