/** Everything at a glance, counted from the other read models. */
import type { Level } from "../contracts/level.ts"
import type { SuppressionReason } from "../contracts/verdict.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { checksQuery } from "./checks.ts"
import type { OutboxStatus } from "./outbox.ts"
import { type Unread, unreadQuery } from "./unreadable.ts"
import { type Withheld, withheldQuery } from "./withheld.ts"

export interface Overview {
  /** The last event that is counted here, and its time in milliseconds since the epoch (0 for none). */
  readonly sequence: number
  readonly time: number
  readonly chats: number
  readonly messages: number
  /** Links in messages, the same link in two messages counted twice. */
  readonly links: number
  /** Links without a verdict yet. */
  readonly waiting: number
  readonly verdicts: Readonly<Record<Level, number>>
  /** Verdicts that stayed unsaid; reasons that never occurred are absent. */
  readonly suppressed: { readonly [R in SuppressionReason]?: number }
  readonly outbox: Readonly<Record<OutboxStatus, number>>
  /** Messages that could not be read, by reason; reasons that never occurred are absent. */
  readonly unreadable: Unread
  /** Messages that were read but for a part of them. */
  readonly partlyRead: number
  /** Messages that might not be read, by reason; reasons that never occurred are absent. */
  readonly withheld: Withheld
  /** Inputs that wait for a person's decision. */
  readonly parked: number
  /** Read models that were not what the log makes of them when they were last compared. */
  readonly drifted: number
}

interface Count<Name extends string> {
  readonly name: Name
  readonly count: number
}

const record = <Name extends string>(counts: ReadonlyArray<Count<Name>>) =>
  Object.fromEntries(counts.map(({ count, name }) => [name, count])) as { [N in Name]?: number }

export const overviewQuery = (db: Sqlite) => {
  const place = db.prepare<[], { sequence: number; time: number }>("select sequence, time from checkpoint")
  const said = db.prepare<[], { chats: number; messages: number }>(
    "select coalesce(sum(stands_in is null), 0) as chats, coalesce(sum(messages), 0) as messages from chats"
  )
  const counted = <Name extends string>(sql: string) => db.prepare<[], Count<Name>>(sql)
  const levels = counted<Level>(
    "select level as name, sum(count) as count from sighting_counts where level <> '' group by level"
  )
  const links = db.prepare<[], number>("select ifnull(sum(count), 0) from sighting_counts").pluck()
  const waiting = db
    .prepare<[], number>("select ifnull(sum(count), 0) from sighting_counts where status = 'waiting'")
    .pluck()
  const suppressed = counted<SuppressionReason>(
    `select reason as name, sum(count) as count from sighting_counts
     where status = 'suppressed' and reason <> '' and count > 0 group by reason`
  )
  const outbox = counted<OutboxStatus>("select status as name, count from outbox_counts")
  const parked = db
    .prepare<[], number>(
      "select (select count(*) from parked where decision is null) + (select count(*) from projector_parked)"
    )
    .pluck()

  const unread = unreadQuery(db)
  const notRead = withheldQuery(db)
  const lastCheck = checksQuery(db)
  const partlyRead = db.prepare<[], number>("select count(*) from messages where unread is not null").pluck()

  const countAll = db.transaction((): Overview => ({
    ...place.get()!,
    ...said.get()!,
    links: links.get()!,
    waiting: waiting.get()!,
    verdicts: { benign: 0, suspicious: 0, malicious: 0, ...record(levels.all()) },
    suppressed: record(suppressed.all()),
    outbox: { queued: 0, claimed: 0, sent: 0, failed: 0, cancelled: 0, ...record(outbox.all()) },
    unreadable: unread(),
    partlyRead: partlyRead.get()!,
    withheld: notRead(),
    parked: parked.get()!,
    drifted: new Set(lastCheck()?.drifted.map(({ model }) => model)).size
  }))
  /** All counts as of one moment. */
  return (): Overview => countAll.deferred()
}
