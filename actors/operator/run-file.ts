/** `run.json`: how other commands find the system that runs on a data folder. */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Option, Schema } from "effect"
import { isRunning } from "../../infra/process/identity.ts"

/** The system that runs on a data folder. NATS' user and password are in `nats/credentials.json`. */
export const RunRecord = Schema.Struct({
  pid: Schema.Int,
  /** When the process started, in the system's own ticks; empty where that is not known. */
  started: Schema.String,
  version: Schema.String,
  natsUrl: Schema.String,
  /** `embedded` when nats-server is a child of that process. */
  server: Schema.Literals(["embedded", "external"]),
  serverVersion: Schema.String,
  /** Where the page and the API are; null when they are not running. */
  httpUrl: Schema.NullOr(Schema.String)
})
export type RunRecord = typeof RunRecord.Type

export const runFileIn = (dataFolder: string): string => join(dataFolder, "run.json")

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(RunRecord))

const recordIn = (dataFolder: string): RunRecord | undefined => {
  try {
    return Option.getOrUndefined(decode(readFileSync(runFileIn(dataFolder), "utf8")))
  } catch {
    return undefined
  }
}

/** The system that runs on a data folder, or `undefined`. A record whose process is gone is no system. */
export const runningOn = (dataFolder: string): RunRecord | undefined => {
  const record = recordIn(dataFolder)
  return record !== undefined && isRunning(record) ? record : undefined
}

/** The system that ran on a data folder and ended without taking its record away, which every stop does. */
export const unsaidEnd = (dataFolder: string): RunRecord | undefined => {
  const record = recordIn(dataFolder)
  return record === undefined || isRunning(record) ? undefined : record
}

/** Writes the record, for its owner's eyes only, and takes it away when the scope closes. */
export const announceRun = Effect.fn("announceRun")(function* (dataFolder: string, record: RunRecord) {
  const path = runFileIn(dataFolder)
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      // By rename, so that a reader finds the record of before or the whole of this one.
      writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 })
      renameSync(`${path}.new`, path)
    }),
    () => Effect.sync(() => rmSync(path, { force: true }))
  )
})
