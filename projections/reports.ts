/** What members hold to be wrong, and what the operator made of it. */
import type { ChatId, LinkId, MessageKey, OverrideId, PersonId } from "../contracts/ids.ts"
import type { Level } from "../contracts/level.ts"
import type { ReportOutcome } from "../contracts/report.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { newestFirst, type Page } from "./paging.ts"
import { readModel } from "./read-model.ts"

export const reports = readModel({
  name: "reports",
  version: 1,
  tables: [
    {
      name: "reports",
      key: "sequence",
      ddl: `
        create table reports (
          sequence integer primary key, -- of the report
          report text not null unique, -- the message that reported it
          chat text not null,
          reporter text not null,
          message text not null, -- that the warning was about
          link text not null,
          level text not null, -- that it was held to be
          at integer not null, -- milliseconds since the epoch, like settled_at
          status text not null, -- waiting, or what came of it
          override text, -- what was allowed because of it
          settled_by text,
          settled_at integer,
          updated integer not null
        ) strict;
        create index reports_by_status on reports (status, sequence);
      `
    }
  ],
  fold: {
    "policy.reported": (prepare) => {
      const put = prepare(
        `insert into reports (sequence, report, chat, reporter, message, link, level, at, status, updated)
         values (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?) on conflict do nothing`
      )
      return ({ data, sequence, time }) => {
        const { chat, level, link, message, report, reporter } = data
        put.run(sequence, report, chat, reporter, message, link, level, time, sequence)
      }
    },
    "policy.report-settled": (prepare) => {
      const settle = prepare(
        `update reports set status = ?, override = ?, settled_by = ?, settled_at = ?, updated = ?
         where report = ? and updated < ?`
      )
      return ({ data, sequence, time }) => {
        const { by, outcome, override, report } = data
        settle.run(outcome, override ?? null, by, time, sequence, report, sequence)
      }
    }
  }
})

export type ReportStatus = ReportOutcome | "waiting"

export interface ReportRow {
  readonly cursor: number
  readonly report: MessageKey
  readonly chat: ChatId
  readonly reporter: PersonId
  readonly message: MessageKey
  readonly link: LinkId
  readonly level: Level
  readonly at: number
  readonly status: ReportStatus
  readonly override: OverrideId | null
  readonly settledBy: string | null
  readonly settledAt: number | null
}

export interface ReportFilter extends Page {
  readonly status?: ReportStatus | undefined
}

const select = `select sequence as cursor, report, chat, reporter, message, link, level, at, status, override,
  settled_by as settledBy, settled_at as settledAt from reports`

export const reportQueries = (db: Sqlite) => {
  const page = newestFirst<ReportRow, "status">(db, {
    select,
    cursor: "sequence",
    filters: { status: "status = ?" }
  })
  return {
    /** Reports, the newest first. */
    list: ({ status, ...place }: ReportFilter): ReadonlyArray<ReportRow> => page(place, { status })
  }
}
