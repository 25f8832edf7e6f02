/**
 * The state of an actor as its folds and decisions see it: collections, open work, and how far each
 * boundary was folded. Folding is deterministic: the same events give the same state.
 */
import type { Collection } from "./collection.ts"
import type { Kept, Mark, Marks, Records } from "./records.ts"

/** Work that waits to be done. It is opened and closed by folding facts, never by doing it. */
export interface Work<Kind extends string = string> {
  /** Unique among open work; opening it again replaces it, in its place. */
  readonly key: string
  readonly kind: Kind
  /** 0 goes first. */
  readonly priority: number
  /** Work of one lane is done one at a time, so that it meets its boundary's expectation. */
  readonly lane: string
  /** Not before this moment, in milliseconds since the epoch; 0 for at once. */
  readonly due: number
  /** The id of the event that opened it, and of the first of its chain. */
  readonly cause: string
  readonly correlation: string
}

/** Reading, for decisions. */
export interface StateReader {
  readonly get: <V>(collection: Collection<V>, key: string) => V | undefined
  /** All entries whose key starts with a prefix, in the order of their keys. */
  readonly walk: <V>(collection: Collection<V>, prefix: string) => ReadonlyArray<readonly [string, V]>
  /** The first entries whose key starts with a prefix, so many at most, in the order of their keys. */
  readonly first: <V>(
    collection: Collection<V>,
    prefix: string,
    most: number
  ) => ReadonlyArray<readonly [string, V]>
  /** The records that carry a mark, or one of several, in the order in which they were added; perhaps others too. */
  readonly find: <V>(records: Records<V>, marks: Mark | Marks) => ReadonlyArray<Kept<V>>
  /** The last sequence folded within a boundary of a context that the actor owns, 0 for none. */
  readonly head: (context: string, boundary: string) => number
}

/** Writing, for folds. */
export interface State extends StateReader {
  readonly put: <V>(collection: Collection<V>, key: string, value: V) => void
  readonly drop: <V>(collection: Collection<V>, key: string) => void
  /** Adds a record, to be found by its marks, and answers with its id. */
  readonly add: <V>(records: Records<V>, value: V, marks: Iterable<Mark>) => number
  /** Writes a record anew. It is found by the marks that it has, and by those given now. */
  readonly change: <V>(records: Records<V>, id: number, value: V, marks?: Iterable<Mark>) => void
  /** Has a record be found by more marks; of another kind of the same values, where it is looked for apart. */
  readonly mark: (records: Pick<Records<never>, "kind">, id: number, marks: Iterable<Mark>) => void
  /** Has a record no longer be found by some of its marks. */
  readonly unmark: (records: Pick<Records<never>, "kind">, id: number, marks: Iterable<Mark>) => void
  /** Drops a record that no mark is left of. */
  readonly remove: (id: number) => void
  readonly open: (work: Work) => void
  readonly close: (key: string) => void
}
