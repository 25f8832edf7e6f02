/** The journal in `session.db`: how its rows are encoded, and the signal that something arrived. */
import { Clock, Effect, Latch } from "effect"
import type { Journal, JournalEntry, JournalKind, NewEntry, UnreadableReason } from "./journal.ts"
import { sessionError } from "./session-error.ts"
import type { OwnedStore, Row, StoredRow } from "./store.ts"

/** What stands before the payload: its length in four bytes, then JSON. */
interface Head {
  readonly attributes: Readonly<Record<string, string>>
  readonly reason?: UnreadableReason
}

const lengthBytes = 4

const encode = ({ attributes, payload, reason }: NewEntry): Buffer => {
  const head = Buffer.from(
    JSON.stringify({ attributes, ...(reason === undefined ? {} : { reason }) } satisfies Head)
  )
  const length = Buffer.alloc(lengthBytes)
  length.writeUInt32BE(head.length)
  return Buffer.concat([length, head, payload])
}

/** The JSON before the payload: attributes, as they were spelled. */
export const rowHead = (content: Buffer): string =>
  content.toString("utf8", lengthBytes, lengthBytes + content.readUInt32BE(0))

const decode = ({ arrivedAt, content, kind, position }: StoredRow): JournalEntry | undefined => {
  if (content === undefined) return undefined
  const head = JSON.parse(rowHead(content)) as Head
  const end = lengthBytes + content.readUInt32BE(0)
  return { position, arrivedAt, kind: kind as JournalKind, ...head, payload: content.subarray(end) }
}

/** What is left of a row that was damaged on disk. */
const lost = ({ arrivedAt, kind, position }: StoredRow): JournalEntry => ({
  position,
  arrivedAt,
  kind: kind as JournalKind,
  attributes: {},
  payload: new Uint8Array()
})

/** Two people may use the same id, and one person may write in several chats: all three name a stanza. */
const stanzaOf = ({ attributes: { from = "", id = "", participant = "", recipient = "" } }: NewEntry) =>
  JSON.stringify([from, participant, recipient, id])

/** A row as the store keeps it. */
export const rowOf = (entry: NewEntry): Row => ({
  kind: entry.kind,
  stanza: stanzaOf(entry),
  content: encode(entry)
})

export interface SqliteJournal extends Journal {
  /** To be called after rows were written by other means than `add`. */
  readonly rang: () => void
}

export const makeJournal = (store: OwnedStore): SqliteJournal => {
  const bell = Latch.makeUnsafe(true)
  const attempt = <A>(operation: string, run: () => A) =>
    Effect.try({ try: run, catch: sessionError(operation) })
  const rang = () => void bell.openUnsafe()
  /** A row that was damaged on disk is set aside. */
  const decodeAll = (rows: ReadonlyArray<StoredRow>): ReadonlyArray<JournalEntry> =>
    rows.flatMap((row) => {
      const entry = decode(row)
      if (entry === undefined) store.journal.setAside(row.position, "it does not open: it was damaged")
      return entry ?? []
    })
  return {
    rang,
    add: (entry) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        attempt("write its journal", () => {
          store.write({ rows: [rowOf(entry)], at: now })
          rang()
        })
      ),
    next: (limit, after = 0) =>
      attempt("read its journal", () => decodeAll(store.journal.next(limit, after))),
    pictures: (limit, after = 0) =>
      attempt("read its journal", () => decodeAll(store.journal.pictures(limit, after))),
    leavePictures: (positions) =>
      attempt("keep the pictures of its journal", () => store.journal.leavePictures(positions)),
    done: (positions) => attempt("empty its journal", () => store.journal.drop(positions)),
    setAside: (position, reason) =>
      attempt("set a row aside", () => store.journal.setAside(position, reason)),
    aside: attempt("read its journal", () =>
      store.journal.aside().map((row) => ({ ...(decode(row) ?? lost(row)), why: row.why ?? "" }))
    ),
    arrived: Effect.andThen(
      bell.await,
      Effect.sync(() => void bell.closeUnsafe())
    ),
    waiting: attempt("read its journal", () => store.journal.waiting())
  }
}
