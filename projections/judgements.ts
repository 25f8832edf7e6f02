/**
 * Judgements: what was decided about links in messages, each decision for itself. First decisions that nothing needs
 * saying, nineteen of twenty, are left out: that is all they say, and the verdicts say it too.
 */
import type { ChatId, LinkId, MessageKey, OutboxId, OverrideId } from "../contracts/ids.ts"
import type { Level } from "../contracts/level.ts"
import type { OutboxBody, OutboxKind } from "../contracts/outbox.ts"
import type { Action, Basis, Notice } from "../contracts/verdict.ts"
import type { KeyringService } from "../infra/keyring/keyring.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import type { OutboxStatus } from "./outbox.ts"
import { pageRowsMax } from "./paging.ts"
import { type Prepare, readModel } from "./read-model.ts"

/** What a decision did: spoke, stayed silent, spoke again, or took back what was said. */
export type Judged = "decided" | "suppressed" | "revised" | "withdrawn"

/** A decision as it is put down: what its event says of it, and nothing else. */
interface Decision {
  readonly judged: Judged
  readonly level: Level
  readonly was?: Level
  readonly action?: Action
  readonly reason?: string
  /** Absent where what was said is taken back, which rests on nothing. */
  readonly basis?: Basis
  readonly notice?: Notice | undefined
}

interface Judging {
  readonly sequence: number
  readonly time: number
  readonly data: { readonly chat: ChatId; readonly message: MessageKey; readonly link: LinkId }
}

/** Puts down a decision of an event. */
const putting = (prepare: Prepare) => {
  const put = prepare(
    `insert into judgements (sequence, chat, message, link, judged, level, was, action, reason, notice, scan, policy,
       override, rule_set, at)
     values (:sequence, :chat, :message, :link, :judged, :level, :was, :action, :reason, :notice, :scan, :policy,
       :override, :ruleSet, :at) on conflict do nothing`
  )
  return (
    { data: { chat, link, message }, sequence, time }: Judging,
    { action, basis, judged, level, notice, reason, was }: Decision
  ): void =>
    void put.run({
      sequence,
      chat,
      message,
      link,
      judged,
      level,
      was: was ?? null,
      action: action ?? null,
      reason: reason ?? null,
      notice: notice?.outbox ?? null,
      scan: basis?.scan ?? null,
      policy: basis?.policy ?? null,
      override: basis?.override ?? null,
      ruleSet: basis?.ruleSet ?? null,
      at: time
    })
}

/** Nothing was found, nobody said otherwise, and nothing is said. */
const isQuiet = (level: Level, action: Action, { override }: Basis): boolean =>
  level === "benign" && action === "none" && override === undefined

export const judgements = readModel({
  name: "judgements",
  version: 2,
  tables: [
    {
      name: "judgements",
      key: "sequence",
      ddl: `
        create table judgements (
          sequence integer primary key,
          chat text not null,
          message text not null,
          link text not null,
          judged text not null,
          level text not null,
          was text, -- the level before
          action text, -- null where what was said is taken back
          reason text, -- why nothing was said, or why it was taken back
          notice text, -- the outbox entry that told the chat
          scan integer, -- sequence of the scan that it rests on, 0 for none
          policy integer,
          override text,
          rule_set text,
          at integer not null -- milliseconds since the epoch
        ) strict;
        create index judgements_by_link on judgements (link, sequence);
      `
    }
  ],
  fold: {
    "verdict.decided": (prepare) => {
      const put = putting(prepare)
      return (event) => {
        const { action, basis, level, notice } = event.data
        if (!isQuiet(level, action, basis)) put(event, { judged: "decided", level, action, basis, notice })
      }
    },
    "verdict.suppressed": (prepare) => {
      const put = putting(prepare)
      return (event) => {
        const { basis, level, reason } = event.data
        put(event, { judged: "suppressed", level, action: "none", reason, basis })
      }
    },
    "verdict.revised": (prepare) => {
      const put = putting(prepare)
      return (event) => {
        const { action, basis, from, notice, to } = event.data
        put(event, { judged: "revised", level: to, was: from, action, basis, notice })
      }
    },
    "verdict.withdrawn": (prepare) => {
      const put = putting(prepare)
      return (event) => {
        const { level, notice, reason } = event.data
        put(event, { judged: "withdrawn", level, reason, notice })
      }
    }
  }
})

interface Shared {
  readonly sequence: number
  readonly at: number
  readonly chat: ChatId
  readonly message: MessageKey
  readonly judged: Judged
  readonly level: Level
  /** The level before, where it was revised. */
  readonly was: Level | null
  readonly action: Action | null
  /** Why nothing was said, or why it was taken back. */
  readonly reason: string | null
  /** Sequences that it rests on: 0 where there is none, null where what was said is taken back. */
  readonly scan: number | null
  readonly policy: number | null
  readonly override: OverrideId | null
  readonly ruleSet: string | null
}

/** What a chat was told, and what became of it. */
export interface ToldNotice {
  readonly outbox: OutboxId
  readonly kind: OutboxKind | null
  readonly status: OutboxStatus | null
  /** When its status was reached, milliseconds since the epoch. */
  readonly lastAt: number | null
  /** Null once forgotten. */
  readonly text: string | null
}

export interface JudgementRow extends Shared {
  /** Null while unknown and once forgotten. */
  readonly chatName: string | null
  readonly notice: ToldNotice | null
}

interface Stored extends Shared {
  readonly chatName: string | null
  readonly outbox: OutboxId | null
  readonly kind: OutboxKind | null
  readonly status: OutboxStatus | null
  readonly lastAt: number | null
  readonly body: string | null
}

export const judgementQueries = (db: Sqlite, keyring: Pick<KeyringService, "open">) => {
  const ofLink = db.prepare<[LinkId, number], Stored>(
    `select j.sequence, j.at, j.chat, j.message, j.judged, j.level, j.was, j.action, j.reason, j.scan, j.policy,
       j.override, j.rule_set as ruleSet, c.name as chatName, j.notice as outbox, o.kind, o.status,
       o.last_at as lastAt, o.body
     from judgements j
     left join chats c on c.chat = j.chat
     left join outbox o on o.outbox = j.notice
     where j.link = ? order by j.sequence desc limit ?`
  )
  const opened = ({ body, chatName, kind, lastAt, outbox, status, ...row }: Stored): JudgementRow => ({
    ...row,
    chatName: keyring.open<string>(chatName),
    notice:
      outbox === null
        ? null
        : { outbox, kind, status, lastAt, text: keyring.open<OutboxBody>(body)?.text ?? null }
  })
  return {
    /** What was decided about a link beyond that nothing needs saying, in the order of the log; where there was very much, what came last. */
    ofLink: (link: LinkId): ReadonlyArray<JudgementRow> =>
      ofLink.all(link, pageRowsMax).map(opened).toReversed()
  }
}
