/** Links: a row for each that was ever posted, with what it is held to be now and how often it was seen. */
import type { LinkId } from "../contracts/ids.ts"
import { Level } from "../contracts/level.ts"
import type { Said } from "../contracts/message.ts"
import type { Found, MissingEvidence } from "../contracts/scan.ts"
import { type Opener, openingBy } from "../infra/keyring/keyring.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { newestFirst, type Page } from "./paging.ts"
import { readModel } from "./read-model.ts"
import { missingOf } from "./scans.ts"
import { linksPerEventMax } from "./verdicts.ts"

const severityOf = (column: string): string =>
  `case ${column} ${Level.literals.map((level, severity) => `when '${level}' then ${severity}`).join(" ")} end`

/** Who is asked again makes nothing better until all have been heard: what was found before holds until then. */
export const links = readModel({
  name: "links",
  version: 2,
  tables: [
    {
      name: "links",
      key: "link",
      // A trigger fires where a row really is new: what is folded again counts once.
      ddl: `
        create table links (
          link text primary key,
          since integer not null unique, -- the place of what told of it first: a sighting, or a result
          sightings integer not null, -- messages that brought it
          first_at integer not null, -- milliseconds since the epoch, like last_at
          last_at integer not null,
          scan integer, -- the sequence of the result that holds; null while there is none
          level text -- of that result
        ) strict, without rowid;
        create index links_by_level on links (level, since) where level is not null;
        create trigger links_seen after insert on sightings begin
          insert into links (link, since, sightings, first_at, last_at)
          values (new.link, new.place, 1, new.first_at, new.first_at)
          on conflict do update set sightings = sightings + 1, last_at = excluded.last_at;
        end;
        create trigger links_scanned after insert on scans begin
          insert into links (link, since, sightings, first_at, last_at, scan, level)
          values (new.link, new.sequence * ${linksPerEventMax}, 0, new.at, new.at, new.sequence, new.level)
          on conflict do update set scan = excluded.scan, level = excluded.level
          where new.partial = 0 or level is null or ${severityOf("level")} <= ${severityOf("new.level")};
        end;
      `
    }
  ],
  fold: {}
})

interface Shared {
  readonly cursor: number
  readonly link: LinkId
  /** Messages that brought it. */
  readonly sightings: number
  /** When it was posted first and last, milliseconds since the epoch, like the times of the result that holds. */
  readonly firstAt: number
  readonly lastAt: number
  /** The sequence of the result that holds; null while there is none, like what that says. */
  readonly scan: number | null
  readonly level: Level | null
  /** Decibans. */
  readonly score: number | null
  readonly probability: number | null
  readonly ruleSet: string | null
  readonly scannedAt: number | null
  readonly validUntil: number | null
}

export interface LinkRow extends Shared {
  /** Null once forgotten in every chat that it was posted in. */
  readonly url: string | null
  readonly missing: ReadonlyArray<MissingEvidence>
}

interface Stored extends Shared {
  readonly found: string | null
  readonly missing: string | null
}

export interface LinkFilter extends Page {
  readonly level?: Level | undefined
}

const select = `
  select l.since as cursor, l.link, l.sightings, l.first_at as firstAt, l.last_at as lastAt, l.scan, l.level,
    s.score, s.probability, s.rule_set as ruleSet, s.at as scannedAt, s.valid_until as validUntil, s.missing, s.found
  from links l left join scans s on s.sequence = l.scan`

export const linkQueries = (db: Sqlite, keyring: Opener) => {
  const page = newestFirst<Stored, "level">(db, {
    select,
    cursor: "l.since",
    filters: { level: "l.level = ?" }
  })
  // Whose message brought the newest result may be forgotten while others who posted the link are not.
  const readable = db
    .prepare<[LinkId], string>(
      "select found from scans where link = ? and found is not null order by sequence desc limit 1"
    )
    .pluck()
  const said = db
    .prepare<[LinkId], string>(
      `select m.said from sightings s join messages m on m.message = s.message
       where s.link = ? and m.said is not null order by s.place desc limit 1`
    )
    .pluck()
  const urlOf = (open: Opener["open"], link: LinkId, found: string | null): string | null =>
    open<Found>(found)?.url ??
    open<Found>(readable.get(link) ?? null)?.url ??
    open<Said>(said.get(link) ?? null)?.links.find((it) => it.link === link)?.url ??
    null
  return {
    /** Links, those posted for the first time last first. */
    list: ({ level, ...place }: LinkFilter = {}): ReadonlyArray<LinkRow> => {
      const open = openingBy(keyring)
      return page(place, { level }).map(({ found, missing, ...row }) => ({
        ...row,
        url: urlOf(open, row.link, found),
        missing: missingOf(missing)
      }))
    }
  }
}
