/** Verdicts as they are asked for: each with its link, its reasons, and what became of its notice. */
import type { ChatId, LinkId, MessageKey, OutboxId, OverrideId, PersonId } from "../contracts/ids.ts"
import type { Level } from "../contracts/level.ts"
import type { Said } from "../contracts/message.ts"
import type { Found, MissingEvidence } from "../contracts/scan.ts"
import type { Action, SuppressionReason } from "../contracts/verdict.ts"
import type { KeyringService } from "../infra/keyring/keyring.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import type { OutboxStatus } from "./outbox.ts"
import { newestFirst, type Page } from "./paging.ts"
import { missingOf, type Reason, reasonsOf } from "./scans.ts"
import { linksPerEventMax, placeOf, type VerdictStatus } from "./verdicts.ts"

interface Shared {
  readonly cursor: number
  readonly chat: ChatId
  readonly message: MessageKey
  readonly link: LinkId
  readonly sender: PersonId
  readonly status: VerdictStatus
  /** Null while waiting. */
  readonly level: Level | null
  readonly action: Action | null
  readonly reason:
    | SuppressionReason
    | "quiet-hours"
    | "message-revoked"
    | "link-edited-away"
    | "forgotten"
    | null
  readonly notice: OutboxId | null
  /** What became of the notice. */
  readonly noticeStatus: OutboxStatus | null
  /** Sequences that the verdict rests on: null while waiting, 0 where there is none. */
  readonly scan: number | null
  readonly policy: number | null
  readonly override: OverrideId | null
  readonly ruleSet: string | null
  /** Decibans, of the scan that it rests on. */
  readonly score: number | null
  readonly probability: number | null
  /** When the link was posted and when its verdict last changed, milliseconds since the epoch. */
  readonly firstAt: number
  readonly lastAt: number
}

export interface VerdictRow extends Shared {
  /** The sequence of the event that brought the link. */
  readonly sequence: number
  /** False once the link was edited away or its message revoked. */
  readonly present: boolean
  readonly chatName: string | null
  /** Null once forgotten. */
  readonly url: string | null
  /** The weightiest first. */
  readonly reasons: ReadonlyArray<Reason>
  readonly missing: ReadonlyArray<MissingEvidence>
}

interface Stored extends Shared {
  readonly present: number
  readonly chatName: string | null
  readonly said: string | null
  readonly found: string | null
  readonly evidence: string | null
  readonly missing: string | null
}

const select = `
  select s.place as cursor, s.chat, s.message, s.link, s.sender, s.present, s.status, s.level, s.action, s.reason,
    s.notice, o.status as noticeStatus, coalesce(c.sequence, s.scan) as scan, s.policy, s.override, s.rule_set as ruleSet,
    s.first_at as firstAt, s.last_at as lastAt,
    c.score, c.probability, c.evidence, c.missing, c.found, m.said, h.name as chatName
  from sightings s
  -- A later look that came to the same level gave no cause for another verdict, and knows more.
  left join scans c on c.sequence = coalesce(
    (select max(r.sequence) from scans r where r.revises = s.scan and r.level = s.level), s.scan)
  left join messages m on m.message = s.message
  left join chats h on h.chat = s.chat
  left join outbox o on o.outbox = s.notice`

export interface VerdictFilter extends Page {
  readonly chat?: ChatId | undefined
  readonly level?: Level | undefined
  readonly status?: VerdictStatus | undefined
}

export const verdictQueries = (db: Sqlite, keyring: Pick<KeyringService, "open">) => {
  const page = newestFirst<Stored, "chat" | "level" | "status">(db, {
    select,
    cursor: "s.place",
    filters: { chat: "s.chat = ?", level: "s.level = ?", status: "s.status = ?" }
  })
  const between = db.prepare<[ChatId, number, number], Stored>(
    `${select} where s.chat = ? and s.place >= ? and s.place < ? order by s.place`
  )
  const waiting = db.prepare<[], number>("select count(*) from sightings where status = 'waiting'").pluck()
  const waitingIn = db
    .prepare<[ChatId], number>("select count(*) from sightings where status = 'waiting' and chat = ?")
    .pluck()

  const opened = ({ chatName, evidence, found, missing, present, said, ...row }: Stored): VerdictRow => {
    const scanned = keyring.open<Found>(found)
    // The scan may be of another chat's message, whose words are forgotten while this one's are not.
    const url =
      scanned?.url ?? keyring.open<Said>(said)?.links.find(({ link }) => link === row.link)?.url ?? null
    return {
      ...row,
      sequence: Math.floor(row.cursor / linksPerEventMax),
      present: present === 1,
      chatName: keyring.open<string>(chatName),
      url,
      reasons: reasonsOf(evidence, scanned),
      missing: missingOf(missing)
    }
  }

  return {
    /** Sightings, those posted last first, judged or not. */
    list: ({ chat, level, status, ...place }: VerdictFilter): ReadonlyArray<VerdictRow> =>
      page(place, { chat, level, status }).map(opened),
    /** The links that a chat's events brought from one sequence to another, both included, in order. */
    ofMessages: (chat: ChatId, fromSequence: number, toSequence: number): ReadonlyArray<VerdictRow> =>
      between.all(chat, placeOf(fromSequence), placeOf(toSequence + 1)).map(opened),
    /** How many links have no verdict yet, in one chat or in all. */
    waiting: (chat?: ChatId): number => (chat === undefined ? waiting.get() : waitingIn.get(chat)) ?? 0
  }
}
