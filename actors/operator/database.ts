/** `wadjet database`: how the database files of this machine are, and looking after them. */
import { resolve } from "node:path"
import { Effect, Option } from "effect"
import type { DatabaseStatistics, Operation, OperationDone } from "../../infra/sqlite/aside/protocol.ts"
import { operations } from "../../infra/sqlite/aside/protocol.ts"
import { localDatabases, notFor } from "../../infra/sqlite/local-databases.ts"
import { operateOnDatabase, statisticsOfDatabases } from "../../infra/sqlite/look-after.ts"
import { pinoLogger } from "../../infra/telemetry/logger.ts"
import { noteAsked } from "../admin/note-asked.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { openLog } from "./reach.ts"
import { runningOn } from "./run-file.ts"
import { counted } from "./words.ts"

export interface DatabaseInput extends Readonly<Record<Operation, boolean>> {
  readonly name: Option.Option<string>
  readonly json: boolean
}

/** Reading a file of a hundred gigabytes takes longer: there is something wrong with a file that large. */
const secondsMax = 3_600

const wrong = (what: string, why: string, next: string, exit: "usage" | "failed" = "usage") =>
  new OperatorFailed({ what, why, next, exit })

const bytesWords = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`

const lines = (it: DatabaseStatistics): ReadonlyArray<string> => {
  if (it.damaged !== null) return [`${it.name}  ${bytesWords(it.bytes)}, DAMAGED: ${it.damaged}`]
  const shape = it.migrated === null ? "" : ` (${it.migrated.name})`
  const facts = [
    bytesWords(it.bytes),
    `${bytesWords(it.walBytes)} beside it`,
    `${counted(it.freePages, "free page")} of ${it.pages}`,
    `version ${it.version}${shape}`,
    ...(it.standsFor === null ? [] : [`stands for event ${it.standsFor.toLocaleString("en")}`])
  ]
  const tables = it.tables.map(({ name, rows }) => `${name} ${rows.toLocaleString("en")}`)
  return [`${it.name}  ${facts.join(", ")}`, `    ${tables.join(", ")}`]
}

const damagedFiles = (names: ReadonlyArray<string>) =>
  wrong(
    `Not whole: ${names.join(", ")}`,
    "SQLite finds the file damaged",
    "Read models and actors' states come back from the log: stop the system, move the file away and start it. Secrets come back from a backup: `wadjet restore`.",
    "failed"
  )

const show = Effect.fnUntraced(function* (dataFolder: string, name: string | undefined, json: boolean) {
  const output = yield* Output
  const found = (yield* statisticsOfDatabases(dataFolder)).filter(
    (it) => name === undefined || it.name === name
  )
  for (const it of found) {
    if (json) yield* output.json(it)
    else yield* Effect.forEach(lines(it), output.line, { discard: true })
  }
  const damaged = found.filter((it) => it.damaged !== null).map((it) => it.name)
  if (damaged.length > 0) return yield* damagedFiles(damaged)
})

const doneWords = (name: string, done: OperationDone): string => {
  const took = `${done.seconds.toFixed(2)} s`
  if (done.problems.length > 0) return `${name}  ${done.problems.join("; ")}`
  if (done.operation === "check") return `${name}  whole (${took})`
  const size = `${bytesWords(done.bytesBefore)} before, ${bytesWords(done.bytesAfter)} now, ${bytesWords(done.walBytesAfter)} beside it`
  const left = done.hindered ? "; somebody reads or writes it, and some is left to move: ask again" : ""
  return `${name}  ${size} (${took})${left}`
}

/** While a system runs, what is changed under it names who asked, as through the API. */
const note = Effect.fnUntraced(function* (operation: Operation, subject: string) {
  const { dataFolder } = yield* Host.config
  if (operation === "check" || runningOn(resolve(dataFolder)) === undefined) return
  const { context } = yield* openLog(yield* Host.config)
  yield* noteAsked({ command: `database.${operation}` }, "operator", subject).pipe(
    Effect.provideContext(context)
  )
}, Effect.scoped)

const operateOnOne = Effect.fnUntraced(function* (
  dataFolder: string,
  name: string,
  operation: Operation,
  json: boolean
) {
  const output = yield* Output
  const runSync = Effect.runSyncWith(yield* Effect.context<never>())
  yield* output.status(`${operation}: ${name}`)
  yield* note(operation, name)
  const options = { dataFolder, name, operation, secondsMax }
  const hear = (left: number) => runSync(output.status(`${name}: ${counted(left, "free page")} left`))
  const result = yield* Effect.result(operateOnDatabase({ ...options, hear }))
  yield* output.status("")
  if (result._tag === "Failure") {
    const { message } = result.failure
    yield* json ? output.json({ name, operation, failed: message }) : output.line(`${name}  ${message}`)
    return false
  }
  const done = result.success
  yield* json ? output.json({ name, ...done }) : output.line(doneWords(name, done))
  return done.problems.length === 0
})

const lookAfter = Effect.fnUntraced(function* (input: DatabaseInput) {
  const dataFolder = resolve((yield* Host.config).dataFolder)
  const all = localDatabases(dataFolder).map((it) => it.name)
  const name = Option.getOrUndefined(input.name)
  if (name !== undefined && !all.includes(name))
    return yield* wrong(
      `There is no database ${name}`,
      `expected one of ${all.join(", ")}`,
      "Leave it out to see all."
    )
  const wanted = operations.filter((it) => input[it])
  if (wanted.length > 1)
    return yield* wrong(
      "One thing at a time",
      `found ${wanted.join(" and ")}`,
      "Ask for the other one afterwards."
    )
  const [operation] = wanted
  if (operation === undefined) return yield* show(dataFolder, name, input.json)
  // Of all databases, those that it is not for are left out without a word: nobody asked for them by name.
  const names = name === undefined ? all.filter((it) => notFor(operation, it) === undefined) : [name]
  const sound = yield* Effect.forEach(names, (one) => operateOnOne(dataFolder, one, operation, input.json))
  const failed = names.filter((_name, at) => sound[at] === false)
  if (failed.length > 0)
    return yield* wrong(
      `Not done, or not whole: ${failed.join(", ")}`,
      "the lines above say why",
      "`wadjet doctor` looks at the data folder.",
      "failed"
    )
  return undefined
})

/** Shows how the files are, or does something to them; fails where one is damaged. */
export const lookAfterDatabases = Effect.fn("lookAfterDatabases")(function* (input: DatabaseInput) {
  const { logLevel } = yield* Host.config
  yield* lookAfter(input).pipe(Effect.provide(pinoLogger(logLevel)))
})
