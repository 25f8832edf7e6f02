/**
 * How well links are judged, by what lists and services said of them later, and how soon chats are warned. What the
 * numbers mean exactly is in `docs/reference/quality.md`.
 */
import type { LinkId } from "../contracts/ids.ts"
import type { Level } from "../contracts/level.ts"
import type { WeighedEvidence } from "../contracts/scan.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { type Prepare, readModel } from "./read-model.ts"

/** Evidence of these is that somebody else has the link on a list: the judgement of others, which grades ours. */
const listing: ReadonlySet<string> = new Set([
  "feed",
  "safe-browsing",
  "phishtank",
  "urlhaus",
  "openphish",
  "phishing-database",
  "urlscan",
  "virustotal",
  "dns-filter"
])

/** What was on a list once is on none. */
const isListing = ({ kind, source }: WeighedEvidence): boolean => listing.has(source) && kind !== "remembered"

type Warning = [message: string, link: LinkId, outbox: string, sequence: number]

/** The first that was said to a chat of a link in one message. */
const warning = (prepare: Prepare) => {
  const put = prepare<Warning>(
    `insert into warnings (message, link, outbox, sequence) values (?, ?, ?, ?)
     on conflict do update set outbox = excluded.outbox, sequence = excluded.sequence
       where excluded.sequence < sequence`
  )
  return (
    {
      link,
      message,
      notice
    }: { readonly link: LinkId; readonly message: string; readonly notice?: { readonly outbox: string } },
    level: Level,
    sequence: number
  ) => {
    if (notice !== undefined && level !== "benign") put.run(message, link, notice.outbox, sequence)
  }
}

export const quality = readModel({
  name: "quality",
  version: 1,
  tables: [
    {
      name: "listings",
      key: "link",
      ddl: `
        create table listings (
          link text primary key,
          sequence integer not null, -- of the first result by which a list or a service has it
          again text -- null where that is of its first look
        ) strict, without rowid;
        create index listings_later on listings (sequence) where again is not null;
      `
    },
    {
      name: "matches",
      key: "link",
      ddl: `
        create table matches (
          link text primary key,
          sequence integer not null, -- of the first event that told of a list with it
          at integer not null -- when that list was fetched, milliseconds since the epoch
        ) strict, without rowid;
      `
    },
    {
      name: "warnings",
      key: "message, link",
      ddl: `
        create table warnings (
          message text not null,
          link text not null,
          outbox text not null,
          sequence integer not null, -- of the verdict
          primary key (message, link)
        ) strict, without rowid;
        create index warnings_by_sequence on warnings (sequence);
      `
    }
  ],
  fold: {
    "scan.completed": (prepare) => {
      const put = prepare(
        `insert into listings (link, sequence, again) values (?, ?, ?)
         on conflict do update set sequence = excluded.sequence, again = excluded.again
           where excluded.sequence < sequence`
      )
      return ({ data: { again, evidence, link }, sequence }) => {
        if (evidence.some(isListing)) put.run(link, sequence, again ?? null)
      }
    },
    "feed.matched": (prepare) => {
      const put = prepare(
        `insert into matches (link, sequence, at) values (?, ?, ?)
         on conflict do update set sequence = excluded.sequence, at = excluded.at where excluded.sequence < sequence`
      )
      return ({ data: { at, matches }, sequence }) => {
        for (const link of matches) put.run(link, sequence, at)
      }
    },
    "verdict.decided": (prepare) => {
      const warn = warning(prepare)
      return ({ data, sequence }) => warn(data, data.level, sequence)
    },
    "verdict.revised": (prepare) => {
      const warn = warning(prepare)
      return ({ data, sequence }) => warn(data, data.to, sequence)
    }
  }
})

/** Seconds at most half, and at most nineteen of twenty, of the newest took; null where there are none. */
export interface Seconds {
  readonly count: number
  readonly p50: number | null
  readonly p95: number | null
}

export interface Quality {
  /** Links that a list or a service had only after their first look, and what they were held to be just before. */
  readonly listedLater: number
  readonly flaggedBefore: { readonly suspicious: number; readonly malicious: number }
  /** Those flagged before of those listed later; null where none was. */
  readonly recall: number | null
  /** From the message to the warning under it. */
  readonly fromMessage: Seconds
  /** The same, of links that were listed later. */
  readonly fromMessageListedLater: Seconds
  /** From the fetching of the list that had a link first to the warning, where the message was there before. */
  readonly fromList: Seconds
}

/** The newest warnings that times are taken of. */
const newestMax = 1_000

const secondsOf = (millis: ReadonlyArray<number>): Seconds => {
  const sorted = millis.toSorted((a, b) => a - b)
  const at = (part: number): number | null =>
    sorted.length === 0 ? null : Math.max(0, sorted[Math.ceil(sorted.length * part) - 1]!) / 1_000
  return { count: sorted.length, p50: at(0.5), p95: at(0.95) }
}

const warned = (from: string, joins: string, where = "") => `
  select outbox.last_at - ${from} from warnings
    join outbox on outbox.outbox = warnings.outbox and outbox.status = 'sent'
    join sightings on sightings.message = warnings.message and sightings.link = warnings.link
    ${joins} ${where} order by warnings.sequence desc limit ${newestMax}`

export const qualityQuery = (db: Sqlite) => {
  const before = db.prepare<[], { level: Level; count: number }>(
    `select level, count(*) as count from (
       select (select level from scans where scans.link = listings.link and scans.sequence < listings.sequence
         order by scans.sequence desc limit 1) as level
       from listings where again is not null
     ) where level is not null group by level`
  )
  const millis = (sql: string) => db.prepare<[], number>(sql).pluck()
  const fromMessage = millis(warned("sightings.first_at", ""))
  const listedLater = "join listings on listings.link = warnings.link and listings.again is not null"
  const fromMessageListedLater = millis(warned("sightings.first_at", listedLater))
  const fromList = millis(
    warned(
      "matches.at",
      "join matches on matches.link = warnings.link and matches.sequence < warnings.sequence",
      "where sightings.first_at <= matches.at"
    )
  )
  const all = db.transaction((): Quality => {
    const counts = { benign: 0, suspicious: 0, malicious: 0 }
    for (const { count, level } of before.all()) counts[level] = count
    const flagged = counts.suspicious + counts.malicious
    const listedLater = counts.benign + flagged
    return {
      listedLater,
      flaggedBefore: { suspicious: counts.suspicious, malicious: counts.malicious },
      recall: listedLater === 0 ? null : flagged / listedLater,
      fromMessage: secondsOf(fromMessage.all()),
      fromMessageListedLater: secondsOf(fromMessageListedLater.all()),
      fromList: secondsOf(fromList.all())
    }
  })
  /** All of it as of one moment. */
  return (): Quality => all.deferred()
}
