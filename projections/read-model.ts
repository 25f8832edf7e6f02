/**
 * Declaring a read model: its tables, and how each event changes them. What it holds is a fold of the log and
 * nothing else, so that it may be deleted at any time and comes back the same.
 *
 * A fold is deterministic, and applying an event again, at once or after later ones, changes nothing: rows are
 * keyed by ids, and carry in `updated` the sequence of the newest event that changed them.
 */
import { createHash } from "node:crypto"
import type { EventName, RecordedOf } from "../contracts/catalogue.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"

/** Prepares a statement, once, for all events to come. */
export type Prepare = Sqlite["prepare"]

/** Prepares the statements of one event, and answers with what applies it. */
export type Fold<Name extends EventName> = (prepare: Prepare) => (event: RecordedOf<Name>) => void

export type Folds = { readonly [Name in EventName]?: Fold<Name> }

/** Sealed columns, and which columns say whose they are. When an owner is forgotten they become NULL. */
export interface PersonalColumns {
  readonly columns: ReadonlyArray<string>
  /** The column that holds a `ChatId`. */
  readonly chat: string
  /** The column that holds a `PersonId`, where there is one. */
  readonly person?: string
}

/** A STRICT table with its indexes. One that holds personal columns has a column `updated` too. */
export interface Table {
  readonly name: string
  /** `create table` and `create index` statements. */
  readonly ddl: string
  /** The columns that tell rows apart: the order of a digest. */
  readonly key: string
  readonly personal?: PersonalColumns
}

export interface ReadModel {
  readonly name: string
  /** Raised whenever the same events are to lead to other rows. */
  readonly version: number
  readonly tables: ReadonlyArray<Table>
  readonly fold: Folds
}

/**
 * Declares a read model.
 *
 * @example
 * const names = readModel({
 *   name: "names", version: 1,
 *   tables: [{ name: "names", key: "chat", ddl: "create table names (chat text primary key, name text) strict;" }],
 *   fold: { "message.renamed": (prepare) => { const put = prepare("insert or replace …"); return ({ data }) => … } }
 * })
 */
export const readModel = <const M extends ReadModel>(declaration: M): M => declaration

/** What a database file was folded by: versions, and the tables themselves, whose change needs no version. */
export const fingerprintOf = (models: ReadonlyArray<ReadModel>): string =>
  models
    .map(({ name, tables, version }) => {
      const shape = createHash("sha256").update(JSON.stringify(tables)).digest("hex").slice(0, 12)
      return `${name}:${version}:${shape}`
    })
    .join(" ")

/** The tables of a fingerprint, whatever the versions of the folds that fill them. */
export const shapesIn = (fingerprint: string): string =>
  fingerprint
    .split(" ")
    .map((model) => {
      const [name, , shape] = model.split(":")
      return `${name}:${shape}`
    })
    .join(" ")
