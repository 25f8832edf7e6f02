/** Telling of queries that took long, by their text alone: what stood for their question marks may be anybody's. */
import type { Sqlite } from "./open.ts"

export interface SlowQuery {
  /** As it was prepared, on one line, without values. */
  readonly sql: string
  readonly millis: number
}

export interface SlowQueries {
  /** From how many milliseconds on a query is told of. */
  readonly fromMillis: number
  readonly tell: (query: SlowQuery) => void
}

/** Has whatever is prepared on a connection from now on tell of it where asking for a row, or for all, takes long. */
export const watchSlowQueries = (db: Sqlite, { fromMillis, tell }: SlowQueries): void => {
  const prepare = db.prepare.bind(db)
  const watched = (sql: string) => {
    const statement = prepare<Array<unknown>, unknown>(sql)
    const timed =
      <A>(ask: (...values: Array<unknown>) => A) =>
      (...values: Array<unknown>): A => {
        const began = performance.now()
        const found = ask(...values)
        const millis = performance.now() - began
        if (millis >= fromMillis)
          tell({ sql: sql.replaceAll(/\s+/gu, " ").trim(), millis: Math.round(millis) })
        return found
      }
    return Object.assign(statement, {
      get: timed(statement.get.bind(statement)),
      all: timed(statement.all.bind(statement))
    })
  }
  Object.assign(db, { prepare: watched })
}
