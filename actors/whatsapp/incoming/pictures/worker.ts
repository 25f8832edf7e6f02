/** Entry of the thread that reads codes: what breaks in a picture that somebody sent breaks here alone. */
import { parentPort } from "node:worker_threads"
import type { SealedPicture, ThreadSays } from "./code-protocol.ts"
import { prepareCodes, readCodes } from "./read-codes.ts"

const say = (what: ThreadSays) => parentPort?.postMessage(what)

parentPort?.on("message", (picture: SealedPicture) => {
  void readCodes(picture).then((read) => say({ say: "read", read }))
})
await prepareCodes()
say({ say: "ready" })
