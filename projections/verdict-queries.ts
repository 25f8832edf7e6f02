/** Verdicts as they are asked for: each with its link, its reasons, and what became of its notice. */
import type { ChatId, LinkId, MessageKey, OutboxId, OverrideId, PersonId } from "../contracts/ids.ts"
import type { Level } from "../contracts/level.ts"
import type { Said } from "../contracts/message.ts"
import type { Found, MissingEvidence } from "../contracts/scan.ts"
import type { Action, SuppressionReason } from "../contracts/verdict.ts"
import { type Opener, openingBy } from "../infra/keyring/keyring.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import type { OutboxStatus } from "./outbox.ts"
import { type Given, newestFirst, type Page } from "./paging.ts"
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
  readonly found: string | null
  readonly evidence: string | null
  readonly missing: string | null
}

const select = `
  select s.place as cursor, s.chat, s.message, s.link, s.sender, s.present, s.status, s.level, s.action, s.reason,
    s.notice, o.status as noticeStatus, coalesce(c.sequence, s.scan) as scan, s.policy, s.override, s.rule_set as ruleSet,
    s.first_at as firstAt, s.last_at as lastAt,
    c.score, c.probability, c.evidence, c.missing, c.found, h.name as chatName
  from sightings s
  -- A later look that came to the same level gave no cause for another verdict, and knows more.
  left join scans c on c.sequence = coalesce(
    (select max(r.sequence) from scans r where r.revises = s.scan and r.level = s.level), s.scan)
  left join chats h on h.chat = s.chat
  left join outbox o on o.outbox = s.notice`

export interface VerdictFilter extends Page {
  readonly chat?: ChatId | undefined
  readonly level?: Level | undefined
  readonly status?: VerdictStatus | undefined
}

/** Nineteen links of twenty. */
const usualLevel: Level = "benign"

/** Verdicts do not stay so for long, so that there are few of them, whatever the chat. */
const isPassing = (status: VerdictStatus): boolean => status === "waiting" || status === "deferred"

/**
 * A plus keeps SQLite from walking along a column's index. Without a word from here it would look for the malicious
 * verdicts of a chat among those of all chats, and for those that wait among all of the chat.
 */
const filters = {
  chat: "s.chat = ?",
  chatOfFew: "+s.chat = ?",
  level: `s.level = ? and s.level <> '${usualLevel}'`,
  levelOfMany: "+s.level = ?",
  status: "s.status = ?",
  statusOfFew: "+s.status = ?"
} as const

type Asked = Omit<VerdictFilter, keyof Page>

/** Along which index a list walks: that of the level where it is a rare one, else of the status, else of the chat. */
const walk = ({ chat, level, status }: Asked): Given<keyof typeof filters> => {
  if (level !== undefined && level !== usualLevel) return { chat, level, statusOfFew: status }
  if (status !== undefined && (chat === undefined || isPassing(status)))
    return { chatOfFew: chat, levelOfMany: level, status }
  return { chat, levelOfMany: level, statusOfFew: status }
}

export const verdictQueries = (db: Sqlite, keyring: Opener) => {
  const page = newestFirst<Stored, keyof typeof filters>(db, { select, cursor: "s.place", filters })
  const between = db.prepare<[ChatId, number, number], Stored>(
    `${select} where s.chat = ? and s.place >= ? and s.place < ? order by s.place`
  )
  const waiting = db.prepare<[], number>("select count(*) from sightings where status = 'waiting'").pluck()
  const waitingIn = db
    .prepare<[ChatId], number>("select count(*) from sightings where status = 'waiting' and chat = ?")
    .pluck()

  const said = db.prepare<[MessageKey], string | null>("select said from messages where message = ?").pluck()

  /** As its message has it: the scan may be of another chat's message, whose words are forgotten while this one's are not. */
  const urlSaid = (open: Opener["open"], message: MessageKey, link: LinkId): string | null =>
    open<Said>(said.get(message) ?? null)?.links.find((it) => it.link === link)?.url ?? null

  const opened = (rows: ReadonlyArray<Stored>): ReadonlyArray<VerdictRow> => {
    const open = openingBy(keyring)
    return rows.map(({ chatName, evidence, found, missing, present, ...row }) => {
      const scanned = open<Found>(found)
      return {
        ...row,
        sequence: Math.floor(row.cursor / linksPerEventMax),
        present: present === 1,
        chatName: open<string>(chatName),
        url: scanned?.url ?? urlSaid(open, row.message, row.link),
        reasons: reasonsOf(evidence, scanned),
        missing: missingOf(missing)
      }
    })
  }

  return {
    /** Sightings, those posted last first, judged or not. */
    list: ({ chat, level, status, ...place }: VerdictFilter): ReadonlyArray<VerdictRow> =>
      opened(page(place, walk({ chat, level, status }))),
    /** The links that a chat's events brought from one sequence to another, both included, in order. */
    ofMessages: (chat: ChatId, fromSequence: number, toSequence: number): ReadonlyArray<VerdictRow> =>
      opened(between.all(chat, placeOf(fromSequence), placeOf(toSequence + 1))),
    /** How many links have no verdict yet, in one chat or in all. */
    waiting: (chat?: ChatId): number => (chat === undefined ? waiting.get() : waitingIn.get(chat)) ?? 0
  }
}
