/** A thread that reads a list, as its host sees it. */
import { once } from "node:events"
import { Worker } from "node:worker_threads"
import { pause } from "./feed-file.ts"
import type { Listing } from "./feed-line.ts"
import type { FeedTable } from "./feed-table.ts"
import type { ListInput, ReadList, ThreadSays } from "./list-protocol.ts"

/** Parts that the thread has and did not read yet: a list comes in faster than it is read. */
const partsAheadMax = 8

/** Replaced by the thread's entry when bundled. */
const entry = () => new URL("./worker.ts", import.meta.url)

const launch = (before: FeedTable, index: number, day: number) => {
  const workerData: ListInput = { slots: before.shared, taken: before.size, index, day }
  return new Worker(entry(), { workerData, name: "wadjet-list" })
}

/**
 * Reads a list in a thread of its own. `tell` hears of each listing that is new; it is asked for with the first one.
 * Rejects where the parts break off, with what they broke off with.
 */
export const readInThread = async (
  before: FeedTable,
  { day, index }: { readonly index: number; readonly day: number },
  parts: AsyncIterable<Uint8Array>,
  telling: () => Promise<(listing: Listing) => void>
): Promise<ReadList> => {
  const worker = launch(before, index, day)
  const { promise: read, reject, resolve } = Promise.withResolvers<ReadList>()
  let ahead = 0
  /** What is new is told in its order, and everybody else has their turn after every few. */
  let told: Promise<void> = Promise.resolve()
  const tell = (listings: ReadonlyArray<Listing>) => {
    const before = told
    told = (async () => {
      await before
      await pause()
      listings.forEach(await telling())
    })()
    told.catch(reject)
  }
  worker.on("message", (said: ThreadSays) => {
    if (said.say === "took") ahead--
    else if (said.say === "added") tell(said.listings)
    else resolve(said.list)
  })
  worker.on("error", reject)
  worker.on("exit", () => reject(new Error("the thread that read it ended")))
  // Whoever waits hears of it; until then nobody does.
  read.catch(() => {})
  try {
    for await (const part of parts) {
      const own = new Uint8Array(part)
      worker.postMessage(own, [own.buffer])
      ahead++
      while (ahead >= partsAheadMax) await Promise.race([once(worker, "message"), read])
      await told
    }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage("end")
    const list = await read
    await told
    return list
  } finally {
    await worker.terminate()
  }
}
