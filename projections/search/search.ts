/**
 * Full-text search. Every word that is searched is sealed in the read models, so that its index is in memory alone: made
 * when somebody first searches, kept up while somebody does, and dropped after. Whatever it finds is opened again from the
 * read models before it is shown: what was forgotten is not found, whether its key is gone or its row is empty.
 */
import Database from "better-sqlite3"
import type { KeyringService } from "../../infra/keyring/keyring.ts"
import type { Sqlite } from "../../infra/sqlite/open.ts"
import { matchOf, type Snippet, snippetOf, type Term, termsOf } from "./match.ts"
import { type SearchKind, type Source, sourcesOn, type Words } from "./sources.ts"

/** Rows of one step: a few milliseconds, in which nothing else is done. */
const rowsPerStep = 200

/** The newest results of scans that are searched: a hundred bytes of memory for each. */
const searchedScansMax = 200_000

export interface SearchHit extends Snippet {
  readonly kind: SearchKind
  /** Of the link, chat, contact or job. */
  readonly id: string
}

export interface SearchQuery {
  readonly text: string
  readonly kinds: ReadonlyArray<SearchKind>
  readonly limit: number
  /** Hits that are passed over. */
  readonly skip: number
}

const index = () => {
  const db = new Database(":memory:")
  db.pragma("temp_store=MEMORY")
  db.pragma("secure_delete=ON")
  db.exec(`
    create table things (id integer primary key, kind text not null, thing text not null, unique (kind, thing)) strict;
    create virtual table words using fts5 (
      text, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2"
    );
    insert into words (words, rank) values ('secure-delete', 1);
  `)
  const known = db
    .prepare<[string, string], number>("select id from things where kind = ? and thing = ?")
    .pluck()
  const add = db.prepare<[string, string]>("insert into things (kind, thing) values (?, ?)")
  const drop = db.prepare<[number]>("delete from things where id = ?")
  const unsay = db.prepare<[number]>("delete from words where rowid = ?")
  const say = db.prepare<[number | bigint, string]>("insert into words (rowid, text) values (?, ?)")
  const find = db.prepare<
    [string, string, number, number],
    { readonly kind: SearchKind; readonly id: string }
  >(
    `select things.kind, things.thing as id from words join things on things.id = words.rowid
     where words match ? and things.kind in (select value from json_each(?))
     order by rank, words.rowid desc limit ? offset ?`
  )
  const put = ({ id: thing, kind, text }: Words): void => {
    const id = known.get(kind, thing)
    if (id !== undefined) {
      unsay.run(id)
      if (text === null) drop.run(id)
    }
    if (text !== null) say.run(id ?? add.run(kind, thing).lastInsertRowid, text)
  }
  return {
    put: db.transaction((all: ReadonlyArray<Words>) => all.forEach(put)),
    find: (terms: ReadonlyArray<Term>, kinds: ReadonlyArray<SearchKind>, most: number, skip: number) =>
      find.all(matchOf(terms), JSON.stringify(kinds), most, skip),
    close: () => void db.close()
  }
}

interface Reading {
  readonly index: ReturnType<typeof index>
  /** When the oldest result of a scan was made that is searched, where there are older ones. */
  readonly searchedSince: number | null
  /** The event that the index stands for, once all sources are read. */
  position: number
  /** Sources that are not read to their end yet, and how far they are. */
  readonly left: Array<{ readonly source: Source; cursor: number }>
}

/** Searches on one connection to the read models, in the newest `scansMax` results of scans. */
export const searchOn = (
  db: Sqlite,
  keyring: Pick<KeyringService, "open">,
  scansMax: number = searchedScansMax
) => {
  const sources = sourcesOn(db, keyring)
  const position = db.prepare<[], number>("select sequence from checkpoint").pluck()
  /** The newest result that is not searched. */
  const passedOver = db
    .prepare<[number], number>("select sequence from scans order by sequence desc limit 1 offset ?")
    .pluck()
  const madeBehind = db
    .prepare<[number], number>("select at from scans where sequence > ? order by sequence limit 1")
    .pluck()
  let reading: Reading | undefined

  const begin = (): Reading => {
    const passed = passedOver.get(scansMax)
    const left = sources.map((source) => ({
      source,
      cursor: source.kinds.includes("link") ? (passed ?? 0) : 0
    }))
    const searchedSince = passed === undefined ? null : (madeBehind.get(passed) ?? null)
    return { index: index(), searchedSince, position: position.get() ?? 0, left }
  }

  const wordsOf = (source: Source, ids: ReadonlyArray<string>): ReadonlyArray<Words> =>
    [...new Set(ids)].flatMap(source.wordsOf)

  /** What changed since it was read, and what was told of after its end. */
  const catchUp = (state: Reading): void => {
    const now = position.get() ?? 0
    if (now === state.position) return
    for (const source of sources) {
      const told = source.kinds.includes("link") ? source.behind(state.position, Number.MAX_SAFE_INTEGER) : []
      const ids = [...told.map(({ id }) => id), ...source.changedSince(state.position)]
      if (ids.length > 0) state.index.put(wordsOf(source, ids))
    }
    state.position = now
  }

  const step = db.transaction((): boolean => {
    reading ??= begin()
    const at = reading.left[0]
    if (at === undefined) {
      catchUp(reading)
      return true
    }
    const rows = at.source.behind(at.cursor, rowsPerStep)
    reading.index.put(
      wordsOf(
        at.source,
        rows.map(({ id }) => id)
      )
    )
    if (rows.length < rowsPerStep) reading.left.shift()
    else at.cursor = rows.at(-1)!.cursor
    return false
  })

  const open = ({ id, kind }: { readonly kind: SearchKind; readonly id: string }): string | null =>
    sources
      .find(({ kinds }) => kinds.includes(kind))!
      .wordsOf(id)
      .find((words) => words.kind === kind)?.text ?? null

  return {
    /** Reads a little more into the index, a few milliseconds long; true once it stands for the read models as they are. */
    step: (): boolean => step.deferred(),
    /** What has all terms of a text, the best first, of what is in the index by now. */
    find: ({ kinds, limit, skip, text }: SearchQuery): ReadonlyArray<SearchHit> => {
      const terms = termsOf(text)
      if (reading === undefined || terms.length === 0) return []
      return reading.index.find(terms, kinds, limit, skip).flatMap((hit) => {
        const words = open(hit)
        if (words !== null) return [{ ...hit, ...snippetOf(words, terms) }]
        reading?.index.put([{ ...hit, text: null }])
        return []
      })
    },
    /**
     * Links and reasons of results that are older than this are not searched (milliseconds since the epoch); null where all
     * are.
     */
    searchedSince: (): number | null => reading?.searchedSince ?? null,
    /** Forgets the index. It is made again when somebody searches. */
    drop: (): void => {
      reading?.index.close()
      reading = undefined
    }
  }
}
