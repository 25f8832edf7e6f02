/**
 * Verdicts: one row for each sighting, which is one link in one message in one chat. A row is there from the
 * moment the message is, so that no link is missing from a list because nobody has judged it yet.
 */
import type { ErasureSubject } from "../contracts/account.ts"
import type { OutboxId } from "../contracts/ids.ts"
import type { Notice } from "../contracts/verdict.ts"
import type { Prepare } from "./read-model.ts"
import { readModel } from "./read-model.ts"

/** `deferred` links are told of at the end of quiet hours. `withdrawn` holds links that went away after they were judged, and those of whom was forgotten before. */
export type VerdictStatus = "waiting" | "deferred" | "decided" | "suppressed" | "revised" | "withdrawn"

/** A row's place: the sequence of its event times this, plus its position among the links of the event. */
export const linksPerEventMax = 65_536

/** The first place of an event. */
export const placeOf = (sequence: number): number => sequence * linksPerEventMax

type OldPlace = [
  place: number,
  chat: string,
  message: string,
  link: string,
  sender: string,
  firstAt: number,
  lastAt: number,
  updated: number
]

/** A link that was edited away and put back is judged as if it had just been posted. */
const backAgain = `on conflict (message, link) do update set
  present = 1, status = 'waiting', level = null, action = null, reason = null, last_at = excluded.last_at,
  updated = excluded.updated
  where present = 0 and updated < excluded.updated`

const posting = (prepare: Prepare, conflict: string) =>
  prepare<OldPlace>(
    `insert into sightings (place, chat, message, link, sender, present, status, first_at, last_at, updated)
     values (?, ?, ?, ?, ?, 1, 'waiting', ?, ?, ?) ${conflict}`
  )

const judging = (prepare: Prepare) =>
  prepare(
    `insert into sightings (place, chat, message, link, sender, present, level, status, action, reason, notice, scan,
       policy, override, rule_set, first_at, last_at, updated)
     values (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (message, link) do update set
       level = excluded.level, status = excluded.status, action = excluded.action, reason = excluded.reason,
       notice = coalesce(excluded.notice, notice), scan = excluded.scan, policy = excluded.policy,
       override = excluded.override, rule_set = excluded.rule_set, last_at = excluded.last_at, updated = excluded.updated
     where updated < excluded.updated`
  )

/** Links of a message share the one reaction on it: its last entry tells of all that the one before it told of. */
const sharing = (prepare: Prepare) => {
  const share = prepare<[OutboxId, number, string, OutboxId, number]>(
    "update sightings set notice = ?, updated = ? where message = ? and notice = ? and updated < ?"
  )
  return (message: string, notice: Notice | undefined, sequence: number) => {
    if (notice?.kind === "reaction" && notice.target !== undefined)
      share.run(notice.outbox, sequence, message, notice.target, sequence)
  }
}

const countOneMore = `
  insert into sighting_counts (status, level, reason, count)
  values (new.status, ifnull(new.level, ''), ifnull(new.reason, ''), 1)
  on conflict do update set count = count + 1;`

export const verdicts = readModel({
  name: "verdicts",
  version: 3,
  tables: [
    {
      name: "sighting_counts",
      key: "status, level, reason",
      ddl: `
        create table sighting_counts ( -- of rows that are alike in these, kept by triggers: nobody counts a million rows
          status text not null,
          level text not null, -- '' for none, like reason
          reason text not null,
          count integer not null,
          primary key (status, level, reason)
        ) strict, without rowid;
      `
    },
    {
      name: "sightings",
      key: "place",
      ddl: `
        create table sightings (
          place integer primary key, -- in the order of the log, and within a message in the order of its text
          chat text not null,
          message text not null,
          link text not null,
          sender text not null,
          present integer not null, -- 0 once the link was edited away or its message revoked
          status text not null,
          level text, -- null while waiting
          action text, -- what was done, or would have been where it is suppressed
          reason text, -- why nothing was said, or why it was taken back
          notice text, -- the outbox entry that told the chat last
          scan integer, -- sequence of the scan that it rests on, 0 for none
          policy integer, -- sequence of the settings, mute or override that it rests on, 0 for none
          override text, -- the override that decided
          rule_set text,
          first_at integer not null, -- milliseconds since the epoch, like last_at
          last_at integer not null,
          updated integer not null,
          unique (message, link)
        ) strict;
        create index sightings_by_chat on sightings (chat, place);
        create index sightings_by_link on sightings (link, place);
        create index sightings_by_status on sightings (status, place, chat);
        -- Of what is not harmless, one link in twenty: to look for it neither by place nor through a chat is fast.
        create index sightings_by_level on sightings (level, place) where level <> 'benign';
        create index sightings_by_chat_level on sightings (chat, level, place) where level <> 'benign';
        create trigger sightings_counted after insert on sightings begin
          ${countOneMore}
        end;
        create trigger sightings_counted_anew after update of status, level, reason on sightings
        when (old.status, old.level, old.reason) is not (new.status, new.level, new.reason) begin
          update sighting_counts set count = count - 1
          where status = old.status and level = ifnull(old.level, '') and reason = ifnull(old.reason, '');
          ${countOneMore}
        end;
      `
    }
  ],
  fold: {
    "message.received": (prepare) => {
      const post = posting(prepare, "on conflict do nothing")
      return ({ data: { chat, links, message, sender }, sequence, time }) => {
        for (let index = 0; index < links.length; index++)
          post.run(placeOf(sequence) + index, chat, message, links[index]!.link, sender, time, time, sequence)
      }
    },
    "message.edited": (prepare) => {
      const leave = prepare<[number, string, number, string]>(
        `update sightings set present = 0, updated = ? where message = ? and present = 1 and updated < ?
           and link not in (select value from json_each(?))`
      )
      const post = posting(prepare, backAgain)
      return ({ data: { chat, links, message, sender }, sequence, time }) => {
        leave.run(sequence, message, sequence, JSON.stringify(links.map(({ link }) => link)))
        for (let index = 0; index < links.length; index++)
          post.run(placeOf(sequence) + index, chat, message, links[index]!.link, sender, time, time, sequence)
      }
    },
    "message.revoked": (prepare) => {
      const leave = prepare<[number, string, number]>(
        "update sightings set present = 0, updated = ? where message = ? and present = 1 and updated < ?"
      )
      return ({ data, sequence }) => leave.run(sequence, data.message, sequence)
    },
    "verdict.deferred": (prepare) => {
      const judge = judging(prepare)
      return ({ data, sequence, time }) => {
        const { basis, chat, level, link, message, sender } = data
        judge.run(
          placeOf(sequence),
          chat,
          message,
          link,
          sender,
          level,
          "deferred",
          null,
          "quiet-hours",
          null,
          basis.scan,
          basis.policy,
          basis.override ?? null,
          basis.ruleSet ?? null,
          time,
          time,
          sequence
        )
      }
    },
    "verdict.decided": (prepare) => {
      const judge = judging(prepare)
      const share = sharing(prepare)
      return ({ data, sequence, time }) => {
        const { action, basis, chat, level, link, message, notice, sender } = data
        judge.run(
          placeOf(sequence),
          chat,
          message,
          link,
          sender,
          level,
          "decided",
          action,
          null,
          notice?.outbox ?? null,
          basis.scan,
          basis.policy,
          basis.override ?? null,
          basis.ruleSet ?? null,
          time,
          time,
          sequence
        )
        share(message, notice, sequence)
      }
    },
    "verdict.suppressed": (prepare) => {
      const judge = judging(prepare)
      return ({ data, sequence, time }) => {
        const { basis, chat, level, link, message, reason, sender, would } = data
        judge.run(
          placeOf(sequence),
          chat,
          message,
          link,
          sender,
          level,
          "suppressed",
          would ?? "none",
          reason,
          null,
          basis.scan,
          basis.policy,
          basis.override ?? null,
          basis.ruleSet ?? null,
          time,
          time,
          sequence
        )
      }
    },
    "verdict.revised": (prepare) => {
      const judge = judging(prepare)
      const share = sharing(prepare)
      return ({ data, sequence, time }) => {
        const { action, basis, chat, link, message, notice, sender, to } = data
        judge.run(
          placeOf(sequence),
          chat,
          message,
          link,
          sender,
          to,
          "revised",
          action,
          null,
          notice?.outbox ?? null,
          basis.scan,
          basis.policy,
          basis.override ?? null,
          basis.ruleSet ?? null,
          time,
          time,
          sequence
        )
        share(message, notice, sequence)
      }
    },
    "verdict.withdrawn": (prepare) => {
      const withdraw = prepare(
        `update sightings set status = 'withdrawn', level = ?, reason = ?, notice = coalesce(?, notice), last_at = ?,
           updated = ? where message = ? and link = ? and updated < ?`
      )
      const share = sharing(prepare)
      return ({ data: { level, link, message, notice, reason }, sequence, time }) => {
        withdraw.run(level, reason, notice?.outbox ?? null, time, sequence, message, link, sequence)
        share(message, notice, sequence)
      }
    },
    "erasure.completed": (prepare) => {
      // Nobody will judge these any more: what there was to judge cannot be read.
      const close = (owner: string) =>
        prepare<[number, ErasureSubject, number]>(
          `update sightings set status = 'withdrawn', reason = 'forgotten', updated = ?
           where status in ('waiting', 'deferred') and ${owner} = ? and updated < ?`
        )
      const ofChat = close("chat")
      const ofPerson = close("sender")
      return ({ data: { subject }, sequence }) =>
        (subject.startsWith("c") ? ofChat : ofPerson).run(sequence, subject, sequence)
    }
  }
})
