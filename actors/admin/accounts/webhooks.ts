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
  WebhookSecretReplaced,
  WebhookSwitched,
  type WebhookSwitchReason
} from "../../../contracts/webhook.ts"
import { Asked } from "../../../contracts/account.ts"
import type { AtRest } from "../../../infra/keyring/at-rest.ts"
import type { Sqlite } from "../../../infra/sqlite/open.ts"
import { uuid7 } from "../uuid7.ts"
import type { Deeds } from "./deeds.ts"
import { openTarget, type SealedTarget, sealFormer, sealTarget, type Target } from "./webhook-targets.ts"

/** The last event of a log that a webhook was told. */
export interface ToldUpTo {
  readonly generation: string
  readonly sequence: number
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

interface Row extends SealedTarget {
  readonly id: WebhookId
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
  replaceSecret: db.prepare<[Buffer, Buffer | null, number | null, WebhookId]>(
    "update webhook set target = ?, former = ?, former_until = ?, revision = revision + 1 where id = ?"
  ),
  dropFormer: db.prepare<[number]>(
    "update webhook set former = null, former_until = null where former_until <= ?"
  ),
  remove: db.prepare<[WebhookId]>("delete from webhook where id = ?")
})

export const webhooksOn = (db: Sqlite, deeds: Deeds, atRest: AtRest, max: number) => {
  const sql = statements(db)

  const shown = (row: Row): Subscription => ({
    webhook: row.id,
    target: openTarget(atRest, row),
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
    /** What is sent is signed with this secret, and until a time with the one before. `undefined` where there is none. */
    replaceSecret: db.transaction(
      (
        webhook: WebhookId,
        secret: Uint8Array,
        until: number,
        by: string,
        now: number
      ): Subscription | undefined => {
        const { host, target } = find(webhook) ?? {}
        if (host === undefined || target === undefined) return undefined
        const former = until > now ? sealFormer(atRest, webhook, target.secret) : null
        sql.replaceSecret.run(
          sealTarget(atRest, webhook, { url: target.url, secret }),
          former,
          former === null ? null : until,
          webhook
        )
        const after = find(webhook)!
        deeds.add(
          webhook,
          `secret ${after.revision}`,
          WebhookSecretReplaced({ webhook, host, until: Math.max(until, now), by, at: now })
        )
        return after
      }
    ),
    /** Former secrets that nothing is signed with any more are kept no longer. */
    dropFormerSecrets: (now: number): void => void sql.dropFormer.run(now),
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
    /** Somebody had it sent something by hand. */
    noteAsked: (webhook: WebhookId, what: "test" | "retry", by: string, now: number): void =>
      deeds.add(
        webhook,
        `${what} ${now}`,
        Asked({ what: `webhooks.${what}`, subject: webhook, by, at: now })
      ),
    /** `false` where there is none. */
    remove: db.transaction((webhook: WebhookId, by: string, now: number): boolean => {
      const removed = sql.remove.run(webhook).changes > 0
      if (removed) deeds.add(webhook, "removed", WebhookRemoved({ webhook, by, at: now }))
      return removed
    })
  }
}

export type Webhooks = ReturnType<typeof webhooksOn>
