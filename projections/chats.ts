/** Chats: their names, how they want to be treated, and how much was said in them. */
import {
  type ChatSettings,
  type OwnSettings,
  settingsInForce,
  type ShownSetting,
  shownSettings
} from "../contracts/chat-settings.ts"
import type { ChatId } from "../contracts/ids.ts"
import type { Gateway } from "../contracts/message.ts"
import { type Opener, openingBy } from "../infra/keyring/keyring.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { newestFirst, type Page } from "./paging.ts"
import { readModel } from "./read-model.ts"

/** The chat that stands for one, which is given twice. */
const standing = "coalesce((select stands_in from chats where chat = ?), ?)"

export const chats = readModel({
  name: "chats",
  version: 5,
  tables: [
    {
      name: "all_chats",
      key: "one",
      ddl: `
        create table all_chats (
          one integer primary key check (one = 1), -- what was set for all chats, once anything was
          settings text not null, -- JSON of OwnSettings
          updated integer not null
        ) strict;
      `
    },
    {
      name: "chats",
      key: "chat",
      personal: { columns: ["name"], chat: "chat" },
      ddl: `
        create table chats (
          chat text primary key,
          gateway text, -- null until something was said or named there
          name text, -- sealed; null while unknown and once forgotten
          settings text, -- JSON of OwnSettings: what was set there; null for nothing
          muted_until integer, -- milliseconds since the epoch, like last_at
          messages integer not null,
          last_at integer not null,
          since integer not null, -- the sequence of the first event that told of it
          spoke integer not null, -- the sequence of the last message, or of that first event
          stands_in text, -- the chat that it turned out to be one with; null for one of its own
          updated integer not null
        ) strict, without rowid;
        create index chats_by_stand_in on chats (stands_in) where stands_in is not null;
      `
    }
  ],
  fold: {
    "message.received": (prepare) => {
      const count = prepare<[string, string, number, number, number, number]>(
        `insert into chats (chat, gateway, messages, last_at, since, spoke, updated) values (?, ?, 1, ?, ?, ?, ?)
         on conflict do update set gateway = excluded.gateway, messages = messages + 1, last_at = excluded.last_at,
           spoke = excluded.spoke, updated = excluded.updated
         where updated < excluded.updated`
      )
      return ({ data, sequence, time }) =>
        count.run(data.chat, data.gateway, time, sequence, sequence, sequence)
    },
    "message.renamed": (prepare) => {
      const name = prepare<[string, string, string, number, number, number, number]>(
        `insert into chats (chat, gateway, name, messages, last_at, since, spoke, updated)
         values (?, ?, ?, 0, ?, ?, ?, ?)
         on conflict do update set gateway = excluded.gateway, name = excluded.name, updated = excluded.updated
         where updated < excluded.updated`
      )
      return ({ data, sequence, time }) =>
        name.run(data.chat, data.gateway, data.name, time, sequence, sequence, sequence)
    },
    "message.chat-linked": (prepare) => {
      const join = prepare<[string, string, number, number, number, number]>(
        `insert into chats (chat, stands_in, messages, last_at, since, spoke, updated) values (?, ?, 0, ?, ?, ?, ?)
         on conflict do update set stands_in = excluded.stands_in, updated = excluded.updated
         where updated < excluded.updated`
      )
      const inherit = prepare<[string, number, number, number, number, string]>(
        `insert into chats (chat, settings, muted_until, messages, last_at, since, spoke, updated)
         select ?, settings, muted_until, 0, ?, ?, ?, ? from chats where chat = ?
         on conflict do update set
           settings = coalesce(json_patch(excluded.settings, settings), settings, excluded.settings),
           muted_until = coalesce(max(muted_until, excluded.muted_until), muted_until, excluded.muted_until),
           updated = excluded.updated
         where updated < excluded.updated`
      )
      return ({ data: { chat, same }, sequence, time }) => {
        if (same === chat) return
        join.run(same, chat, time, sequence, sequence, sequence)
        inherit.run(chat, time, sequence, sequence, sequence, same)
      }
    },
    "policy.settings-changed": (prepare) => {
      const set = prepare<[string, string, string, number, number, number, number]>(
        `insert into chats (chat, settings, messages, last_at, since, spoke, updated)
         values (${standing}, ?, 0, ?, ?, ?, ?)
         on conflict do update set settings = excluded.settings, updated = excluded.updated
         where updated < excluded.updated`
      )
      const setForAll = prepare<[string, number]>(
        `insert into all_chats (one, settings, updated) values (1, ?, ?)
         on conflict do update set settings = excluded.settings, updated = excluded.updated
         where updated < excluded.updated`
      )
      return ({ data: { chat, settings }, sequence, time }) =>
        chat === undefined
          ? setForAll.run(JSON.stringify(settings), sequence)
          : set.run(chat, chat, JSON.stringify(settings), time, sequence, sequence, sequence)
    },
    "policy.muted": (prepare) => {
      const mute = prepare<[string, string, number, number, number, number, number]>(
        `insert into chats (chat, muted_until, messages, last_at, since, spoke, updated)
         values (${standing}, ?, 0, ?, ?, ?, ?)
         on conflict do update set muted_until = excluded.muted_until, updated = excluded.updated
         where updated < excluded.updated`
      )
      return ({ data: { chat, until }, sequence, time }) =>
        mute.run(chat, chat, until, time, sequence, sequence, sequence)
    },
    "policy.unmuted": (prepare) => {
      const unmute = prepare<[number, string, string, number]>(
        `update chats set muted_until = null, updated = ? where chat = ${standing} and updated < ?`
      )
      return ({ data: { chat }, sequence }) => unmute.run(sequence, chat, chat, sequence)
    }
  }
})

export interface ChatRow {
  /** What it is ordered by. */
  readonly cursor: number
  readonly chat: ChatId
  /** Null while unknown and once forgotten. */
  readonly name: string | null
  readonly gateway: Gateway | null
  /** In force: the chat's own, else what was set for all chats, else what is built in. */
  readonly settings: ChatSettings
  /** Milliseconds since the epoch; may lie in the past. */
  readonly mutedUntil: number | null
  readonly messages: number
  readonly lastAt: number
}

type Stored = Omit<ChatRow, "settings"> & { readonly settings: string | null }

/** By when they were first told of, or by when something was last said in them. */
type Order = "since" | "spoke"

/** What was said in a chat under an earlier pseudonym counts as said in it. */
const selectBy = (order: Order) => `
  select ${order} as cursor, chat, name, gateway, settings, muted_until as mutedUntil, last_at as lastAt,
    messages + coalesce((select sum(messages) from chats earlier where earlier.stands_in = chats.chat), 0) as messages
  from chats`

export interface ChatFilter extends Page {
  readonly gateway?: Gateway | undefined
  /**
   * The one that spoke last first: what a person looks for. A chat that speaks while somebody goes from page to page moves
   * to the front; by default, by when they were first told of, none does.
   */
  readonly recentFirst?: boolean | undefined
}

const ownSettings = (stored: string | null | undefined): OwnSettings =>
  stored === null || stored === undefined ? {} : (JSON.parse(stored) as OwnSettings)

export const chatQueries = (db: Sqlite, keyring: Opener) => {
  const pageBy = (order: Order) =>
    newestFirst<Stored, "gateway">(db, {
      select: selectBy(order),
      cursor: order,
      always: "stands_in is null",
      filters: { gateway: "gateway = ?" }
    })
  const bySince = pageBy("since")
  const bySpoke = pageBy("spoke")
  const byId = db.prepare<[ChatId], Stored>(`${selectBy("since")} where chat = ?`)
  const own = db
    .prepare<[ChatId, ChatId], string | null>(`select settings from chats where chat = ${standing}`)
    .pluck()
  const forAll = db.prepare<[], string>("select settings from all_chats").pluck()
  const opened = (open: Opener["open"], row: Stored, settings: OwnSettings): ChatRow => ({
    ...row,
    name: open<string>(row.name),
    settings: settingsInForce(settings, ownSettings(row.settings))
  })
  return {
    /** Chats, each under the id that stands for it. */
    list: ({ gateway, recentFirst = false, ...place }: ChatFilter = {}): ReadonlyArray<ChatRow> => {
      const settings = ownSettings(forAll.get())
      const rows = (recentFirst ? bySpoke : bySince)(place, { gateway })
      const open = openingBy(keyring)
      return rows.map((row) => opened(open, row, settings))
    },
    /** One chat. */
    get: (chat: ChatId): ChatRow | undefined => {
      const row = byId.get(chat)
      return row === undefined ? undefined : opened(keyring.open, row, ownSettings(forAll.get()))
    },
    /** Every setting of a chat, and where its value comes from; of what holds for all chats without one. */
    settings: (chat: ChatId | undefined): ReadonlyArray<ShownSetting> =>
      shownSettings(ownSettings(forAll.get()), chat === undefined ? {} : ownSettings(own.get(chat, chat)))
  }
}
