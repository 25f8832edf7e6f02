/** Entry of the process that works on a database file: reads what to do, does it under guard, and ends. */
import { readFileSync, writeSync } from "node:fs"
import { Worker } from "node:worker_threads"
import Database from "better-sqlite3"
import { isDamage } from "../storage-fault.ts"
import { Refusal } from "./refusal.ts"
import { operate } from "./operate.ts"
import type { AsideFailure, AsideMessage, AsideRequest, AsideTask } from "./protocol.ts"
import { runQuery } from "./read-only-query.ts"
import { statisticsOf } from "./statistics.ts"

const standardInput = 0
const standardOutput = 1

/** Waits for its reader, so that an answer of any length takes no memory here. */
const say = (message: AsideMessage) => {
  let rest = Buffer.from(`${JSON.stringify(message)}\n`)
  while (rest.length > 0) rest = rest.subarray(writeSync(standardOutput, rest))
}

const perform = (task: AsideTask): void => {
  if (task.task === "statistics") return say({ say: "statistics", statistics: statisticsOf(task.files) })
  if (task.task === "query") return runQuery(task, say)
  return operate(task.task, task.path, say)
}

const reasonOf = (fault: unknown): AsideFailure => {
  if (fault instanceof Refusal) return fault.reason
  if (isDamage(fault)) return "damaged"
  const isBusy = fault instanceof Database.SqliteError && /^SQLITE_(?:BUSY|LOCKED)/u.test(fault.code)
  return isBusy ? "busy" : "failed"
}

const { limits, task } = JSON.parse(readFileSync(standardInput, "utf8")) as AsideRequest

new Worker(new URL("./guard.ts", import.meta.url), { workerData: limits }).once("message", () => {
  try {
    perform(task)
  } catch (fault) {
    const message = fault instanceof Error ? fault.message : String(fault)
    say({ say: "failed", reason: reasonOf(fault), message })
  }
  process.exit()
})
