/** People under their pseudonyms: what they said, where they are members and admins, and where they opted out. */
import type { ChatId, PersonId } from "../contracts/ids.ts"
import type { Who } from "../contracts/message.ts"
import { type Opener, openingBy } from "../infra/keyring/keyring.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { newestFirst, type Page } from "./paging.ts"
import { type Prepare, readModel } from "./read-model.ts"
import { placeOf } from "./verdicts.ts"

/** Somebody is known from the first event that names them. What came before it was not about their row, and what it says itself may be. */
const meeting = (prepare: Prepare) => {
  const meet = prepare<[string, number, number, number]>(
    `insert into people (person, since, messages, links, first_at, updated) values (?, ?, 0, 0, ?, ?)
     on conflict do nothing`
  )
  return (
    { sequence, time }: { readonly sequence: number; readonly time: number },
    people: ReadonlyArray<string>
  ): void => {
    for (let index = 0; index < people.length; index++)
      meet.run(people[index]!, placeOf(sequence) + index, time, sequence - 1)
  }
}

/** Where somebody is a member of a chat, or an admin of it, from an event on. */
const placing = (prepare: Prepare, member: 0 | 1, admin: "0" | "1" | "admin") => {
  const put = prepare<[string, string, number]>(
    `insert into members (chat, person, member, admin, updated) values (?, ?, ${member}, ${admin === "1" ? 1 : 0}, ?)
     on conflict (chat, person) do update set member = excluded.member, admin = ${admin}, updated = excluded.updated
     where updated < excluded.updated`
  )
  return (chat: ChatId, people: ReadonlyArray<PersonId>, sequence: number): void => {
    for (const person of people) put.run(chat, person, sequence)
  }
}

const withAuthor = (people: ReadonlyArray<PersonId>, by: PersonId | undefined) =>
  by === undefined ? people : [...people, by]

export const people = readModel({
  name: "people",
  version: 1,
  tables: [
    {
      name: "people",
      key: "person",
      ddl: `
        create table people (
          person text primary key,
          since integer not null unique, -- the place of what first named them
          messages integer not null,
          links integer not null, -- that they posted
          first_at integer not null, -- milliseconds since the epoch, like last_at
          last_at integer, -- of their last message; null where they said nothing
          stands_in text, -- who they turned out to be; null for somebody of their own
          forgotten integer not null default 0,
          updated integer not null
        ) strict, without rowid;
        create index people_by_stand_in on people (stands_in) where stands_in is not null;
      `
    },
    {
      name: "members",
      key: "chat, person",
      ddl: `
        create table members ( -- of groups, as far as events told
          chat text not null,
          person text not null,
          member integer not null, -- 0 once they left
          admin integer not null,
          updated integer not null,
          primary key (chat, person)
        ) strict, without rowid;
        create index members_by_person on members (person, chat);
      `
    }
  ],
  fold: {
    "message.received": (prepare) => {
      const count = prepare<[string, number, number, number, number, number]>(
        `insert into people (person, since, messages, links, first_at, last_at, updated) values (?, ?, 1, ?, ?, ?, ?)
         on conflict do update set messages = messages + 1, links = links + excluded.links,
           last_at = excluded.last_at, updated = excluded.updated
         where updated < excluded.updated`
      )
      return ({ data: { links, sender }, sequence, time }) =>
        void count.run(sender, placeOf(sequence), links.length, time, time, sequence)
    },
    "message.edited": (prepare) => {
      const meet = meeting(prepare)
      return (event) => meet(event, [event.data.sender])
    },
    "message.reacted": (prepare) => {
      const meet = meeting(prepare)
      return (event) => meet(event, [event.data.sender])
    },
    "message.unreadable": (prepare) => {
      const meet = meeting(prepare)
      return (event) => meet(event, [event.data.sender])
    },
    "message.joined": (prepare) => {
      const meet = meeting(prepare)
      const join = placing(prepare, 1, "admin")
      return (event) => {
        const { by, chat, people: who } = event.data
        meet(event, withAuthor(who, by))
        join(chat, who, event.sequence)
      }
    },
    "message.left": (prepare) => {
      const meet = meeting(prepare)
      const leave = placing(prepare, 0, "0")
      return (event) => {
        const { by, chat, people: who } = event.data
        meet(event, withAuthor(who, by))
        leave(chat, who, event.sequence)
      }
    },
    "message.admins-changed": (prepare) => {
      const meet = meeting(prepare)
      const raise = placing(prepare, 1, "1")
      const lower = placing(prepare, 1, "0")
      return (event) => {
        const { added, by, chat, removed } = event.data
        meet(event, withAuthor([...added, ...removed], by))
        raise(chat, added, event.sequence)
        lower(chat, removed, event.sequence)
      }
    },
    "message.person-linked": (prepare) => {
      const meet = meeting(prepare)
      // Whoever was found to be `same` before is found to be `person` with them, and nobody stands in for themselves.
      const join = prepare(
        `update people set updated = :sequence,
           stands_in = nullif(coalesce((select stands_in from people where person = :person), :person), person)
         where (person = :same or stands_in = :same) and updated < :sequence`
      )
      return (event) => {
        const { person, same } = event.data
        meet(event, [person, same])
        if (person !== same) join.run({ person, same, sequence: event.sequence })
      }
    },
    "policy.opted-out": (prepare) => {
      const meet = meeting(prepare)
      return (event) => meet(event, [event.data.person])
    },
    "session.call-rejected": (prepare) => {
      const meet = meeting(prepare)
      return (event) => meet(event, [event.data.caller])
    },
    "erasure.completed": (prepare) => {
      const forget = prepare<[number, string, number]>(
        "update people set forgotten = 1, updated = ? where person = ? and updated < ?"
      )
      return ({ data: { subject }, sequence }) => void forget.run(sequence, subject, sequence)
    }
  }
})

interface Shared {
  readonly cursor: number
  readonly person: PersonId
  /** What they said, and the links in it, under this pseudonym and those that turned out to be theirs. */
  readonly messages: number
  readonly links: number
  /** When they were first told of, and when they spoke last, milliseconds since the epoch. */
  readonly firstAt: number
  readonly lastAt: number | null
}

export interface PersonRow extends Shared {
  /** As their newest message had it; null where they said nothing, and once forgotten. */
  readonly name: string | null
  readonly forgotten: boolean
  /** Groups whose events told that they came in or became admins, and not that they left. */
  readonly memberOf: ReadonlyArray<ChatId>
  readonly adminOf: ReadonlyArray<ChatId>
  /** Chats in which they are not read because they said so. */
  readonly optedOutOf: ReadonlyArray<ChatId>
}

interface Stored extends Shared {
  readonly forgotten: number
}

export interface PersonFilter extends Page {
  /** Members of a group. */
  readonly memberOf?: ChatId | undefined
  /** Admins of a group. */
  readonly adminOf?: ChatId | undefined
  /** Whoever is not read in a chat because they said so. */
  readonly optedOutOf?: ChatId | undefined
}

/** Whom some rows are about, under the pseudonym that stands for them. */
const amongThose = (table: string, isTrue: string) =>
  `p.person in (select coalesce(who.stands_in, who.person)
    from ${table} told join people who on who.person = told.person where told.chat = ? and told.${isTrue} = 1)`

const select = `
  select p.since as cursor, p.person, p.forgotten, p.first_at as firstAt,
    p.messages + coalesce((select sum(messages) from people where stands_in = p.person), 0) as messages,
    p.links + coalesce((select sum(links) from people where stands_in = p.person), 0) as links,
    nullif(max(coalesce(p.last_at, 0),
      coalesce((select max(last_at) from people where stands_in = p.person), 0)), 0) as lastAt
  from people p`

/** The pseudonyms of one person, in a query with their id twice. */
const pseudonyms = "(select ? union select person from people where stands_in = ?)"

export const peopleQueries = (db: Sqlite, keyring: Opener) => {
  const page = newestFirst<Stored, "memberOf" | "adminOf" | "optedOutOf">(db, {
    select,
    cursor: "p.since",
    always: "p.stands_in is null",
    filters: {
      memberOf: amongThose("members", "member"),
      adminOf: amongThose("members", "admin"),
      optedOutOf: amongThose("opt_outs", "out")
    }
  })
  const chatsWhere = (condition: string) =>
    db
      .prepare<[PersonId, PersonId], ChatId>(
        `select distinct chat from ${condition} and person in ${pseudonyms} order by chat`
      )
      .pluck()
  const memberOf = chatsWhere("members where member = 1")
  const adminOf = chatsWhere("members where admin = 1")
  const optedOutOf = chatsWhere("opt_outs where out = 1")
  const identities = db.prepare<[PersonId, PersonId], PersonId>(`select * from ${pseudonyms}`).pluck()
  const signed = db
    .prepare<[PersonId], string>(
      "select who from messages where sender = ? and who is not null order by sequence desc limit 1"
    )
    .pluck()
  const nameOf = (open: Opener["open"], person: PersonId): string | null => {
    for (const identity of identities.all(person, person)) {
      const who = open<Who>(signed.get(identity) ?? null)
      if (who !== null) return who.name
    }
    return null
  }
  return {
    /** People, whoever was told of last first. */
    list: ({
      adminOf: admins,
      memberOf: members,
      optedOutOf: out,
      ...place
    }: PersonFilter = {}): ReadonlyArray<PersonRow> => {
      const open = openingBy(keyring)
      return page(place, { memberOf: members, adminOf: admins, optedOutOf: out }).map((row) => ({
        ...row,
        forgotten: row.forgotten === 1,
        name: row.forgotten === 1 ? null : nameOf(open, row.person),
        memberOf: memberOf.all(row.person, row.person),
        adminOf: adminOf.all(row.person, row.person),
        optedOutOf: optedOutOf.all(row.person, row.person)
      }))
    }
  }
}
