/** The database files of this machine, and queries of its read models. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { appendPreResponseHandler } from "effect/http/HttpEffect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { answerRowsDefault, type Query } from "../../../contracts/database.ts"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { truncatedHeader } from "../../../contracts/http/database.ts"
import {
  Impossible,
  InvalidRequest,
  NotFound,
  retryAfterSeconds,
  TooMany,
  Unavailable
} from "../../../contracts/http/problems.ts"
import type { AsideFailed } from "../../../infra/sqlite/aside/run-aside.ts"
import type { Value } from "../../../infra/sqlite/aside/protocol.ts"
import { csvLine } from "../../../infra/sqlite/csv.ts"
import {
  isDatabase,
  operateOnDatabase,
  queryReadModels,
  statisticsOfDatabases
} from "../../../infra/sqlite/look-after.ts"
import { locationIn } from "../../../projections/location.ts"
import { byOf } from "../authorize.ts"
import { noteAsked } from "../note-asked.ts"

/** Whoever needs longer does it on the command line, which waits an hour. */
const operationSecondsMax = 120
const querySecondsMax = 10
/** Of the values of an answer. */
const answerBytesMax = 8 * 1024 * 1024
/** Each is a process, and warnings go first on a small machine. */
const atOnceMax = 2

/** Lets so many in at once, and tells the others to come again. */
const fewProcesses = () => {
  let under = 0
  const refused = new TooMany({
    retryAfterSeconds,
    detail: `${atOnceMax} requests work on database files, which is all there can be at once.`
  })
  return <A, E, R>(work: Effect.Effect<A, E, R>) =>
    Effect.suspend((): Effect.Effect<A, E | TooMany, R> => {
      if (under >= atOnceMax) return Effect.fail(refused)
      under += 1
      return Effect.ensuring(
        work,
        Effect.sync(() => {
          under -= 1
        })
      )
    })
}

const unavailable = ({ message }: { readonly message: string }) => new Unavailable({ detail: message })

const noted = Effect.fnUntraced(function* (command: string, subject?: string) {
  const by = byOf(yield* CurrentKey)
  yield* noteAsked({ command }, by, subject).pipe(Effect.mapError(unavailable))
})

/** What a query asked for too much of is its own fault. */
const queryFaults: ReadonlySet<AsideFailed["reason"]> = new Set(["invalid", "too-slow", "too-much-memory"])

const queryProblem = ({ message, reason }: AsideFailed) =>
  queryFaults.has(reason)
    ? new InvalidRequest({ field: "payload.sql", detail: message })
    : new Unavailable({ detail: message })

const operationProblem = ({ message, reason }: AsideFailed) =>
  reason === "refused"
    ? new Impossible({ reason: "not-for-this", detail: message })
    : new Unavailable({ detail: message })

interface Found {
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<Value>>
}

/** Who asked is a fact. What they asked is not: it may have words of people in it, and no fact is ever deleted. */
const answerOf = Effect.fnUntraced(function* (dataFolder: string, query: typeof Query.Type) {
  yield* noted("database.query")
  let columns: ReadonlyArray<string> = []
  const rows: Array<ReadonlyArray<Value>> = []
  const done = yield* queryReadModels(
    {
      path: locationIn(dataFolder).database,
      sql: query.sql,
      params: query.params ?? [],
      explain: query.explain ?? false,
      rowsMax: query.limit ?? answerRowsDefault,
      bytesMax: answerBytesMax,
      secondsMax: querySecondsMax
    },
    { columns: (names) => void (columns = names), rows: (more) => void rows.push(...more) }
  ).pipe(Effect.mapError(queryProblem))
  const { seconds, standsFor, truncated } = done
  return { columns, rows, truncated, seconds, standsFor }
})

const tableOf = ({ columns, rows }: Found): string => [columns, ...rows].map(csvLine).join("")

export const database = (dataFolder: string) => {
  const few = fewProcesses()
  return HttpApiBuilder.group(api, "database", (handlers) =>
    handlers.handleAll({
      show: () =>
        few(statisticsOfDatabases(dataFolder)).pipe(
          Effect.catchTag("AsideFailed", (failure) => Effect.fail(unavailable(failure))),
          Effect.map((databases) => ({ databases }))
        ),
      operate: Effect.fnUntraced(function* ({ params: { name, operation } }) {
        if (!isDatabase(dataFolder, name))
          return yield* new NotFound({ detail: `There is no database ${name}.` })
        const work = operateOnDatabase({ dataFolder, name, operation, secondsMax: operationSecondsMax })
        return yield* few(
          Effect.andThen(noted(`database.${operation}`, name), Effect.mapError(work, operationProblem))
        )
      })
    })
  )
}

export const query = (dataFolder: string) => {
  const few = fewProcesses()
  return HttpApiBuilder.group(api, "query", (handlers) =>
    handlers.handleAll({
      run: ({ payload }) => few(answerOf(dataFolder, payload)),
      table: Effect.fnUntraced(function* ({ payload }) {
        const found = yield* few(answerOf(dataFolder, payload))
        const { truncated } = found
        if (truncated !== null)
          yield* appendPreResponseHandler((_request, response) =>
            Effect.succeed(HttpServerResponse.setHeader(response, truncatedHeader, truncated))
          )
        return tableOf(found)
      })
    })
  )
}
