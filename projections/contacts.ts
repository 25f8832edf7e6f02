/** Contacts: the people whom jobs name. */
import type { ContactCard } from "../contracts/contact.ts"
import type { ChatId, ContactId, PersonId } from "../contracts/ids.ts"
import type { KeyringService } from "../infra/keyring/keyring.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { newestFirst, type Page, pageRowsMax } from "./paging.ts"
import { readModel } from "./read-model.ts"

export const contacts = readModel({
  name: "contacts",
  version: 1,
  tables: [
    {
      name: "contacts",
      key: "sequence",
      personal: { columns: ["card"], chat: "chat", person: "person" },
      ddl: `
        create table contacts (
          sequence integer primary key, -- of the event that first saved it
          contact text not null unique,
          person text not null,
          chat text not null,
          status text not null, -- saved, removed or merged
          merged_into text,
          saved_at integer not null, -- milliseconds since the epoch
          card text, -- sealed ContactCard; null once forgotten
          updated integer not null
        ) strict;
        create index contacts_by_status on contacts (status, sequence);
        create index contacts_by_chat on contacts (chat);
        create index contacts_by_person on contacts (person);
      `
    },
    {
      name: "contact_opt_outs",
      key: "chat",
      ddl: `
        create table contact_opt_outs (chat text primary key, out integer not null, updated integer not null) strict;
      `
    }
  ],
  fold: {
    "contact.saved": (prepare) => {
      const put = prepare(
        `insert into contacts (sequence, contact, person, chat, status, saved_at, card, updated)
         values (?, ?, ?, ?, 'saved', ?, ?, ?)
         on conflict (contact) do update set person = excluded.person, chat = excluded.chat, status = 'saved',
           merged_into = null, saved_at = excluded.saved_at, card = excluded.card, updated = excluded.updated
         where updated < excluded.updated`
      )
      return ({ data: { card, chat, contact, person }, sequence, time }) =>
        put.run(sequence, contact, person, chat, time, card, sequence)
    },
    "contact.removed": (prepare) => {
      const remove = prepare(
        "update contacts set status = 'removed', card = null, updated = ? where contact = ? and updated < ?"
      )
      return ({ data: { contact }, sequence }) => remove.run(sequence, contact, sequence)
    },
    "contact.merged": (prepare) => {
      const merge = prepare(
        `update contacts set status = 'merged', merged_into = ?, card = null, updated = ?
         where contact = ? and updated < ?`
      )
      return ({ data: { contact, into }, sequence }) => merge.run(into, sequence, contact, sequence)
    },
    "contact.opted-out": (prepare) => {
      const set = prepare(
        `insert into contact_opt_outs (chat, out, updated) values (?, ?, ?)
         on conflict (chat) do update set out = excluded.out, updated = excluded.updated
         where updated < excluded.updated`
      )
      return ({ data: { chat, out }, sequence }) => set.run(chat, out ? 1 : 0, sequence)
    }
  }
})

interface Shared {
  readonly cursor: number
  readonly contact: ContactId
  readonly person: PersonId
  readonly chat: ChatId
  readonly savedAt: number
}

export interface ContactRow extends Shared {
  readonly optedOut: boolean
  /** Null once forgotten. */
  readonly card: ContactCard | null
}

interface Stored extends Shared {
  readonly optedOut: number
  readonly card: string | null
}

export interface ContactFilter extends Page {
  /** Those whose name, alias, number, tag or note has this text, in whatever case. */
  readonly text?: string | undefined
}

/** What a search has found; it went through so many contacts, and there may be more before `next`. */
export interface ContactsFound {
  readonly items: ReadonlyArray<ContactRow>
  readonly next: number | null
}

/** The most contacts that one search goes through: each has a card to be opened. */
const searchedMax = 5_000

const select = `select sequence as cursor, contact, person, contacts.chat, saved_at as savedAt, card,
  coalesce((select out from contact_opt_outs where contact_opt_outs.chat = contacts.chat), 0) as optedOut from contacts`

const has = ({ card }: ContactRow, text: string): boolean =>
  text === "" ||
  (card !== null &&
    [card.name, card.number, card.notes, ...card.aliases, ...card.tags].some((it) =>
      it.toLowerCase().includes(text)
    ))

export const contactQueries = (db: Sqlite, keyring: Pick<KeyringService, "open">) => {
  const page = newestFirst<Stored, "status">(db, {
    select,
    cursor: "sequence",
    filters: { status: "status = ?" }
  })
  const byId = db.prepare<[ContactId], Stored>(`${select} where contact = ? and status = 'saved'`)
  const opened = ({ card, optedOut, ...row }: Stored): ContactRow => ({
    ...row,
    optedOut: optedOut === 1,
    card: keyring.open<ContactCard>(card)
  })
  const list = (place: Page): ReadonlyArray<ContactRow> => page(place, { status: "saved" }).map(opened)
  return {
    /** Contacts, those saved first last. */
    list,
    get: (contact: ContactId): ContactRow | undefined => {
      const row = byId.get(contact)
      return row === undefined ? undefined : opened(row)
    },
    /** Contacts whose cards have a text. They are sealed, so that each is looked at; a page may be short for that. */
    search: ({ limit, text = "", ...filter }: ContactFilter): ContactsFound => {
      const wanted = text.toLowerCase()
      const items: Array<ContactRow> = []
      let { before } = filter
      for (let searched = 0; searched < searchedMax; searched += pageRowsMax) {
        const rows = list({ ...filter, before, limit: pageRowsMax })
        for (const row of rows) {
          before = row.cursor
          if (has(row, wanted)) items.push(row)
          if (items.length === limit) return { items, next: row.cursor }
        }
        if (rows.length < pageRowsMax) return { items, next: null }
      }
      return { items, next: before ?? null }
    }
  }
}
