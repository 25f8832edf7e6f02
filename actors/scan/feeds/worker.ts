/** Entry of the thread that reads a list: a million lines are seconds of work, and verdicts are not to wait for them. */
import { setPriority } from "node:os"
import { parentPort, workerData } from "node:worker_threads"
import type { Listing } from "./feed-line.ts"
import type { ListInput, ThreadHears, ThreadSays } from "./list-protocol.ts"
import { makeListReader } from "./read-list.ts"

/** Whoever follows the list has work with each: some tenths of a millisecond, for a verdict has dozens of turns to wait for. */
const listingsAtOnce = 25
/** The least urgent there is. On Linux it is this thread's alone; elsewhere it is left as it is. */
const nicest = 19

if (process.platform === "linux") setPriority(nicest)

const say = (what: ThreadSays) => parentPort?.postMessage(what)

let added: Array<Listing> = []
const tellAdded = () => {
  if (added.length > 0) say({ say: "added", listings: added })
  added = []
}

const reader = makeListReader(workerData as ListInput, (listing) => {
  if (added.push(listing) === listingsAtOnce) tellAdded()
})

parentPort?.on("message", (heard: ThreadHears) => {
  if (heard !== "end") {
    reader.bytes(heard)
    return say({ say: "took" })
  }
  const list = reader.end()
  tellAdded()
  say({ say: "read", list })
  parentPort?.close()
})
