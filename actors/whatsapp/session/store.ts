/**
 * `session.db`: credentials, Signal keys and the journal. Every write is one transaction, which first looks
 * whether this process still owns the session. All content is sealed, and what is deleted is overwritten.
 */
import { Clock, Effect } from "effect"
import { type AtRest, openAtRest } from "../../../infra/keyring/at-rest.ts"
import { migrate } from "../../../infra/sqlite/migrate.ts"
import { openSqlite, type Sqlite } from "../../../infra/sqlite/open.ts"
import { namedContent, namedIn } from "./named-content.ts"
import { migrations, type SealedRow, type Statements, statements } from "./store-statements.ts"
import { type SessionError, sessionError, StaleOwner } from "./session-error.ts"

/** A value to keep under a type and an id, or (`undefined`) to delete. */
export interface Change {
  readonly type: string
  readonly id: string
  readonly value: Uint8Array | undefined
}

/** A row of the journal that is to be written. */
export interface Row {
  readonly kind: string
  /** What names the stanza it came from. */
  readonly stanza: string
  readonly content: Uint8Array
}

/** What is written in one transaction. */
export interface Write {
  readonly changes?: ReadonlyArray<Change>
  readonly rows?: ReadonlyArray<Row>
  /** Names of cipher texts that were opened: delivered once more, they are recognised. */
  readonly opened?: ReadonlyArray<string>
  /** Ids of messages of ours that WhatsApp says it has. */
  readonly taken?: ReadonlyArray<string>
  /** In milliseconds since the epoch. */
  readonly at: number
}

/** How often deleted content is overwritten in the write-ahead log, too: a checkpoint costs a few milliseconds. */
const tidyEveryMillis = 60_000
/**
 * How long it is remembered that a cipher text was opened, or that a message of ours was taken: WhatsApp keeps what
 * was not receipted for about as long.
 */
const openedKeptMillis = 31 * 24 * 60 * 60_000

/** The store in the hands of its owner. Everything throws `StaleOwner` once another one took over. */
export interface OwnedStore {
  readonly epoch: number
  /** Whether the owner on disk is still this one. */
  readonly isOurs: () => boolean
  readonly read: (type: string, id: string) => Buffer | undefined
  /** Every value of a type, with its id. */
  readonly entries: (type: string) => ReadonlyArray<{ readonly id: string; readonly value: Buffer }>
  readonly write: (write: Write) => void
  readonly wasOpened: (name: string) => boolean
  /** Whether WhatsApp ever said that it has this message of ours. */
  readonly wasTaken: (id: string) => boolean
  /** Deletes all values of all types, and leaves the journal alone. */
  readonly clear: () => void
  /**
   * Deletes the values and the rows that these say are to go, overwrites them, and answers how many there were.
   * Throws where they could not be overwritten, because another connection still reads what was there before.
   */
  readonly forget: (isToGo: Forgetting) => number
  /**
   * Overwrites what was deleted and still stands in the write-ahead log, where there is such a thing and it was
   * not done within the last minute. To be called now and then.
   */
  readonly tidy: (at: number) => void
  readonly journal: {
    readonly next: (limit: number, after: number) => ReadonlyArray<StoredRow>
    readonly pictures: (limit: number, after: number) => ReadonlyArray<StoredRow>
    /** Makes rows of kind `picture` of these, under new positions. */
    readonly leavePictures: (positions: ReadonlyArray<number>) => void
    readonly drop: (positions: ReadonlyArray<number>) => void
    readonly setAside: (position: number, why: string) => void
    readonly aside: () => ReadonlyArray<StoredRow>
    readonly waiting: () => number
  }
}

/** What is to be forgotten. */
export interface Forgetting {
  readonly value: (type: string, id: string, value: Buffer) => boolean
  readonly row: (row: StoredRow) => boolean
}

export interface StoredRow {
  readonly position: number
  readonly kind: string
  readonly arrivedAt: number
  /** Why it was set aside; `null` for a row that waits. */
  readonly why: string | null
  /** Absent where it does not open. */
  readonly content: Buffer | undefined
}

/** Where a value stands: a value that was moved elsewhere does not open. */
const placeOf = (type: string, name: Buffer) => `secret/${type}/${name.toString("hex")}`
const journalPlace = (kind: string, stanza: Buffer) => `journal/${kind}/${stanza.toString("hex")}`

/** An unreadable stanza counts once, and not at all once its text is there. */
const addRow = (sql: Statements, atRest: AtRest, row: Row, arrivedAt: number) => {
  const stanza = atRest.nameOf("stanza", row.stanza)
  if (row.kind === "unreadable" && sql.has.get(stanza) !== undefined) return
  if (row.kind !== "unreadable") sql.dropUnreadable.run(stanza)
  sql.add.run(row.kind, stanza, arrivedAt, atRest.seal(journalPlace(row.kind, stanza), row.content))
}

const owned = (db: Sqlite, sql: Statements, atRest: AtRest, epoch: number): OwnedStore => {
  const nameOf = (type: string, id: string) => atRest.nameOf("secret", type, id)
  const mustOwn = () => {
    const theirs = sql.epoch.get()!
    if (theirs !== epoch) throw new StaleOwner({ ours: epoch, theirs })
  }
  /** The write lock is taken before the epoch is read, so nobody takes over in between. */
  const asOwner = (run: () => void): void =>
    db
      .transaction(() => {
        mustOwn()
        run()
      })
      .immediate()
  /** A row that was damaged on disk has no content, and must not hide those behind it. */
  const contentOf = ({ kind, sealed, stanza }: SealedRow): Buffer | undefined => {
    try {
      return atRest.open(journalPlace(kind, stanza), sealed)
    } catch {
      return undefined
    }
  }
  const opened = (row: SealedRow): StoredRow => ({
    position: row.position,
    kind: row.kind,
    arrivedAt: row.arrived_at,
    why: row.why,
    content: contentOf(row)
  })

  /** The id of a value is kept beside it, for its name says nothing. */
  const openValue = (type: string, name: Buffer, sealed: Buffer) =>
    namedIn(atRest.open(placeOf(type, name), sealed))

  /** A value that was damaged on disk is of no use, and nobody can say whom it is about. */
  const isValueToGo = (isToGo: Forgetting, type: string, name: Buffer, sealed: Buffer): boolean => {
    try {
      const { id, value } = openValue(type, name, sealed)
      return isToGo.value(type, id, value)
    } catch {
      return true
    }
  }

  const overwriteDeleted = () => db.pragma("wal_checkpoint(TRUNCATE)", { simple: true }) === 0

  let deleted = true
  let tidiedAt = 0

  return {
    epoch,
    isOurs: () => sql.epoch.get() === epoch,
    read: (type, id) => {
      const name = nameOf(type, id)
      const sealed = sql.get.get(type, name)
      return sealed === undefined ? undefined : openValue(type, name, sealed).value
    },
    entries: (type) => sql.all.all(type).map(({ name, sealed }) => openValue(type, name, sealed)),
    write: ({ at, changes = [], opened = [], rows = [], taken = [] }) =>
      asOwner(() => {
        for (const { id, type, value } of changes) {
          const name = nameOf(type, id)
          if (value === undefined) sql.drop.run(type, name)
          else sql.put.run(type, name, atRest.seal(placeOf(type, name), namedContent(id, value)))
        }
        for (const name of opened) sql.addOpened.run(atRest.nameOf("opened", name), at)
        for (const id of taken) sql.addOpened.run(atRest.nameOf("taken", id), at)
        for (const row of rows) addRow(sql, atRest, row, at)
      }),
    wasOpened: (name) => sql.wasOpened.get(atRest.nameOf("opened", name)) !== undefined,
    wasTaken: (id) => sql.wasOpened.get(atRest.nameOf("taken", id)) !== undefined,
    clear: () => {
      deleted = true
      asOwner(() => void sql.clear.run())
    },
    forget: (isToGo) => {
      let dropped = 0
      asOwner(() => {
        for (const { name, sealed, type } of sql.everything.all())
          if (isValueToGo(isToGo, type, name, sealed)) dropped += sql.drop.run(type, name).changes
        for (const row of sql.rows.all())
          if (isToGo.row(opened(row))) dropped += sql.done.run(row.position).changes
      })
      if (!overwriteDeleted())
        throw new Error("what was deleted could not be overwritten, for another connection still reads it")
      return dropped
    },
    tidy: (at) => {
      if (!deleted || at - tidiedAt < tidyEveryMillis) return
      // Where another connection still reads, it is tried again the next time.
      deleted = !overwriteDeleted()
      tidiedAt = at
    },
    journal: {
      next: (limit, after) => sql.next.all(after, limit).map(opened),
      pictures: (limit, after) => sql.pictures.all(after, limit).map(opened),
      leavePictures: (positions) => {
        deleted = true
        asOwner(() => {
          for (const position of positions) {
            const row = sql.at.get(position)
            const content = row === undefined ? undefined : contentOf(row)
            if (row === undefined || content === undefined) continue
            const sealed = atRest.seal(journalPlace("picture", row.stanza), content)
            sql.done.run(position)
            sql.add.run("picture", row.stanza, row.arrived_at, sealed)
          }
        })
      },
      drop: (positions) => {
        deleted = true
        asOwner(() => positions.forEach((position) => sql.done.run(position)))
      },
      setAside: (position, why) => asOwner(() => void sql.setAside.run(why, position)),
      aside: () => sql.aside.all().map(opened),
      waiting: () => sql.waiting.get()!
    }
  }
}

export interface SessionStore {
  /** Takes ownership: whoever had it before can write nothing more. */
  readonly claim: Effect.Effect<OwnedStore, SessionError>
}

/**
 * Opens the store of a data folder, and closes it with the scope. Nobody owns it by that.
 *
 * @example
 * const store = yield* openSessionStore({ path: "data/session.db", keyringPath: "data/keyring.db" })
 * const owned = yield* store.claim
 */
export const openSessionStore = Effect.fn("openSessionStore")(function* (options: {
  readonly path: string
  readonly keyringPath: string
}) {
  const atRest = yield* openAtRest(options.keyringPath, "session")
  const db = yield* openSqlite(options.path, "secrets")
  const openedAt = yield* Clock.currentTimeMillis
  return yield* Effect.try({
    try: (): SessionStore => {
      migrate(db, migrations, openedAt)
      const sql = statements(db)
      return {
        claim: Effect.flatMap(Clock.currentTimeMillis, (now) =>
          Effect.try({
            try: () => {
              const epoch = sql.claim.get()!
              sql.pruneOpened.run(now - openedKeptMillis)
              return owned(db, sql, atRest, epoch)
            },
            catch: sessionError("take the session over")
          })
        )
      }
    },
    catch: sessionError("open its store")
  })
})
