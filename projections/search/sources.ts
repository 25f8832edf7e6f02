/** What is searched, and where its words are: each kind of thing, row by row, as they are sealed in the read models. */
import type { ContactCard } from "../../contracts/contact.ts"
import type { Found } from "../../contracts/scan.ts"
import type { JobWords } from "../../contracts/schedule.ts"
import type { KeyringService } from "../../infra/keyring/keyring.ts"
import type { Sqlite } from "../../infra/sqlite/open.ts"
import { reasonsOf } from "../scans.ts"

export const searchKinds = ["link", "reason", "chat", "contact", "job"] as const
export type SearchKind = (typeof searchKinds)[number]

/** The words of one thing now; null for one that has none, or that was forgotten. */
export interface Words {
  readonly kind: SearchKind
  readonly id: string
  readonly text: string | null
}

interface Row {
  readonly cursor: number
  readonly id: string
}

export interface Source {
  readonly kinds: ReadonlyArray<SearchKind>
  /** Things behind a cursor, in order. */
  readonly behind: (cursor: number, most: number) => ReadonlyArray<Row>
  /** Things that changed behind an event, whenever they were first told of. */
  readonly changedSince: (sequence: number) => ReadonlyArray<string>
  /** The words of a thing as they are now. */
  readonly wordsOf: (id: string) => ReadonlyArray<Words>
}

type Open = Pick<KeyringService, "open">

const joined = (...texts: ReadonlyArray<string | null | undefined>): string | null => {
  const told = texts.filter((one) => one !== null && one !== undefined && one !== "")
  const text = [...new Set(told)].join("\n")
  return text === "" ? null : text
}

const source = (
  db: Sqlite,
  at: {
    readonly kinds: ReadonlyArray<SearchKind>
    readonly id: string
    readonly table: string
    readonly cursor: string
    /** Which rows say that a thing changed. */
    readonly changed: string
  },
  wordsOf: Source["wordsOf"]
): Source => {
  const behind = db.prepare<[number, number], Row>(
    `select ${at.cursor} as cursor, ${at.id} as id from ${at.table} where ${at.cursor} > ? order by ${at.cursor} limit ?`
  )
  const changed = db.prepare<[number], string>(`select ${at.id} from ${at.table} where ${at.changed}`).pluck()
  return {
    kinds: at.kinds,
    behind: (cursor, most) => behind.all(cursor, most),
    changedSince: (sequence) => changed.all(sequence),
    wordsOf
  }
}

/** A link has the words of its newest result that can be read: whose message brought it may have been forgotten. */
const links = (db: Sqlite, { open }: Open): Source => {
  const newest = db.prepare<[string], { readonly found: string; readonly evidence: string }>(
    "select found, evidence from scans where link = ? and found is not null order by sequence desc limit 1"
  )
  return source(
    db,
    {
      kinds: ["link", "reason"],
      id: "link",
      table: "scans",
      cursor: "sequence",
      changed: "updated > ? and found is null"
    },
    (id) => {
      const row = newest.get(id)
      const found = open<Found>(row?.found ?? null)
      const reasons = row === undefined || found === null ? [] : reasonsOf(row.evidence, found)
      return [
        { kind: "link", id, text: joined(found?.url, ...(found?.hops ?? []).map(({ url }) => url)) },
        {
          kind: "reason",
          id,
          text: joined(
            ...reasons.map(({ detail, kind, source }) => `${source} ${kind} ${detail ?? ""}`.trimEnd())
          )
        }
      ]
    }
  )
}

const chats = (db: Sqlite, { open }: Open): Source => {
  const name = db
    .prepare<[string], string | null>("select name from chats where chat = ? and stands_in is null")
    .pluck()
  return source(
    db,
    { kinds: ["chat"], id: "chat", table: "chats", cursor: "since", changed: "updated > ?" },
    (id) => [{ kind: "chat", id, text: open<string>(name.get(id) ?? null) }]
  )
}

const contacts = (db: Sqlite, { open }: Open): Source => {
  const sealed = db
    .prepare<[string], string | null>("select card from contacts where contact = ? and status = 'saved'")
    .pluck()
  return source(
    db,
    { kinds: ["contact"], id: "contact", table: "contacts", cursor: "sequence", changed: "updated > ?" },
    (id) => {
      const card = open<ContactCard>(sealed.get(id) ?? null)
      const text =
        card === null ? null : joined(card.name, card.number, ...card.aliases, ...card.tags, card.notes)
      return [{ kind: "contact", id, text }]
    }
  )
}

const jobs = (db: Sqlite, { open }: Open): Source => {
  const sealed = db.prepare<[string], string>("select words from jobs where job = ?").pluck()
  return source(
    db,
    { kinds: ["job"], id: "job", table: "jobs", cursor: "sequence", changed: "updated > ?" },
    (id) => {
      const said = open<JobWords>(sealed.get(id) ?? null)
      return [
        { kind: "job", id, text: joined(said?.title, ...(said?.messages ?? []).map(({ text }) => text)) }
      ]
    }
  )
}

export const sourcesOn = (db: Sqlite, keyring: Open): ReadonlyArray<Source> => [
  chats(db, keyring),
  contacts(db, keyring),
  jobs(db, keyring),
  links(db, keyring)
]
