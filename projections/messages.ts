/** Messages as they stand now: edited, revoked, and with what became of their links. */
import type { Gateway, Said, Who } from "../contracts/message.ts"
import type { ChatId, LinkId, MessageKey, PersonId } from "../contracts/ids.ts"
import type { Level } from "../contracts/level.ts"
import { type Opener, openingBy } from "../infra/keyring/keyring.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { newestFirst, type Page } from "./paging.ts"
import { readModel } from "./read-model.ts"
import type { VerdictStatus } from "./verdicts.ts"

export const messages = readModel({
  name: "messages",
  version: 2,
  tables: [
    {
      name: "messages",
      key: "sequence",
      personal: { columns: ["said", "who"], chat: "chat", person: "sender" },
      ddl: `
        create table messages (
          sequence integer primary key, -- of the event that first told of it: lists are in the order of the log
          message text not null unique,
          chat text not null,
          sender text not null,
          gateway text not null,
          arrival text, -- null where only an edit of the message ever arrived
          sent_at integer, -- as its sender's clock had it, milliseconds since the epoch
          edited_at integer,
          revoked_at integer,
          at integer not null, -- when it came into the log, milliseconds since the epoch
          said text, -- sealed Said; null once forgotten
          who text, -- sealed Who; null once forgotten
          unread text, -- JSON: parts of it that could not be read; null where there are none
          updated integer not null
        ) strict;
        create index messages_by_chat on messages (chat, sequence);
        create index messages_by_sender on messages (sender); -- to forget a person
        create index messages_partly_read on messages (sequence) where unread is not null;
      `
    },
    {
      name: "reactions",
      key: "message, sender",
      personal: { columns: ["reaction"], chat: "chat", person: "sender" },
      ddl: `
        create table reactions (
          message text not null,
          sender text not null,
          chat text not null,
          reaction text, -- sealed; null once taken back, and once forgotten
          updated integer not null,
          primary key (message, sender)
        ) strict, without rowid;
        create index reactions_by_chat on reactions (chat); -- to forget a chat
        create index reactions_by_sender on reactions (sender); -- to forget a person
      `
    }
  ],
  fold: {
    "message.received": (prepare) => {
      const put = prepare(
        `insert into messages (sequence, message, chat, sender, gateway, arrival, sent_at, at, said, who, unread, updated)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (message) do update set -- an edit of it came first: its words are the newer ones
           arrival = excluded.arrival, sent_at = excluded.sent_at, who = excluded.who,
           updated = max(updated, excluded.updated)
         where arrival is null and sequence < excluded.sequence
         on conflict do nothing`
      )
      return ({ data, sequence, time }) => {
        const { arrival, chat, gateway, message, said, sender, sentAt, unread, who } = data
        const missed = partsOf(unread)
        put.run(sequence, message, chat, sender, gateway, arrival, sentAt, time, said, who, missed, sequence)
      }
    },
    "message.edited": (prepare) => {
      const put = prepare(
        `insert into messages (sequence, message, chat, sender, gateway, edited_at, at, said, unread, updated)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (message) do update set
           said = excluded.said, edited_at = excluded.edited_at, unread = excluded.unread, updated = excluded.updated
         where updated < excluded.updated`
      )
      return ({ data, sequence, time }) => {
        const { chat, editedAt, gateway, message, said, sender, unread } = data
        put.run(sequence, message, chat, sender, gateway, editedAt, time, said, partsOf(unread), sequence)
      }
    },
    "message.revoked": (prepare) => {
      const mark = prepare<[number, number, string, number]>(
        "update messages set revoked_at = ?, updated = ? where message = ? and updated < ?"
      )
      return ({ data, sequence }) => void mark.run(data.revokedAt, sequence, data.message, sequence)
    },
    "message.reacted": (prepare) => {
      const put = prepare(
        `insert into reactions (message, sender, chat, reaction, updated) values (?, ?, ?, ?, ?)
         on conflict do update set reaction = excluded.reaction, updated = excluded.updated
         where updated < excluded.updated`
      )
      return ({ data: { chat, message, reaction, removed, sender }, sequence }) =>
        put.run(message, sender, chat, removed ? null : reaction, sequence)
    },
    "message.chat-linked": (prepare) => {
      // What was said before it was learnt moves; later rows say for themselves where they belong.
      const move = prepare<[string, string, number]>(
        "update messages set chat = ? where chat = ? and sequence < ?"
      )
      return ({ data: { chat, same }, sequence }) => void move.run(chat, same, sequence)
    }
  }
})

const partsOf = (unread: ReadonlyArray<string> | undefined): string | null =>
  unread === undefined ? null : JSON.stringify(unread)

/** A link as it stands in a message, with what it is held to be. */
export interface MessageLink {
  readonly link: LinkId
  readonly url: string
  /** UTF-16 code units into the text. */
  readonly start: number
  readonly end: number
  readonly level: Level | null
  readonly status: VerdictStatus | null
}

export interface MessageRow {
  readonly cursor: number
  readonly message: MessageKey
  readonly chat: ChatId
  readonly sender: PersonId
  /** Null once forgotten, like `text` and `whatsAppId`. */
  readonly senderName: string | null
  readonly gateway: Gateway
  readonly arrival: "live" | "replayed" | "imported" | null
  readonly sentAt: number | null
  readonly editedAt: number | null
  readonly revokedAt: number | null
  readonly at: number
  readonly text: string | null
  readonly whatsAppId: string | null
  readonly links: ReadonlyArray<MessageLink>
  /** What others reacted with, each by one of them. */
  readonly reactions: ReadonlyArray<string>
}

interface Stored {
  readonly cursor: number
  readonly message: MessageKey
  readonly chat: ChatId
  readonly sender: PersonId
  readonly gateway: Gateway
  readonly arrival: MessageRow["arrival"]
  readonly sentAt: number | null
  readonly editedAt: number | null
  readonly revokedAt: number | null
  readonly at: number
  readonly said: string | null
  readonly who: string | null
}

interface Outcome {
  readonly message: MessageKey
  readonly link: LinkId
  readonly level: Level | null
  readonly status: VerdictStatus
}

interface Reaction {
  readonly message: MessageKey
  readonly reaction: string
}

export const messageQueries = (db: Sqlite, keyring: Opener) => {
  const page = newestFirst<Stored, "chat">(db, {
    select: `select sequence as cursor, message, chat, sender, gateway, arrival, sent_at as sentAt,
      edited_at as editedAt, revoked_at as revokedAt, at, said, who from messages`,
    cursor: "sequence",
    filters: { chat: "chat = ?" }
  })
  // Asked for a whole page at once: by itself each message would cost as much as opening its words.
  const those = "message in (select value from json_each(?))"
  const outcomes = db.prepare<[string], Outcome>(
    `select message, link, level, status from sightings where ${those}`
  )
  const reactions = db.prepare<[string], Reaction>(
    `select message, reaction from reactions where ${those} and reaction is not null order by updated`
  )

  const opened = (rows: ReadonlyArray<Stored>): ReadonlyArray<MessageRow> => {
    const open = openingBy(keyring)
    const keys = JSON.stringify(rows.map(({ message }) => message))
    const outcomesOf = Map.groupBy(outcomes.all(keys), ({ message }) => message)
    const reactionsOf = Map.groupBy(reactions.all(keys), ({ message }) => message)
    return rows.map(({ said, who, ...row }) => {
      const words = open<Said>(said)
      const found = outcomesOf.get(row.message)
      const links = (words?.links ?? []).map(({ end, link, start, url }) => {
        const outcome = found?.find((it) => it.link === link)
        return { link, url, start, end, level: outcome?.level ?? null, status: outcome?.status ?? null }
      })
      return {
        ...row,
        senderName: open<Who>(who)?.name ?? null,
        text: words?.text ?? null,
        whatsAppId: words?.whatsAppId ?? null,
        links,
        reactions: (reactionsOf.get(row.message) ?? [])
          .map(({ reaction }) => open<string>(reaction))
          .filter((text) => text !== null)
      }
    })
  }

  return {
    /** The messages of a chat, newest first. */
    list: (chat: ChatId, options: Page): ReadonlyArray<MessageRow> => opened(page(options, { chat }))
  }
}
