/** Lists, newest first, by a cursor that stays where it is while new rows arrive above it. */
import type { Sqlite } from "../infra/sqlite/open.ts"

/** The most rows of one page: each may need several sealed texts opened. */
export const pageRowsMax = 500

export interface Page {
  /** Rows wanted, 1 to `pageRowsMax`; more than that are cut off. */
  readonly limit: number
  /** The `cursor` of the last row of the page before; the newest rows when absent. */
  readonly before?: number | undefined
}

/** The declaration of a list. `filters` are conditions with one placeholder each. */
export interface Listing<Filter extends string> {
  /** `select … from …`, without conditions. */
  readonly select: string
  /** The integer column that rows are ordered by. */
  readonly cursor: string
  readonly filters: Readonly<Record<Filter, string>>
}

/** Filters that are given; those that are `undefined` are passed over. */
export type Given<Filter extends string> = { readonly [F in Filter]?: string | undefined }

/** One statement is prepared for each combination of filters, so that each finds its index. */
export const newestFirst = <Row, Filter extends string = never>(db: Sqlite, listing: Listing<Filter>) => {
  const { cursor, filters, select } = listing
  const names = Object.keys(filters) as Array<string> as Array<Filter>
  const statements = new Map<string, ReturnType<typeof prepare>>()
  const prepare = (conditions: ReadonlyArray<string>) =>
    db.prepare<Array<string | number>, Row>(
      `${select} where ${conditions.join(" and ")} order by ${cursor} desc limit ?`
    )
  return (page: Page, given: Given<Filter>): ReadonlyArray<Row> => {
    const wanted = names.filter((name) => given[name] !== undefined)
    const key = wanted.join()
    let statement = statements.get(key)
    if (statement === undefined) {
      statement = prepare([...wanted.map((name) => filters[name]), `${cursor} < ?`])
      statements.set(key, statement)
    }
    const limit = Math.max(1, Math.min(page.limit, pageRowsMax))
    return statement.all(...wanted.map((name) => given[name]!), page.before ?? Number.MAX_SAFE_INTEGER, limit)
  }
}
