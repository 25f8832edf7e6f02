/**
 * Preloaded into every thread of a process (`NODE_OPTIONS=--import`): after a while it writes what the thread's
 * heap holds to a file. Plain JavaScript, because loading what strips types would be measured as well.
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { getHeapCodeStatistics, getHeapStatistics } from "node:v8"
import { isMainThread, threadId } from "node:worker_threads"

const { WADJET_BENCH_HEAPS: folder = "", WADJET_BENCH_HEAPS_AFTER: millis = "0" } = process.env

const write = () => {
  const heap = getHeapStatistics()
  const code = getHeapCodeStatistics()
  const stand = {
    thread: isMainThread ? "main thread" : "projector's thread",
    used: heap.used_heap_size,
    committed: heap.total_heap_size,
    code: code.code_and_metadata_size + code.bytecode_and_metadata_size
  }
  writeFileSync(join(folder, `${threadId}.json`), JSON.stringify(stand))
}

setTimeout(write, Number(millis)).unref()
