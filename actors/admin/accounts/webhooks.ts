/**
 * Who is told of events elsewhere, in `accounts.db`. How far each was told is in `webhooks.db`: that changes with each
 * event, and this file is copied to every place for backups when it changes.
 */
import type { EventName } from "../../../contracts/catalogue.ts"
import type { Context } from "../../../contracts/contexts.ts"
import { WebhookId } from "../../../contracts/ids.ts"
import {
  WebhookAdded,
  WebhookChanged,
  WebhookRemoved,
  WebhookReplayed,
  WebhookSwitched,
  type WebhookSwitchReason
} from "../../../contracts/webhook.ts"
import { Asked } from "../../../contracts/account.ts"
import type { AtRest } from "../../../infra/keyring/at-rest.ts"
import type { Sqlite } from "../../../infra/sqlite/open.ts"
import { uuid7 } from "../uuid7.ts"
import type { Deeds } from "./deeds.ts"

/** The last event of a log that a webhook was told. */
export interface ToldUpTo {
  readonly generation: string
  readonly sequence: number
}

export interface Target {
  readonly url: string
  readonly secret: Buffer
}

/** What a webhook is told. */
export interface Filter {
  /** Everything, where this and `events` are empty. */
  readonly contexts: ReadonlyArray<Context>
  readonly events: ReadonlyArray<EventName>
  readonly words: boolean
}

export interface Subscription extends Filter {
  readonly webhook: WebhookId
  /** `undefined` where it was sealed under another keyring. */
  readonly target: Target | undefined
  readonly host: string
  readonly label: string | null
  readonly on: boolean
  readonly reason: WebhookSwitchReason | null
  /** Grows with each change. */
  readonly revision: number
  readonly createdAt: number
  /** At least up to here; `webhooks.db` knows it exactly. */
  readonly told: ToldUpTo
}

export interface NewWebhook extends Filter {
  readonly target: Target
  readonly label: string | null
  readonly told: ToldUpTo
}

export type WebhookChange = Partial<Filter & Pick<Subscription, "label" | "on">> & {
  readonly url?: string | undefined
}

interface Row {
  readonly id: WebhookId
  readonly target: Buffer
  readonly host: string
  readonly contexts: string
  readonly events: string
  readonly words: number
  readonly label: string | null
  readonly enabled: number
  readonly reason: WebhookSwitchReason | null
  readonly revision: number
  readonly created: number
  readonly generation: string
  readonly sequence: number
}

const hostOf = (url: string): string => new URL(url).hostname

/** The place that a target is sealed for, so that it opens nowhere else. */
const placeOf = (id: string): string => `webhook ${id}`

const sealTarget = (atRest: AtRest, id: string, { secret, url }: Target): Buffer =>
  atRest.seal(placeOf(id), Buffer.concat([Buffer.from([secret.length]), secret, Buffer.from(url)]))

const openTarget = (atRest: AtRest, id: string, sealed: Buffer): Target | undefined => {
  try {
    const plain = atRest.open(placeOf(id), sealed)
    const end = 1 + plain[0]!
    return { secret: plain.subarray(1, end), url: plain.subarray(end).toString() }
  } catch {
    // Sealed under another keyring: it can only be removed, or given another URL and secret by adding it anew.
    return undefined
  }
}

const statements = (db: Sqlite) => ({
  add: db.prepare<[WebhookId, Buffer, string, string, string, number, string | null, number, string, number]>(
    `insert into webhook (id, target, host, contexts, events, words, label, enabled, created, generation, sequence)
     values (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)`
  ),
  all: db.prepare<[], Row>("select * from webhook order by created, id"),
  count: db.prepare<[], number>("select count(*) from webhook").pluck(),
  find: db.prepare<[WebhookId], Row>("select * from webhook where id = ?"),
  change: db.prepare<
    [Buffer, string, string, string, number, string | null, number, string | null, WebhookId]
  >(
    `update webhook set target = ?, host = ?, contexts = ?, events = ?, words = ?, label = ?, enabled = ?, reason = ?,
     revision = revision + 1 where id = ?`
  ),
  switchOff: db.prepare<[WebhookSwitchReason, WebhookId, number]>(
    "update webhook set enabled = 0, reason = ?, revision = revision + 1 where id = ? and revision = ? and enabled = 1"
  ),
  told: db.prepare<[string, number, WebhookId]>(
    "update webhook set generation = ?, sequence = ? where id = ?"
  ),
  remove: db.prepare<[WebhookId]>("delete from webhook where id = ?")
})

export const webhooksOn = (db: Sqlite, deeds: Deeds, atRest: AtRest, max: number) => {
  const sql = statements(db)

  const shown = (row: Row): Subscription => ({
    webhook: row.id,
    target: openTarget(atRest, row.id, row.target),
    host: row.host,
    contexts: JSON.parse(row.contexts) as ReadonlyArray<Context>,
    events: JSON.parse(row.events) as ReadonlyArray<EventName>,
    words: row.words === 1,
    label: row.label,
    on: row.enabled === 1,
    reason: row.reason,
    revision: row.revision,
    createdAt: row.created,
    told: { generation: row.generation, sequence: row.sequence }
  })

  const find = (webhook: WebhookId): Subscription | undefined => {
    const row = sql.find.get(webhook)
    return row === undefined ? undefined : shown(row)
  }

  const switched = (
    { host, revision, webhook }: Subscription,
    on: boolean,
    reason: WebhookSwitchReason,
    by: string,
    now: number
  ) =>
    deeds.add(
      webhook,
      `switched ${revision + 1}`,
      WebhookSwitched({ webhook, host, on, reason, by, at: now })
    )

  return {
    list: (): ReadonlyArray<Subscription> => sql.all.all().map(shown),
    find,
    /** `undefined` where there are as many as there can be. */
    add: db.transaction((wanted: NewWebhook, by: string, now: number): Subscription | undefined => {
      if (sql.count.get()! >= max) return undefined
      const webhook = WebhookId.make(uuid7(now))
      const { contexts, events, label, target, told, words } = wanted
      const host = hostOf(target.url)
      sql.add.run(
        webhook,
        sealTarget(atRest, webhook, target),
        host,
        JSON.stringify(contexts),
        JSON.stringify(events),
        words ? 1 : 0,
        label,
        now,
        told.generation,
        told.sequence
      )
      deeds.add(webhook, "added", WebhookAdded({ webhook, host, words, by, at: now }))
      return find(webhook)
    }),
    /** `undefined` where there is none. */
    change: db.transaction(
      (webhook: WebhookId, wanted: WebhookChange, by: string, now: number): Subscription | undefined => {
        const row = sql.find.get(webhook)
        if (row === undefined) return undefined
        const before = shown(row)
        const { on: wasOn, target } = before
        const { contexts, events, label, on, url, words } = { ...before, url: undefined, ...wanted }
        const secret = target?.secret
        // What does not open is kept as it is: only a keyring that is put back opens it.
        const sealed =
          url === undefined || secret === undefined
            ? row.target
            : sealTarget(atRest, webhook, { url, secret })
        const host = url === undefined || secret === undefined ? row.host : hostOf(url)
        const reason = on === wasOn ? row.reason : "asked"
        sql.change.run(
          sealed,
          host,
          JSON.stringify(contexts),
          JSON.stringify(events),
          words ? 1 : 0,
          label,
          on ? 1 : 0,
          reason,
          webhook
        )
        const after = find(webhook)!
        if (on !== wasOn) switched({ ...before, host }, on, "asked", by, now)
        if (Object.keys(wanted).some((name) => name !== "on"))
          deeds.add(
            webhook,
            `changed ${after.revision}`,
            WebhookChanged({ webhook, host, words, by, at: now })
          )
        return after
      }
    ),
    /** Switches one off that failed; nothing where somebody has changed it meanwhile. */
    switchOff: db.transaction(
      (subscription: Subscription, reason: "failing" | "gone", now: number): boolean => {
        const { revision, webhook } = subscription
        const off = sql.switchOff.run(reason, webhook, revision).changes > 0
        if (off) switched(subscription, false, reason, "system", now)
        return off
      }
    ),
    /** Notes how far it was told, for where `webhooks.db` is lost with the machine. */
    noteTold: (webhook: WebhookId, { generation, sequence }: ToldUpTo): void =>
      void sql.told.run(generation, sequence, webhook),
    /** It is told everything from an event on. */
    noteReplayed: db.transaction((webhook: WebhookId, told: ToldUpTo, by: string, now: number): void => {
      const from = told.sequence + 1
      sql.told.run(told.generation, told.sequence, webhook)
      deeds.add(webhook, `replayed ${from} ${now}`, WebhookReplayed({ webhook, from, by, at: now }))
    }),
    noteTested: (webhook: WebhookId, by: string, now: number): void =>
      deeds.add(webhook, `tested ${now}`, Asked({ what: "webhooks.test", subject: webhook, by, at: now })),
    /** `false` where there is none. */
    remove: db.transaction((webhook: WebhookId, by: string, now: number): boolean => {
      const removed = sql.remove.run(webhook).changes > 0
      if (removed) deeds.add(webhook, "removed", WebhookRemoved({ webhook, by, at: now }))
      return removed
    })
  }
}

export type Webhooks = ReturnType<typeof webhooksOn>
