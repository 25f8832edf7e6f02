/** Scans: what was found out about links, each result for itself. */
import type { ChatId, LinkId } from "../contracts/ids.ts"
import type { Level } from "../contracts/level.ts"
import {
  type Again,
  type Found,
  type FoundHop,
  isPartial,
  type MissingEvidence,
  type ScoreRange,
  type WeighedEvidence
} from "../contracts/scan.ts"
import type { KeyringService } from "../infra/keyring/keyring.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { newestFirst, type Page, pageRowsMax } from "./paging.ts"
import { readModel } from "./read-model.ts"

export const scans = readModel({
  name: "scans",
  version: 5,
  tables: [
    {
      name: "scans",
      key: "sequence",
      personal: { columns: ["found"], chat: "chat", person: "sender" },
      ddl: `
        create table scans (
          sequence integer primary key,
          event text not null, -- its id: a second result for the same cause has the same one, and is ignored
          link text not null,
          chat text, -- of the message that brought the link, like sender
          sender text,
          level text not null,
          score real not null, -- decibans
          probability real,
          rule_set text not null,
          evidence text not null, -- JSON of WeighedEvidence[]
          missing text not null, -- JSON of MissingEvidence[]
          lacks text, -- JSON of the sources among those, in order; null where nothing is missing
          least real, -- between which scores it could be if that were known; null where nothing could change it
          most real,
          partial integer not null, -- 1 where others were being asked, or were not asked at all
          again text, -- why it was looked at again, long after its first look
          revises integer, -- the sequence of the result that it takes the place of
          valid_until integer not null, -- milliseconds since the epoch
          at integer not null,
          found text, -- sealed Found; null once forgotten
          updated integer not null,
          unique (link, event)
        ) strict;
        create index scans_by_level on scans (level, sequence);
        create index scans_by_lack on scans (lacks, sequence) where lacks is not null;
        create index scans_by_revised on scans (revises) where revises is not null;
        create index scans_by_chat on scans (chat) where chat is not null; -- to forget a chat
        create index scans_by_sender on scans (sender) where sender is not null; -- to forget a person
        create index scans_forgotten on scans (updated) where found is null; -- for searches to forget them
      `
    }
  ],
  fold: {
    "scan.completed": (prepare) => {
      const put = prepare(
        `insert into scans (sequence, event, link, chat, sender, level, score, probability, rule_set, evidence,
           missing, lacks, least, most, partial, again, revises, valid_until, at, found, updated)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`
      )
      return ({ data, id, sequence, time }) => {
        const {
          again,
          chat,
          evidence,
          found,
          level,
          link,
          missing,
          probability,
          range,
          revises,
          ruleSet,
          score,
          sender,
          validUntil
        } = data
        put.run(
          sequence,
          id,
          link,
          chat ?? null,
          sender ?? null,
          level,
          score,
          probability ?? null,
          ruleSet,
          JSON.stringify(evidence),
          JSON.stringify(missing),
          lackedOf(missing),
          range?.least ?? null,
          range?.most ?? null,
          isPartial(data) ? 1 : 0,
          again ?? null,
          revises ?? null,
          validUntil,
          time,
          found,
          sequence
        )
      }
    }
  }
})

/** Few results differ in which sources they lack, so that each set of them is a short list of its own in an index. */
function lackedOf(missing: ReadonlyArray<MissingEvidence>): string | null {
  return missing.length === 0
    ? null
    : JSON.stringify([...new Set(missing.map(({ source }) => source))].toSorted())
}

/** One piece of evidence with its words; `detail` is null where it has none or is forgotten. */
export interface Reason extends WeighedEvidence {
  readonly detail: string | null
}

/** The reasons of a scan, the weightiest first. `evidence` is the JSON of its column. */
export const reasonsOf = (evidence: string | null, found: Found | null): ReadonlyArray<Reason> =>
  evidence === null
    ? []
    : (JSON.parse(evidence) as ReadonlyArray<WeighedEvidence>)
        .map(({ kind, source, weight }, index) => ({
          source,
          kind,
          weight,
          detail: found?.details[index] ?? null
        }))
        .toSorted((a, b) => b.weight - a.weight)

export const missingOf = (missing: string | null): ReadonlyArray<MissingEvidence> =>
  missing === null ? [] : (JSON.parse(missing) as ReadonlyArray<MissingEvidence>)

export interface ScanRow {
  readonly sequence: number
  readonly link: LinkId
  readonly chat: ChatId | null
  readonly level: Level
  /** Decibans. */
  readonly score: number
  readonly probability: number | null
  readonly ruleSet: string
  readonly validUntil: number
  readonly at: number
  /** Null once forgotten. */
  readonly url: string | null
  readonly reasons: ReadonlyArray<Reason>
  readonly missing: ReadonlyArray<MissingEvidence>
  /** How far what is missing could still move the score; null where nothing could. */
  readonly range: ScoreRange | null
  /** Why it was looked at again, long after its first look. */
  readonly again: Again | null
  /** The sequence of the result that it takes the place of. */
  readonly revises: number | null
  /** Where the link led; null where it was not followed, and once forgotten. */
  readonly hops: ReadonlyArray<FoundHop> | null
}

export interface ListedScan extends ScanRow {
  readonly cursor: number
}

export interface ScanFilter extends Page {
  readonly link?: LinkId | undefined
  readonly level?: Level | undefined
  /** A source that did not say anything. */
  readonly missing?: string | undefined
}

type Stored = Omit<ScanRow, "url" | "reasons" | "missing" | "range" | "hops"> & {
  readonly least: number | null
  readonly most: number | null
  readonly found: string | null
  readonly evidence: string
  readonly missing: string
}

const columns = `sequence, link, chat, level, score, probability, rule_set as ruleSet, evidence, missing,
  least, most, again, revises, valid_until as validUntil, at, found`

export const scanQueries = (db: Sqlite, keyring: Pick<KeyringService, "open">) => {
  const ofLink = db.prepare<[LinkId, number], Stored>(
    `select ${columns} from scans where link = ? order by sequence desc limit ?`
  )
  const page = newestFirst<Stored, "link" | "level" | "lacks">(db, {
    select: `select ${columns} from scans`,
    cursor: "sequence",
    filters: { link: "link = ?", level: "level = ?", lacks: "lacks = ?" }
  })
  // From one to the next of the sets that there are, whatever the number of results.
  const lacking = db
    .prepare<[string], string>(
      `with recursive sets (lacks) as (
         select min(lacks) from scans where lacks is not null
         union all select (select min(lacks) from scans where lacks > sets.lacks) from sets where sets.lacks is not null
       )
       select lacks from sets where exists (select 1 from json_each(lacks) where value = ?)`
    )
    .pluck()
  const bySequence = db.prepare<[number], Stored>(`select ${columns} from scans where sequence = ?`)

  const opened = ({ evidence, found, least, missing, most, ...row }: Stored): ScanRow => {
    const words = keyring.open<Found>(found)
    return {
      ...row,
      url: words?.url ?? null,
      reasons: reasonsOf(evidence, words),
      missing: missingOf(missing),
      range: least === null || most === null ? null : { least, most },
      hops: words?.hops ?? null
    }
  }
  /** The one that holds of each link. */
  const holding =
    "not exists (select 1 from scans as later where later.link = scans.link and later.sequence > scans.sequence)"
  const newest = db.prepare<[number], Stored>(
    `select ${columns} from scans where ${holding} order by sequence desc limit ?`
  )
  const after = db.prepare<[number, number], Stored>(
    `select ${columns} from scans where ${holding} and sequence > ? order by sequence limit ?`
  )
  const openedOr = (row: Stored | undefined) => (row === undefined ? undefined : opened(row))

  const pageLacking = (source: string, place: Page, given: Pick<ScanFilter, "link" | "level">) =>
    lacking
      .all(source)
      .flatMap((lacks) => page(place, { ...given, lacks }))
      .toSorted((a, b) => (place.oldestFirst === true ? a.sequence - b.sequence : b.sequence - a.sequence))
      .slice(0, place.limit ?? pageRowsMax)

  return {
    /** Results of scans, the newest first. */
    list: ({ level, link, missing, ...place }: ScanFilter = {}): ReadonlyArray<ListedScan> =>
      (missing === undefined
        ? page(place, { level, link })
        : pageLacking(missing, place, { level, link })
      ).map((row) => ({ cursor: row.sequence, ...opened(row) })),
    /** The scans of a link, newest first, each with its evidence: why it is held to be what it is. */
    explain: (link: LinkId): ReadonlyArray<ScanRow> => ofLink.all(link, pageRowsMax).map(opened),
    /** The newest scan of each link: the newest first, or those behind a sequence in their order. */
    recent: ({
      behind,
      limit
    }: {
      readonly limit: number
      readonly behind?: number
    }): ReadonlyArray<ScanRow> =>
      (behind === undefined ? newest.all(limit) : after.all(behind, limit)).map(opened),
    /** The newest scan of a link. */
    latest: (link: LinkId): ScanRow | undefined => openedOr(ofLink.get(link, 1)),
    /** The scan at a sequence of the log. */
    at: (sequence: number): ScanRow | undefined => openedOr(bySequence.get(sequence))
  }
}
