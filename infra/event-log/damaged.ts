import { DamagedLog } from "./event-log.ts"

/** A reader of the whole log found another sequence than the one that must come next. */
export const damagedAt = (expected: number, found: number): DamagedLog =>
  new DamagedLog({
    expected,
    found,
    message: `expected sequence ${expected}, found ${found}: the log has a hole, and nothing is ever deleted from it. Stop, keep the data folder, and restore from a backup`
  })
