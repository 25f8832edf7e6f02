/**
 * Ends the process that it is a thread of once that takes more than it may. SQLite cannot be told to stop within a step
 * of a statement, and a step can be the whole statement: neither a thread nor a signal that is caught ends it.
 */
import { writeSync } from "node:fs"
import { parentPort, workerData } from "node:worker_threads"
import { type AsideLimits, overMemory, overTime } from "./protocol.ts"

/** SQLite takes a gigabyte in some tenths of a second. */
const lookEveryMillis = 20

/** Standard error, which needs no loop of the main thread when it is written so. */
const standardError = 2

// Whoever starts it is the process's own entry, which hands over what the protocol says.
const { residentBytesMax, secondsMax } = workerData as AsideLimits

const end = (why: string) => {
  writeSync(standardError, why)
  process.kill(process.pid, "SIGKILL")
}

setTimeout(() => end(overTime), secondsMax * 1_000)
setInterval(() => {
  if (process.memoryUsage.rss() > residentBytesMax) end(overMemory)
}, lookEveryMillis)
parentPort?.postMessage("watching")
