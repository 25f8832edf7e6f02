/** `wadjet query`: asks the read models of this machine in SQL, whether the system runs or not. Nothing is started. */
import { resolve } from "node:path"
import { Effect } from "effect"
import { csvLine } from "../../infra/sqlite/csv.ts"
import type { Value } from "../../infra/sqlite/aside/protocol.ts"
import { queryReadModels } from "../../infra/sqlite/look-after.ts"
import { locationIn } from "../../projections/location.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { Output, type OutputService } from "./output.ts"
import { printable } from "./words.ts"

export interface QueryInput {
  readonly sql: string
  readonly params: ReadonlyArray<string>
  readonly explain: boolean
  readonly csv: boolean
  /** 0 for all there are. */
  readonly limit: number
  readonly seconds: number
  readonly json: boolean
}

/** What is typed as a number is one. */
const paramOf = (text: string): number | string =>
  /^-?\d{1,15}(?:\.\d{1,15})?$/u.test(text) ? Number(text) : text

type Row = ReadonlyArray<Value>

/** How rows are printed; nothing of a table of people's words reaches the terminal as a command to it. */
const printerOf = ({ csv, json }: QueryInput, output: OutputService) => {
  if (json) return { columns: (columns: Row) => output.json({ columns }), row: output.json }
  const line = (row: Row) => output.line(csv ? csvLine(row).slice(0, -"\r\n".length) : plain(row))
  return { columns: line, row: line }
}

const plain = (row: Row): string =>
  row.map((value) => (value === null ? "-" : printable(String(value)))).join(" | ")

const limits = { rows: "of --limit", bytes: "of the bytes of an answer" } as const

/** Prints rows as they come, so that an export of any length takes no memory. */
export const queryModels = Effect.fn("queryModels")(function* (input: QueryInput) {
  const output = yield* Output
  const dataFolder = resolve((yield* Host.config).dataFolder)
  const run = Effect.runPromiseWith(yield* Effect.context<never>())
  const { columns, row } = printerOf(input, output)
  const done = yield* queryReadModels(
    {
      path: locationIn(dataFolder).database,
      sql: input.sql,
      params: input.params.map(paramOf),
      explain: input.explain,
      rowsMax: input.limit <= 0 ? Number.MAX_SAFE_INTEGER : input.limit,
      bytesMax: Number.MAX_SAFE_INTEGER,
      secondsMax: Math.max(1, input.seconds)
    },
    {
      columns: (names) => run(columns(names)),
      rows: (rows) => run(Effect.forEach(rows, row, { discard: true }))
    }
  ).pipe(
    Effect.mapError(
      ({ message }) =>
        new OperatorFailed({
          what: "The read models do not answer this",
          why: message,
          next: '`wadjet query "select name, sql from sqlite_schema"` shows the tables; --seconds gives it more time.'
        })
    )
  )
  if (input.json) return yield* output.json(done)
  if (done.truncated !== null)
    return yield* output.note(`There are more rows: these are the ${done.rows} ${limits[done.truncated]}.`)
  return undefined
})
