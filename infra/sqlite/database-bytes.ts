/** How much a database takes, and so at most a copy of it: its file, and what is not moved into that yet. */
import { statSync } from "node:fs"

/** Bytes; 0 of a database that is not there. */
export const databaseBytes = (path: string): number =>
  ["", "-wal"].reduce(
    (sum, suffix) => sum + (statSync(`${path}${suffix}`, { throwIfNoEntry: false })?.size ?? 0),
    0
  )
