/** Lists by a cursor that stays where it is while new rows arrive: every row is met once, whatever is written meanwhile. */
import type { Sqlite } from "../infra/sqlite/open.ts"

/** The most rows of one page: each may need several sealed texts opened. */
export const pageRowsMax = 500

export interface Page {
  /** Rows wanted, 1 to `pageRowsMax`; more than that are cut off, and as many are given where it is left out. */
  readonly limit?: number | undefined
  /** The `cursor` of the last row of the page before; the first page when absent. */
  readonly before?: number | undefined
  /** The oldest rows first; the newest when absent. */
  readonly oldestFirst?: boolean | undefined
}

/** The declaration of a list. `filters` are conditions with one placeholder each. */
export interface Listing<Filter extends string> {
  /** `select … from …`, without conditions. */
  readonly select: string
  /** The integer column that rows are ordered by, no two of them alike. */
  readonly cursor: string
  readonly filters: Readonly<Record<Filter, string>>
  /** A condition that every row meets. */
  readonly always?: string
}

/** Filters that are given; those that are `undefined` are passed over. */
export type Given<Filter extends string> = { readonly [F in Filter]?: string | undefined }

/** One statement is prepared for each combination of filters, so that each finds its index. */
export const newestFirst = <Row, Filter extends string = never>(db: Sqlite, listing: Listing<Filter>) => {
  const { always, cursor, filters, select } = listing
  const names = Object.keys(filters) as Array<string> as Array<Filter>
  const statements = new Map<string, ReturnType<typeof prepare>>()
  const prepare = (conditions: ReadonlyArray<string>, oldestFirst: boolean) =>
    db.prepare<Array<string | number>, Row>(
      `${select} where ${[...(always === undefined ? [] : [always]), ...conditions, `${cursor} ${oldestFirst ? ">" : "<"} ?`].join(" and ")}
       order by ${cursor} ${oldestFirst ? "asc" : "desc"} limit ?`
    )
  return (
    { before, limit = pageRowsMax, oldestFirst = false }: Page,
    given: Given<Filter>
  ): ReadonlyArray<Row> => {
    const wanted = names.filter((name) => given[name] !== undefined)
    const key = `${oldestFirst} ${wanted.join()}`
    let statement = statements.get(key)
    if (statement === undefined) {
      statement = prepare(
        wanted.map((name) => filters[name]),
        oldestFirst
      )
      statements.set(key, statement)
    }
    const rows = Math.max(1, Math.min(limit, pageRowsMax))
    const from = before ?? (oldestFirst ? -1 : Number.MAX_SAFE_INTEGER)
    return statement.all(...wanted.map((name) => given[name]!), from, rows)
  }
}

/** Every row of a list, page by page. */
export const everyRow = <Row extends { readonly cursor: number }>(
  list: (place: Page) => ReadonlyArray<Row>
): ReadonlyArray<Row> => {
  const rows: Array<Row> = []
  for (;;) {
    const found = list({ before: rows.at(-1)?.cursor })
    rows.push(...found)
    if (found.length < pageRowsMax) return rows
  }
}
