/** Asking a data folder's databases how they are, doing something to one, and querying the read models. */
import { existsSync } from "node:fs"
import { basename } from "node:path"
import { Effect } from "effect"
import type {
  AsideMessage,
  DatabaseStatistics,
  Operation,
  OperationDone,
  QueryDone,
  Value
} from "./aside/protocol.ts"
import { AsideFailed, runAside } from "./aside/run-aside.ts"
import { localDatabases, notFor } from "./local-databases.ts"

const mebibyte = 1024 * 1024

/** Counting the rows of a million verdicts takes tenths of a second. */
const statisticsSecondsMax = 30
/** Of a process that works on a file, of which SQLite's cache is the smaller part. */
const residentBytesMax = 512 * mebibyte

/** How each database of a data folder is. One that is damaged says so, and the others are there all the same. */
export const statisticsOfDatabases = Effect.fn("statisticsOfDatabases")(function* (
  dataFolder: string
): Effect.fn.Return<ReadonlyArray<DatabaseStatistics>, AsideFailed> {
  const { statistics } = yield* runAside(
    { task: "statistics", files: localDatabases(dataFolder) },
    { secondsMax: statisticsSecondsMax, residentBytesMax }
  )
  return statistics
})

/** There is no database of a name. */
export const isDatabase = (dataFolder: string, name: string): boolean =>
  localDatabases(dataFolder).some((it) => it.name === name)

export interface OperationOptions {
  readonly dataFolder: string
  /** One for which `isDatabase` holds. */
  readonly name: string
  readonly operation: Operation
  readonly secondsMax: number
  /** Hears how many pages are free, while they are given back. */
  readonly hear?: (pagesLeft: number) => void
}

/** Does something to a database, while others use it. A damaged file is named. */
export const operateOnDatabase = Effect.fn("operateOnDatabase")(function* ({
  dataFolder,
  hear = () => undefined,
  name,
  operation,
  secondsMax
}: OperationOptions): Effect.fn.Return<OperationDone, AsideFailed> {
  const path = localDatabases(dataFolder).find((it) => it.name === name)?.path
  if (path === undefined)
    return yield* new AsideFailed({
      reason: "refused",
      message: `expected the name of a database of ${dataFolder}, found ${name}`
    })
  const why = notFor(operation, name)
  if (why !== undefined) return yield* new AsideFailed({ reason: "refused", message: why })
  const { done } = yield* runAside(
    { task: operation, path },
    { secondsMax, residentBytesMax },
    (message) => void (message.say === "freed" && hear(message.left))
  ).pipe(Effect.mapError(naming(path)))
  return done
})

const naming = (path: string) => (failure: AsideFailed) =>
  failure.reason === "damaged"
    ? new AsideFailed({
        reason: "damaged",
        message: `expected a whole database in ${path}, found it damaged: ${failure.message}`
      })
    : failure

export interface QueryOptions {
  /** The file of the read models. */
  readonly path: string
  /** One statement that only reads. */
  readonly sql: string
  /** What stands for its question marks. */
  readonly params: ReadonlyArray<null | number | string>
  /** Whether it is only said how SQLite would go about it. */
  readonly explain: boolean
  readonly rowsMax: number
  readonly bytesMax: number
  readonly secondsMax: number
}

/** What is heard of an answer, in this order: its columns once, then rows. */
export interface AnswerHeard {
  readonly columns: (names: ReadonlyArray<string>) => Promise<void> | void
  readonly rows: (rows: ReadonlyArray<ReadonlyArray<Value>>) => Promise<void> | void
}

/** The most memory of a query, with what it sorts and groups. */
const queryResidentBytesMax = 384 * mebibyte

/** Queries read models, and hands the answer on as it comes. `invalid` says what is wrong with the statement. */
export const queryReadModels = Effect.fn("queryReadModels")(function* (
  { secondsMax, ...query }: QueryOptions,
  heard: AnswerHeard
): Effect.fn.Return<QueryDone, AsideFailed> {
  if (!existsSync(query.path))
    return yield* new AsideFailed({
      reason: "failed",
      message: `expected read models in ${basename(query.path)}, found none yet`
    })
  const hear = (message: AsideMessage) => {
    if (message.say === "columns") return heard.columns(message.columns)
    if (message.say === "rows") return heard.rows(message.rows)
    return undefined
  }
  const { done } = yield* runAside(
    { task: "query", ...query },
    { secondsMax, residentBytesMax: queryResidentBytesMax },
    hear
  ).pipe(Effect.mapError(naming(query.path)))
  return done
})
