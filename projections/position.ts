/** Up to where the read models have been folded. */
import type { Sqlite } from "../infra/sqlite/open.ts"

export const positionQuery = (db: Sqlite) => {
  const checkpoint = db.prepare<[], number>("select sequence from checkpoint").pluck()
  return (): number => checkpoint.get() ?? 0
}
