/** The outbox: what is to be said, and what became of it. */
import type { ChatId, MessageKey, OutboxId, WhatsAppId } from "../contracts/ids.ts"
import type { Gateway } from "../contracts/message.ts"
import type {
  MediaReference,
  OutboxBody,
  OutboxKind,
  Priority,
  ReceiptLevel,
  WireKind
} from "../contracts/outbox.ts"
import { entryQueuedBy, type Queueing } from "../contracts/queued-entry.ts"
import type { KeyringService } from "../infra/keyring/keyring.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { newestFirst, type Page } from "./paging.ts"
import { type Prepare, readModel } from "./read-model.ts"

export type OutboxStatus = "queued" | "claimed" | "sent" | "failed" | "cancelled"

/** Whoever asks may ask twice; the first time counts, and the second may even carry other words. */
const queueing = (prepare: Prepare) => {
  const put = prepare(
    `insert into outbox (sequence, outbox, chat, gateway, kind, priority, message, sender, target, not_before,
       status, attempt, queued_at, last_at, body, updated)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, ?, ?, ?, ?) on conflict do nothing`
  )
  return (event: Queueing) => {
    const entry = entryQueuedBy(event)
    if (entry === undefined) return
    const { body, chat, gateway, kind, message, notBefore, outbox, priority, sender, target } = entry
    put.run(
      event.sequence,
      outbox,
      chat,
      gateway,
      kind,
      priority,
      message ?? null,
      sender ?? null,
      target ?? null,
      notBefore ?? null,
      event.time,
      event.time,
      body,
      event.sequence
    )
  }
}

const countOneMore = `
  insert into outbox_counts (status, count) values (new.status, 1) on conflict do update set count = count + 1;`

export const outbox = readModel({
  name: "outbox",
  version: 5,
  tables: [
    {
      name: "outbox_counts",
      key: "status",
      ddl: `
        create table outbox_counts (status text primary key, count integer not null) strict, without rowid; -- by triggers
      `
    },
    {
      name: "outbox",
      key: "sequence",
      personal: { columns: ["body"], chat: "chat", person: "sender" },
      ddl: `
        create table outbox (
          sequence integer primary key, -- of the event that queued it
          outbox text not null unique,
          chat text not null,
          gateway text not null,
          kind text not null,
          priority text not null,
          message text, -- that it answers
          sender text, -- of that message
          target text, -- the entry that it corrects or takes back
          not_before integer, -- milliseconds since the epoch, like queued_at and last_at
          status text not null,
          whatsapp text, -- the id that the outside sees, from the claim on
          wire text, -- what really goes out, from the claim on
          target_whatsapp text,
          attempt integer not null,
          reason text, -- why it failed or was cancelled
          unresolved_since integer, -- since when nobody knows whether it left
          level text, -- how far it came since it was sent
          level_at integer,
          queued_at integer not null,
          last_at integer not null,
          body text, -- sealed OutboxBody; null once forgotten
          updated integer not null
        ) strict;
        create index outbox_by_chat on outbox (chat, sequence);
        create index outbox_by_status on outbox (status, sequence);
        create trigger outbox_counted after insert on outbox begin
          ${countOneMore}
        end;
        create trigger outbox_counted_anew after update of status on outbox when old.status <> new.status begin
          update outbox_counts set count = count - 1 where status = old.status;
          ${countOneMore}
        end;
        create index outbox_by_sender on outbox (sender) where sender is not null; -- to forget a person
      `
    }
  ],
  fold: {
    "outbox.queued": queueing,
    "verdict.decided": queueing,
    "verdict.revised": queueing,
    "verdict.withdrawn": queueing,
    "verdict.summarised": queueing,
    "outbox.claimed": (prepare) => {
      const claim = prepare(
        `update outbox set status = 'claimed', whatsapp = ?, wire = ?, target_whatsapp = ?, attempt = ?, reason = null,
           unresolved_since = null, last_at = ?, updated = ? where outbox = ? and updated < ?`
      )
      return ({ data: { attempt, outbox, targetWhatsApp, whatsApp, wire }, sequence, time }) =>
        claim.run(whatsApp, wire, targetWhatsApp ?? null, attempt, time, sequence, outbox, sequence)
    },
    "outbox.sent": (prepare) => {
      const send = prepare(
        `update outbox set status = 'sent', whatsapp = ?, wire = ?, attempt = ?, unresolved_since = null, last_at = ?,
           updated = ? where outbox = ? and updated < ?`
      )
      return ({ data: { at, attempt, outbox, whatsApp, wire }, sequence }) =>
        send.run(whatsApp, wire, attempt, at, sequence, outbox, sequence)
    },
    "outbox.stepped": (prepare) => {
      const step = prepare(
        `update outbox set status = 'queued', whatsapp = ?, wire = ?, attempt = ?, reason = ?, unresolved_since = null,
           last_at = ?, updated = ? where outbox = ? and status = 'claimed' and whatsapp = ? and updated < ?`
      )
      return ({ data: { at, attempt, outbox, reason, whatsApp, wire }, sequence }) =>
        step.run(whatsApp, wire, attempt, reason ?? null, at, sequence, outbox, whatsApp, sequence)
    },
    "outbox.unresolved": (prepare) => {
      const doubt = prepare(
        "update outbox set unresolved_since = ?, updated = ? where outbox = ? and status = 'claimed' and updated < ?"
      )
      return ({ data: { outbox, since }, sequence }) => doubt.run(since, sequence, outbox, sequence)
    },
    "outbox.acknowledged": (prepare) => {
      const come = prepare(
        "update outbox set level = ?, level_at = ?, updated = ? where outbox = ? and updated < ?"
      )
      return ({ data: { messages }, sequence }) => {
        for (const { at, level, outbox } of messages) come.run(level, at, sequence, outbox, sequence)
      }
    },
    "outbox.failed": (prepare) => {
      const fail = prepare(
        `update outbox set status = 'failed', whatsapp = ?, attempt = ?, reason = ?, unresolved_since = null,
           last_at = ?, updated = ? where outbox = ? and updated < ?`
      )
      return ({ data: { attempt, outbox, reason, whatsApp }, sequence, time }) =>
        fail.run(whatsApp, attempt, reason, time, sequence, outbox, sequence)
    },
    "outbox.cancelled": (prepare) => {
      const cancel = prepare(
        `update outbox set status = 'cancelled', reason = ?, last_at = ?, updated = ? where outbox = ? and updated < ?`
      )
      return ({ data: { outbox, reason }, sequence, time }) =>
        cancel.run(reason, time, sequence, outbox, sequence)
    }
  }
})

interface Shared {
  readonly cursor: number
  readonly outbox: OutboxId
  readonly chat: ChatId
  readonly gateway: Gateway
  readonly kind: OutboxKind
  readonly priority: Priority
  /** The message that it answers. */
  readonly message: MessageKey | null
  /** The entry that it corrects or takes back. */
  readonly target: OutboxId | null
  readonly notBefore: number | null
  readonly status: OutboxStatus
  readonly whatsApp: WhatsAppId | null
  readonly wire: WireKind | null
  readonly targetWhatsApp: WhatsAppId | null
  readonly attempt: number
  /** Why it failed or was cancelled. */
  readonly reason: string | null
  /** Since when nobody knows whether it left. */
  readonly unresolvedSince: number | null
  /** How far it came with one of its readers at least, and when. */
  readonly level: ReceiptLevel | null
  readonly levelAt: number | null
  readonly queuedAt: number
  readonly lastAt: number
}

export interface OutboxRow extends Shared {
  /** Null once forgotten. */
  readonly text: string | null
  /** The file whose caption the text is. */
  readonly media: MediaReference | null
  /** The id, given by its sender, of the message that it quotes. */
  readonly quotes: string | null
}

interface Stored extends Shared {
  readonly body: string | null
}

export interface OutboxFilter extends Page {
  readonly chat?: ChatId | undefined
  readonly status?: OutboxStatus | undefined
}

const select = `
  select sequence as cursor, outbox, chat, gateway, kind, priority, message, target, not_before as notBefore, status,
    whatsapp as whatsApp, wire, target_whatsapp as targetWhatsApp, attempt, reason,
    unresolved_since as unresolvedSince, level, level_at as levelAt, queued_at as queuedAt, last_at as lastAt, body
  from outbox`

export const outboxQueries = (db: Sqlite, keyring: Pick<KeyringService, "open">) => {
  const page = newestFirst<Stored, "chat" | "status">(db, {
    select,
    cursor: "sequence",
    filters: { chat: "chat = ?", status: "status = ?" }
  })
  const byId = db.prepare<[OutboxId], Stored>(`${select} where outbox = ?`)
  const opened = ({ body, ...row }: Stored): OutboxRow => {
    const words = keyring.open<OutboxBody>(body)
    return { ...row, text: words?.text ?? null, media: words?.media ?? null, quotes: words?.quotes ?? null }
  }
  return {
    /** Entries, those queued last first. */
    list: ({ chat, status, ...place }: OutboxFilter): ReadonlyArray<OutboxRow> =>
      page(place, { chat, status }).map(opened),
    /** One entry. */
    get: (outbox: OutboxId): OutboxRow | undefined => {
      const row = byId.get(outbox)
      return row === undefined ? undefined : opened(row)
    }
  }
}
