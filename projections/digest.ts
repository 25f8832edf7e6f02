/** Digests of read models, to compare two folds of one log. */
import { createHash } from "node:crypto"
import type { Sqlite } from "../infra/sqlite/open.ts"
import type { ReadModel } from "./read-model.ts"

export interface Digest {
  /** SHA-256 over the digests of all read models, hexadecimal. */
  readonly whole: string
  /** SHA-256 over all rows of each read model, in the order of their keys. */
  readonly models: Readonly<Record<string, string>>
}

/** Rows hashed at once: an update of the hash per row would cost more than the hashing. */
const rowsPerUpdate = 256

const digestOf = (db: Sqlite, model: ReadModel): string => {
  const hash = createHash("sha256")
  for (const table of model.tables) {
    hash.update(`${table.name}\n`)
    const rows = db
      .prepare<[], Array<string | number | null>>(`select * from ${table.name} order by ${table.key}`)
      .raw()
    let chunk: Array<string> = []
    for (const row of rows.iterate()) {
      chunk.push(JSON.stringify(row))
      if (chunk.length < rowsPerUpdate) continue
      hash.update(`${chunk.join("\n")}\n`)
      chunk = []
    }
    if (chunk.length > 0) hash.update(`${chunk.join("\n")}\n`)
  }
  return hash.digest("hex")
}

/** The digest of everything but the checkpoint. Equal digests mean equal rows. */
export const digest = (db: Sqlite, models: ReadonlyArray<ReadModel>): Digest => {
  const entries = models.map((model) => [model.name, digestOf(db, model)] as const)
  const whole = createHash("sha256")
  for (const [name, text] of entries) whole.update(`${name} ${text}\n`)
  return { whole: whole.digest("hex"), models: Object.fromEntries(entries) }
}
