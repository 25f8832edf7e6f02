/**
 * Damages a copy of a log and the log itself, one bit, cut, missing and exchanged part at a time:
 *
 *     npm run faults -- backup [--segments N, 4 by default] [--step S, 1 by default: every bit]
 *
 * Of some of them what remains is restored, too, into memory and onto a real nats-server.
 */
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { Effect } from "effect"
import { ensureNatsServer } from "../../../infra/nats-server/ensure.ts"
import { sweepCopy, sweepLog } from "./sweep.ts"

const cacheFolder = fileURLToPath(new URL("../../../.cache/nats-server", import.meta.url))

/** Restoring opens every segment before the damage, and a server takes half a second: every so many cases. */
const intoMemoryEveryCases = 29
const onServerEveryCases = 4_999

const sweep = Effect.fnUntraced(function* (segments: number, step: number) {
  const say = (line: string) => Effect.sync(() => console.log(line))
  const { path } = yield* ensureNatsServer({ dataFolder: cacheFolder, say })
  const copy = yield* sweepCopy(segments, step, {
    everyCases: intoMemoryEveryCases,
    onServer: { binary: path, everyCases: onServerEveryCases }
  })
  return { copy, log: yield* sweepLog(segments, 1) }
})

/** Answers whether all of it was found, named and mended. */
export const runBackupFaults = async (words: ReadonlyArray<string>): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...words],
    options: { segments: { type: "string", default: "4" }, step: { type: "string", default: "1" } }
  })
  const { copy, log } = await Effect.runPromise(sweep(Number(values.segments), Number(values.step)))
  console.log(`${copy.cases} ways to damage the copy, ${log.cases} ways to damage the log`)
  console.log(
    `after ${copy.inMemory} of the former what remains was restored into memory, after ${copy.onServer} onto a nats-server`
  )
  const breaches = [...copy.breaches, ...log.breaches]
  console.log(
    breaches.length === 0
      ? "each was found and named, the copy mended, and of the log what the copy has of it"
      : breaches.join("\n")
  )
  return breaches.length === 0
}
