/** Which chats agreed to be read, and who opted out of it. */
import type { ChatId, PersonId } from "../contracts/ids.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { newestFirst, type Page } from "./paging.ts"
import { type Prepare, readModel } from "./read-model.ts"

/** The chat that stands for one, which is given twice; and likewise the person. */
const standing = "coalesce((select stands_in from consents where chat = ?), ?)"
const standingPerson = "coalesce((select stands_in from consent_pseudonyms where person = ?), ?)"

export const consent = readModel({
  name: "consent",
  version: 3,
  tables: [
    {
      name: "consent_rule",
      key: "one",
      ddl: `
        create table consent_rule (
          one integer primary key check (one = 1), -- once anything was said about it
          required integer not null,
          updated integer not null
        ) strict;
      `
    },
    {
      name: "consents",
      key: "chat",
      ddl: `
        create table consents (
          chat text primary key,
          given integer, -- null where the chat said nothing itself
          by text,
          since integer, -- milliseconds since the epoch
          said integer, -- at which place of the log
          stands_in text, -- the chat that it turned out to be one with; null for one of its own
          updated integer not null
        ) strict, without rowid;
      `
    },
    {
      name: "opt_outs",
      key: "chat, person",
      ddl: `
        create table opt_outs (
          chat text not null, -- the one that stands for it, and likewise the person
          person text not null,
          out integer not null,
          since integer not null, -- milliseconds since the epoch
          updated integer not null,
          primary key (chat, person)
        ) strict, without rowid;
        create index opt_outs_by_person on opt_outs (person);
      `
    },
    {
      name: "consent_pseudonyms",
      key: "person",
      ddl: `
        create table consent_pseudonyms (
          person text primary key,
          stands_in text not null, -- who they turned out to be
          updated integer not null
        ) strict, without rowid;
      `
    }
  ],
  fold: {
    "policy.consent-required": (prepare) => {
      const put = prepare<[number, number]>(
        `insert into consent_rule (one, required, updated) values (1, ?, ?)
         on conflict do update set required = excluded.required, updated = excluded.updated
         where updated < excluded.updated`
      )
      return ({ data: { required }, sequence }) => put.run(required ? 1 : 0, sequence)
    },
    "policy.consent-given": (prepare) => {
      const put = prepare<SaidOf>(said(1))
      return ({ data: { by, chat }, sequence, time }) => put.run(chat, chat, by, time, sequence, sequence)
    },
    "policy.consent-withdrawn": (prepare) => {
      const put = prepare<SaidOf>(said(0))
      return ({ data: { by, chat }, sequence, time }) => put.run(chat, chat, by, time, sequence, sequence)
    },
    "policy.opted-out": (prepare) => {
      const put = prepare<OptedOf>(opted(1))
      return ({ data: { chat, person }, sequence, time }) =>
        put.run(chat, chat, person, person, time, sequence)
    },
    "policy.opted-in": (prepare) => {
      const put = prepare<OptedOf>(opted(0))
      return ({ data: { chat, person }, sequence, time }) =>
        put.run(chat, chat, person, person, time, sequence)
    },
    "message.chat-linked": (prepare) => {
      const join = prepare<[string, string, number]>(
        `insert into consents (chat, stands_in, updated) values (?, ?, ?)
         on conflict do update set stands_in = excluded.stands_in, updated = excluded.updated
         where updated < excluded.updated`
      )
      // What either said last holds.
      const inherit = prepare<[string, number, string]>(
        `insert into consents (chat, given, by, since, said, updated)
         select ?, given, by, since, said, ? from consents where chat = ? and given is not null
         on conflict do update set given = excluded.given, by = excluded.by, since = excluded.since,
           said = excluded.said, updated = excluded.updated
         where coalesce(said, 0) < excluded.said and updated < excluded.updated`
      )
      const move = moving(prepare, "chat", "?, person")
      return ({ data: { chat, same }, sequence }) => {
        if (same === chat) return
        join.run(same, chat, sequence)
        inherit.run(chat, sequence, same)
        move(chat, same, sequence)
      }
    },
    "message.person-linked": (prepare) => {
      const join = prepare<[string, string, number]>(
        `insert into consent_pseudonyms (person, stands_in, updated) values (?, ?, ?)
         on conflict do update set stands_in = excluded.stands_in, updated = excluded.updated
         where updated < excluded.updated`
      )
      const move = moving(prepare, "person", "chat, ?")
      return ({ data: { person, same }, sequence }) => {
        if (same === person) return
        join.run(same, person, sequence)
        move(person, same, sequence)
      }
    }
  }
})

type SaidOf = [chat: string, chat: string, by: string, since: number, said: number, updated: number]

function said(given: 0 | 1): string {
  return `insert into consents (chat, given, by, since, said, updated) values (${standing}, ${given}, ?, ?, ?, ?)
    on conflict do update set given = excluded.given, by = excluded.by, since = excluded.since,
      said = excluded.said, updated = excluded.updated
    where updated < excluded.updated`
}

/**
 * Whoever opted out under either of two pseudonyms has done so under the one that stands for both. That somebody did not
 * is taken along, too: what was said before comes again under the one that stands for both, and must find that it is old.
 */
function moving(prepare: Prepare, column: "chat" | "person", key: "?, person" | "chat, ?") {
  const take = prepare<[string, number, string, number]>(
    `insert into opt_outs (chat, person, out, since, updated)
     select ${key}, out, since, ? from opt_outs where ${column} = ? and updated < ?
     on conflict do update set out = max(out, excluded.out), updated = excluded.updated,
       since = iif(excluded.out = 1, max(since, excluded.since), since)
     where updated < excluded.updated`
  )
  const leave = prepare<[number, string, number]>(
    `update opt_outs set out = 0, updated = ? where ${column} = ? and out = 1 and updated < ?`
  )
  return (to: string, from: string, sequence: number): void => {
    take.run(to, sequence, from, sequence)
    leave.run(sequence, from, sequence)
  }
}

type OptedOf = [chat: string, chat: string, person: string, person: string, since: number, updated: number]

function opted(out: 0 | 1): string {
  return `insert into opt_outs (chat, person, out, since, updated)
    values (${standing}, ${standingPerson}, ${out}, ?, ?)
    on conflict do update set out = excluded.out, since = excluded.since, updated = excluded.updated
    where updated < excluded.updated`
}

export interface ConsentRow {
  readonly cursor: number
  readonly chat: ChatId
  readonly given: boolean
  readonly by: string
  /** Milliseconds since the epoch. */
  readonly since: number
}

export interface OptOutRow {
  readonly person: PersonId
  /** Milliseconds since the epoch. */
  readonly since: number
}

interface Stored extends Omit<ConsentRow, "given"> {
  readonly given: number
}

const rowOf = ({ given, ...rest }: Stored): ConsentRow => ({ ...rest, given: given === 1 })

export const consentQueries = (db: Sqlite) => {
  const rule = db.prepare<[], number>("select required from consent_rule").pluck()
  const standingFor = db.prepare<[string], ChatId>("select stands_in from consents where chat = ?").pluck()
  const select = "select updated as cursor, chat, given, by, since from consents"
  const always = "given is not null and stands_in is null"
  const page = newestFirst<Stored>(db, { select, cursor: "updated", always, filters: {} })
  const one = db.prepare<[string], Stored>(`${select} where ${always} and chat = ?`)
  const out = db.prepare<[string], OptOutRow>(
    "select person, since from opt_outs where out = 1 and chat = ? order by since desc, person"
  )
  const placeOf = (chat: ChatId): ChatId => standingFor.get(chat) ?? chat
  return {
    /** Whether chats are read only once they agreed. */
    isRequired: (): boolean => rule.get() === 1,
    /** What chats said, what was said last first. */
    list: (place: Page = {}): ReadonlyArray<ConsentRow> => page(place, {}).map(rowOf),
    /** What a chat last said; `undefined` where it said nothing. */
    of: (chat: ChatId): ConsentRow | undefined => {
      const row = one.get(placeOf(chat))
      return row && rowOf(row)
    },
    /** Who is not read in a chat because they said so, the last first. */
    optOuts: (chat: ChatId): ReadonlyArray<OptOutRow> => out.all(placeOf(chat))
  }
}
