/** Given / when / then for read models: facts folded on a database in memory, and asked through the queries. */
import Database from "better-sqlite3"
import { type AnyFact, type AnyRecorded, eventTypeOf } from "../../contracts/catalogue.ts"
import type { Sqlite } from "../../infra/sqlite/open.ts"
import { readModels } from "../../projections/catalogue.ts"
import { createTables, readModelDatabase } from "../../projections/database.ts"
import { type Digest, digest } from "../../projections/digest.ts"
import { prepareFolds } from "../../projections/folding.ts"
import type { ReadModel } from "../../projections/read-model.ts"
import { queriesOn } from "../../projections/reader.ts"

/** The time of the first event; each further one is a second later. */
export const startMillis = 1_767_225_600_000

/** The plain form of a sealed text. */
export const sealPlainly = (value: unknown): string => `s0:${JSON.stringify(value)}`

const openPlainly = <T>(sealed: string | null): T | null =>
  sealed === null ? null : (JSON.parse(sealed.slice(3)) as T)

/** A fact as the log would hold it at a sequence. */
export const recorded = (fact: AnyFact, sequence: number, id = `event-${sequence}`): AnyRecorded => {
  const data: Record<string, unknown> = { ...fact.data }
  for (const field of Object.keys(eventTypeOf(fact.type)!.personal))
    if (data[field] !== undefined) data[field] = sealPlainly(data[field])
  return {
    type: fact.type,
    data,
    sequence,
    id,
    time: startMillis + sequence * 1_000,
    boundary: "main",
    source: "/wadjet/aexample/test",
    cause: undefined,
    correlation: undefined,
    traceparent: undefined
  } as unknown as AnyRecorded
}

/** Facts in their order, from sequence 1. */
export const inOrder = (facts: ReadonlyArray<AnyFact>): ReadonlyArray<AnyRecorded> =>
  facts.map((fact, index) => recorded(fact, index + 1))

export interface Folded {
  readonly db: Sqlite
  readonly apply: (events: ReadonlyArray<AnyRecorded>) => void
  readonly digest: () => Digest
  readonly queries: ReturnType<typeof queriesOn>
}

/** An empty database of read models in memory. */
export const emptyModels = (models: ReadonlyArray<ReadModel> = readModels): Folded => {
  const db = new Database(":memory:")
  createTables(db, "generation", models)
  const fold = prepareFolds(db, models)
  return {
    db,
    apply: (events) => events.forEach(fold),
    digest: () => digest(db, models),
    queries: queriesOn(db, { open: openPlainly })
  }
}

/** Facts folded from sequence 1. */
export const given = (...facts: ReadonlyArray<AnyFact>): Folded => {
  const folded = emptyModels()
  const database = readModelDatabase(folded.db)
  folded.apply(inOrder(facts))
  if (facts.length > 0) database.advance(0, facts.length, startMillis + facts.length * 1_000)
  return folded
}
