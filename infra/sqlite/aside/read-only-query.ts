/**
 * A query that somebody typed, over a connection that can write nothing. What may be asked is one statement that only
 * reads: no `pragma`, no `attach`, nothing that reaches outside the file.
 */
import Database from "better-sqlite3"
import { isStorageFault } from "../storage-fault.ts"
import type { Sqlite } from "../open.ts"
import type { AsideMessage, AsideTask, Value } from "./protocol.ts"
import { Refusal } from "./refusal.ts"
import { standsFor } from "./statistics.ts"

type Query = Extract<AsideTask, { readonly task: "query" }>

/** Rows that are said at once: a message for each would cost more than the row. */
const rowsAtOnce = 100

/** The words that a statement may begin with, behind comments: they only read. */
const reads = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*(?:select|with|values)\b/iu

const readable = (value: unknown): Value => {
  if (value === null || typeof value === "string") return value
  if (typeof value === "bigint") {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : String(value)
  }
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value)
  return `x'${Buffer.from(value as Uint8Array).toString("hex")}'`
}

const sizeOf = (value: Value): number => (typeof value === "string" ? value.length + 2 : 8)

/** What is wrong with a query is the fault of whoever wrote it, unless the disk or the file is at fault. */
const blaming = <A>(run: () => A): A => {
  try {
    return run()
  } catch (fault) {
    if (isStorageFault(fault)) throw fault
    throw new Refusal("invalid", fault instanceof Error ? fault.message : String(fault))
  }
}

const prepare = (db: Sqlite, { explain, sql }: Query) => {
  if (!reads.test(sql))
    throw new Refusal(
      "invalid",
      "expected one statement that begins with select, with or values, found another one; an explanation is asked for beside it, not in it"
    )
  const statement = blaming(() =>
    db.prepare<Array<Value>, Array<unknown>>(explain ? `explain query plan ${sql}` : sql)
  )
  if (!statement.reader || !statement.readonly)
    throw new Refusal("invalid", "expected a statement that only reads, found one that writes")
  return statement.raw().safeIntegers()
}

const readRows = (statement: ReturnType<typeof prepare>, query: Query, say: (it: AsideMessage) => void) => {
  let rows: Array<ReadonlyArray<Value>> = []
  let count = 0
  let bytes = 0
  const flush = () => {
    if (rows.length > 0) say({ say: "rows", rows })
    rows = []
  }
  const end = (truncated: "rows" | "bytes" | null) => {
    flush()
    return { rows: count, truncated }
  }
  for (const found of statement.iterate(...query.params)) {
    if (count === query.rowsMax) return end("rows")
    const row = found.map(readable)
    bytes += row.reduce<number>((sum, value) => sum + sizeOf(value), 0)
    if (bytes > query.bytesMax) return end("bytes")
    rows.push(row)
    count += 1
    if (rows.length === rowsAtOnce) flush()
  }
  return end(null)
}

/** Runs a query, and says its columns, its rows and how it ended. Throws `Refusal`, and what SQLite throws. */
export const runQuery = (query: Query, say: (message: AsideMessage) => void): void => {
  const began = performance.now()
  const db = new Database(query.path, { readonly: true, fileMustExist: true })
  db.pragma("query_only=ON")
  // What a query sorts is kept where the limit of memory sees it, and not on the disk.
  db.pragma("temp_store=MEMORY")
  const statement = prepare(db, query)
  say({ say: "columns", columns: statement.columns().map(({ name }) => name) })
  const done = db.transaction(() => ({
    standsFor: standsFor(db),
    ...blaming(() => readRows(statement, query, say))
  }))()
  db.close()
  say({ say: "queried", done: { ...done, seconds: (performance.now() - began) / 1_000 } })
}
