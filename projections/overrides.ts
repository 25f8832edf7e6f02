/** Overrides: what is allowed or denied, where, by whom and until when. */
import type { ChatId, HostId, LinkId, OverrideId } from "../contracts/ids.ts"
import type { OverrideEffect, OverrideMatch, OverrideWords } from "../contracts/policy.ts"
import type { KeyringService } from "../infra/keyring/keyring.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { newestFirst, type Page, pageRowsMax } from "./paging.ts"
import { type Prepare, readModel } from "./read-model.ts"

export type OverrideStatus = "active" | "removed" | "expired"

const ending = (prepare: Prepare, status: OverrideStatus) =>
  prepare(
    `update overrides set status = '${status}', ended_by = ?, ended_at = ?, updated = ? where override = ? and updated < ?`
  )

export const overrides = readModel({
  name: "overrides",
  version: 1,
  tables: [
    {
      name: "overrides",
      key: "sequence",
      personal: { columns: ["words"], chat: "chat" },
      ddl: `
        create table overrides (
          sequence integer primary key, -- of the event that first set it
          override text not null unique,
          chat text, -- null where it holds everywhere
          match text not null,
          token text not null, -- LinkId or HostId that it was set with; each erasure gives it another one beside
          effect text not null,
          expires_at integer, -- milliseconds since the epoch, like set_at and ended_at
          status text not null,
          set_by text not null,
          set_at integer not null,
          ended_by text,
          ended_at integer,
          words text, -- sealed OverrideWords; null once forgotten
          updated integer not null
        ) strict;
        create index overrides_by_chat on overrides (chat, sequence);
        create index overrides_by_status on overrides (status, sequence);
      `
    }
  ],
  fold: {
    "policy.override-set": (prepare) => {
      const set = prepare(
        `insert into overrides (sequence, override, chat, match, token, effect, expires_at, status, set_by, set_at,
           words, updated)
         values (?, ?, ?, ?, ?, ?, ?, 'active', ?, ?, ?, ?)
         on conflict (override) do update set chat = excluded.chat, match = excluded.match, token = excluded.token,
           effect = excluded.effect, expires_at = excluded.expires_at, status = 'active', set_by = excluded.set_by,
           set_at = excluded.set_at, ended_by = null, ended_at = null, words = excluded.words,
           updated = excluded.updated
         where updated < excluded.updated`
      )
      return ({ data, sequence, time }) => {
        const { by, chat, effect, expiresAt, match, override, token, words } = data
        set.run(
          sequence,
          override,
          chat ?? null,
          match,
          token,
          effect,
          expiresAt ?? null,
          by,
          time,
          words,
          sequence
        )
      }
    },
    "policy.override-removed": (prepare) => {
      const end = ending(prepare, "removed")
      return ({ data, sequence, time }) => end.run(data.by, time, sequence, data.override, sequence)
    },
    "policy.override-expired": (prepare) => {
      const end = ending(prepare, "expired")
      return ({ data, sequence, time }) => end.run(null, time, sequence, data.override, sequence)
    }
  }
})

interface Shared {
  readonly cursor: number
  readonly override: OverrideId
  /** Null where it holds everywhere. */
  readonly chat: ChatId | null
  readonly match: OverrideMatch
  readonly token: LinkId | HostId
  readonly effect: OverrideEffect
  readonly expiresAt: number | null
  readonly status: OverrideStatus
  readonly setBy: string
  readonly setAt: number
  /** Null where it ran out by itself, or holds. */
  readonly endedBy: string | null
  readonly endedAt: number | null
}

export interface OverrideRow extends Shared {
  /** The pattern as it was given; null once forgotten. */
  readonly pattern: string | null
  readonly reason: string | null
}

interface Stored extends Shared {
  readonly words: string | null
}

export interface OverrideFilter extends Page {
  /** Those of one chat; the general ones are not among them. */
  readonly chat?: ChatId | undefined
  readonly status?: OverrideStatus | undefined
  /** Those whose pattern or reason has this text, in whatever case. */
  readonly text?: string | undefined
}

/** What a search has found; it went through so many overrides, and there may be more before `next`. */
export interface OverridesFound {
  readonly items: ReadonlyArray<OverrideRow>
  readonly next: number | null
}

/** The most overrides that one search goes through: each has words to be opened, a few thousandths of a millisecond. */
const searchedMax = 2_000

const select = `select sequence as cursor, override, chat, match, token, effect, expires_at as expiresAt, status,
  set_by as setBy, set_at as setAt, ended_by as endedBy, ended_at as endedAt, words from overrides`

export const overrideQueries = (db: Sqlite, keyring: Pick<KeyringService, "open">) => {
  const page = newestFirst<Stored, "chat" | "status">(db, {
    select,
    cursor: "sequence",
    filters: { chat: "chat = ?", status: "status = ?" }
  })
  const active = db.prepare<[], Stored>(`${select} where status = 'active' order by sequence desc`)
  const byId = db.prepare<[OverrideId], Stored>(`${select} where override = ?`)
  const opened = ({ words, ...row }: Stored): OverrideRow => {
    const said = keyring.open<typeof OverrideWords.Type>(words)
    return { ...row, pattern: said?.pattern ?? null, reason: said?.reason ?? null }
  }
  const list = ({ chat, status, ...place }: OverrideFilter): ReadonlyArray<OverrideRow> =>
    page(place, { chat, status }).map(opened)
  const has = ({ pattern, reason }: OverrideRow, text: string): boolean =>
    text === "" || [pattern, reason].some((it) => it?.toLowerCase().includes(text) === true)
  return {
    /** Those that hold, wherever they do. */
    active: (): ReadonlyArray<OverrideRow> => active.all().map(opened),
    get: (override: OverrideId): OverrideRow | undefined => {
      const row = byId.get(override)
      return row === undefined ? undefined : opened(row)
    },
    /** Overrides, those set last first. */
    list,
    /** Overrides whose words have a text. They are sealed, so that each is looked at; a page may be short for that. */
    search: ({ limit, text = "", ...filter }: OverrideFilter): OverridesFound => {
      const wanted = text.toLowerCase()
      const items: Array<OverrideRow> = []
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
