/**
 * What was done to accounts and is to be told in the log. A deed is stored in the same transaction as what it tells
 * of, so that nothing is done which the log does not hear of, though no server may be running.
 */
import type { AnyFact } from "../../../contracts/catalogue.ts"
import { eventId } from "../../../contracts/ids.ts"
import type { Sqlite } from "../../../infra/sqlite/open.ts"

/** The name under which the log is told. */
export const teller = "admin"

export interface Deed {
  /** Of its event. */
  readonly id: string
  readonly subject: string
  readonly fact: AnyFact
}

interface Row {
  readonly id: string
  readonly subject: string
  readonly fact: string
}

/** Deeds are told in the order in which they were done. */
export const deedsOn = (db: Sqlite) => {
  const sql = {
    add: db.prepare<[string, string, string]>(
      "insert into deed (id, subject, fact) values (?, ?, ?) on conflict do nothing"
    ),
    untold: db.prepare<[string], Row>(
      "select id, subject, fact from deed where generation is null or generation <> ? order by rowid"
    ),
    last: db.prepare<[string], number>("select max(sequence) from deed where generation = ?").pluck(),
    told: db.prepare<[string, number, string]>("update deed set generation = ?, sequence = ? where id = ?")
  }
  return {
    /** `part` tells the deeds about one subject apart. */
    add: (subject: string, part: string, fact: AnyFact): void => {
      sql.add.run(eventId(subject, teller, part), subject, JSON.stringify(fact))
    },
    /** What the log of a generation was not told of yet. */
    untold: (generation: string): ReadonlyArray<Deed> =>
      sql.untold.all(generation).map((row) => ({ ...row, fact: JSON.parse(row.fact) as AnyFact })),
    /** Up to where the log of a generation is known to hold what it was told. */
    toldUpTo: (generation: string): number => sql.last.get(generation) ?? 0,
    told: (id: string, generation: string, sequence: number): void => {
      sql.told.run(generation, sequence, id)
    }
  }
}

export type Deeds = ReturnType<typeof deedsOn>
