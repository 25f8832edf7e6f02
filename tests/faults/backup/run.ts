/**
 * Damages a copy of a log and the log itself, one bit, cut, missing and exchanged part at a time:
 *
 *     npm run faults -- backup [--segments N, 4 by default] [--step S, 1 by default: every bit]
 */
import { parseArgs } from "node:util"
import { Effect } from "effect"
import { sweepCopy, sweepLog } from "./sweep.ts"

/** Answers whether all of it was found, named and mended. */
export const runBackupFaults = async (words: ReadonlyArray<string>): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...words],
    options: { segments: { type: "string", default: "4" }, step: { type: "string", default: "1" } }
  })
  const segments = Number(values.segments)
  const copy = await Effect.runPromise(sweepCopy(segments, Number(values.step)))
  const log = await Effect.runPromise(sweepLog(segments, 1))
  console.log(`${copy.cases} ways to damage the copy, ${log.cases} ways to damage the log`)
  const breaches = [...copy.breaches, ...log.breaches]
  console.log(breaches.length === 0 ? "each was found and named, and the copy mended" : breaches.join("\n"))
  return breaches.length === 0
}
