/**
 * Judgements: what was decided about links in messages, each decision for itself. First decisions that nothing needs
 * saying, nineteen of twenty, are left out: that is all they say, and the verdicts say it too.
 */
import type { ChatId, LinkId, MessageKey, OutboxId, OverrideId } from "../contracts/ids.ts"
import type { Level } from "../contracts/level.ts"
import type { OutboxBody, OutboxKind } from "../contracts/outbox.ts"
import type { Action, Basis } from "../contracts/verdict.ts"
import type { KeyringService } from "../infra/keyring/keyring.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import type { OutboxStatus } from "./outbox.ts"
import { pageRowsMax } from "./paging.ts"
import { type Prepare, readModel } from "./read-model.ts"

/** What a decision did: spoke, stayed silent, spoke again, or took back what was said. */
export type Judged = "decided" | "suppressed" | "revised" | "withdrawn"

const judging = (prepare: Prepare, judged: Judged) =>
  prepare(
    `insert into judgements (sequence, chat, message, link, judged, level, was, action, reason, notice, scan, policy,
       override, rule_set, at)
     values (?, ?, ?, ?, '${judged}', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`
  )

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
      const put = judging(prepare, "decided")
      return ({ data: { action, basis, chat, level, link, message, notice }, sequence, time }) => {
        if (isQuiet(level, action, basis)) return
        put.run(
          sequence,
          chat,
          message,
          link,
          level,
          null,
          action,
          null,
          notice?.outbox ?? null,
          basis.scan,
          basis.policy,
          basis.override ?? null,
          basis.ruleSet ?? null,
          time
        )
      }
    },
    "verdict.suppressed": (prepare) => {
      const put = judging(prepare, "suppressed")
      return ({ data: { basis, chat, level, link, message, reason }, sequence, time }) =>
        put.run(
          sequence,
          chat,
          message,
          link,
          level,
          null,
          "none",
          reason,
          null,
          basis.scan,
          basis.policy,
          basis.override ?? null,
          basis.ruleSet ?? null,
          time
        )
    },
    "verdict.revised": (prepare) => {
      const put = judging(prepare, "revised")
      return ({ data: { action, basis, chat, from, link, message, notice, to }, sequence, time }) =>
        put.run(
          sequence,
          chat,
          message,
          link,
          to,
          from,
          action,
          null,
          notice?.outbox ?? null,
          basis.scan,
          basis.policy,
          basis.override ?? null,
          basis.ruleSet ?? null,
          time
        )
    },
    "verdict.withdrawn": (prepare) => {
      const put = judging(prepare, "withdrawn")
      return ({ data: { chat, level, link, message, notice, reason }, sequence, time }) =>
        put.run(
          sequence,
          chat,
          message,
          link,
          level,
          null,
          null,
          reason,
          notice?.outbox ?? null,
          null,
          null,
          null,
          null,
          time
        )
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
