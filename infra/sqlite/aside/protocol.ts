/**
 * What a process that works on a database file is asked, and what it says: one request in JSON on its standard input,
 * messages in JSON on its standard output, a line each.
 */

/** What can be done to a database file. `check` alone changes nothing. */
export const operations = ["check", "analyze", "vacuum", "checkpoint"] as const
export type Operation = (typeof operations)[number]

/** A value as JSON has it. Whole numbers beyond 2^53 are texts; bytes are texts such as `x'00ff'`. */
export type Value = null | number | string

export type AsideTask =
  | { readonly task: "statistics"; readonly files: ReadonlyArray<DatabaseFile> }
  | { readonly task: Operation; readonly path: string }
  /** One `select`, or how SQLite would go about it. */
  | {
      readonly task: "query"
      readonly path: string
      readonly sql: string
      readonly params: ReadonlyArray<null | number | string>
      readonly explain: boolean
      readonly rowsMax: number
      /** Of the values of the answer. */
      readonly bytesMax: number
    }

/** What a process may take. Whatever it does, it is killed where it takes more. */
export interface AsideLimits {
  readonly secondsMax: number
  /** Of the whole process, which has about 70 MB of its own. */
  readonly residentBytesMax: number
}

export interface AsideRequest {
  readonly task: AsideTask
  readonly limits: AsideLimits
}

export interface DatabaseFile {
  readonly name: string
  readonly path: string
}

/** A step that was taken in the shape of a database. `at` is milliseconds since the epoch. */
export interface LastMigration {
  readonly at: number
  readonly name: string
}

/** How a database file is. `damaged` says why nothing else is known of it. */
export interface DatabaseStatistics {
  readonly name: string
  readonly bytes: number
  /** Of what was written and is not in the file itself yet. */
  readonly walBytes: number
  readonly damaged: string | null
  readonly pageBytes: number
  readonly pages: number
  /** Pages with nothing in them, which `vacuum` gives back. */
  readonly freePages: number
  /** Whether free pages can be given back without copying the file. */
  readonly incremental: boolean
  /** `user_version`: of its shape. */
  readonly version: number
  readonly migrated: LastMigration | null
  /** The last event that it is a fold of, where it is one. */
  readonly standsFor: number | null
  readonly tables: ReadonlyArray<{ readonly name: string; readonly rows: number }>
}

/** What came of an operation. */
export interface OperationDone {
  readonly operation: Operation
  readonly seconds: number
  readonly bytesBefore: number
  readonly bytesAfter: number
  readonly walBytesAfter: number
  /** What `check` found wrong, the first hundred. */
  readonly problems: ReadonlyArray<string>
  /** Whether another connection was in the way, so that some of it is left to do. */
  readonly hindered: boolean
}

/** How a query ended: with all rows, or where the limit was. */
export interface QueryDone {
  readonly rows: number
  readonly truncated: "rows" | "bytes" | null
  readonly seconds: number
  /** The event that the read models stood for. */
  readonly standsFor: number | null
}

export type AsideFailure = "invalid" | "busy" | "damaged" | "refused" | "failed"

export type AsideMessage =
  | { readonly say: "columns"; readonly columns: ReadonlyArray<string> }
  | { readonly say: "rows"; readonly rows: ReadonlyArray<ReadonlyArray<Value>> }
  | { readonly say: "freed"; readonly pages: number; readonly left: number }
  | { readonly say: "statistics"; readonly statistics: ReadonlyArray<DatabaseStatistics> }
  | { readonly say: "operated"; readonly done: OperationDone }
  | { readonly say: "queried"; readonly done: QueryDone }
  | { readonly say: "failed"; readonly reason: AsideFailure; readonly message: string }

/** What a process that was over its limits writes to standard error before it is gone. */
export const overTime = "over the time"
export const overMemory = "over the memory"
