/** Where two databases of read models, folded up to the same event, are not the same. */
import type { Sqlite } from "../../infra/sqlite/open.ts"
import { digest } from "../digest.ts"
import type { ReadModel, Table } from "../read-model.ts"

/** The first row of a table, in the order of its key, that is not in both or not the same in both. */
export interface Difference {
  readonly model: string
  readonly table: string
  /** The values of its key columns, separated by spaces. */
  readonly key: string
  /** In the read models that answer: the row is another one, is not there, or should not be. */
  readonly how: "changed" | "missing" | "surplus"
}

type Row = ReadonlyArray<string | number | null>

/** More of a key tells nobody more. */
const keyCharactersMax = 200

const columnsOf = (table: Table) => table.key.split(",").map((column) => column.trim())

const rowsOf = (db: Sqlite, table: Table) =>
  db.prepare<[], Row>(`select ${table.key}, '|', * from ${table.name} order by ${table.key}`).raw().iterate()

/** Which of two rows SQLite puts first by their keys: numbers before texts, texts by their bytes. */
const keyOrder = (one: Row, other: Row, columns: number): number => {
  for (let index = 0; index < columns; index++) {
    const [a, b] = [one[index]!, other[index]!]
    if (a === b) continue
    if (a === null || b === null) return a === null ? -1 : 1
    if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b))
    if (typeof a === "string" || typeof b === "string") return typeof a === "string" ? 1 : -1
    return a < b ? -1 : 1
  }
  return 0
}

const firstIn = (live: Sqlite, shadow: Sqlite, model: string, table: Table): Difference | undefined => {
  const columns = columnsOf(table).length
  const keyOf = (row: Row) => row.slice(0, columns).map(String).join(" ").slice(0, keyCharactersMax)
  const lives = rowsOf(live, table)
  const shadows = rowsOf(shadow, table)
  const found = (row: Row, how: Difference["how"]) => ({ model, table: table.name, key: keyOf(row), how })
  try {
    for (;;) {
      const [one, other] = [lives.next(), shadows.next()]
      if (one.done === true) return other.done === true ? undefined : found(other.value, "missing")
      if (other.done === true) return found(one.value, "surplus")
      const order = keyOrder(one.value, other.value, columns)
      if (order < 0) return found(one.value, "surplus")
      if (order > 0) return found(other.value, "missing")
      if (JSON.stringify(one.value) !== JSON.stringify(other.value)) return found(one.value, "changed")
    }
  } finally {
    // An iterator that is left open keeps its connection busy.
    lives.return?.()
    shadows.return?.()
  }
}

/** Digests both, and looks row by row only into what differs. Answers with the digest of the first, too. */
export const differencesBetween = (live: Sqlite, shadow: Sqlite, models: ReadonlyArray<ReadModel>) => {
  const found = digest(live, models)
  const expected = digest(shadow, models)
  const differing = models.filter(({ name }) => found.models[name] !== expected.models[name])
  const differences = differing.flatMap(({ name, tables }) =>
    tables.flatMap((table) => firstIn(live, shadow, name, table) ?? [])
  )
  return { digest: found, differences }
}
