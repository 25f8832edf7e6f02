/** Webhooks of a data folder: told by one process at a time, managed by any. */
import { randomUUID } from "node:crypto"
import { join } from "node:path"
import { Clock, Effect } from "effect"
import type { WebhookId } from "../../../contracts/ids.ts"
import { supervise } from "../../../infra/actor/supervise.ts"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import { judgeUrl } from "../../../infra/guarded-client/judge-url.ts"
import { begunAnewWhereDamaged } from "../../../infra/sqlite/damaged.ts"
import { openSqlite } from "../../../infra/sqlite/open.ts"
import type { Accounts } from "../accounts.ts"
import type { Subscription, Target, WebhookChange } from "../accounts/webhooks.ts"
import { attempt } from "./attempt.ts"
import { keepDelivering } from "./keep-delivering.ts"
import { progressFile, progressOn } from "./progress.ts"
import { type RetryLimits, retryLimits } from "./retry.ts"

export interface WebhookOptions {
  readonly dataFolder: string
  /** Left out, this process tells nobody anything. */
  readonly outbound?: GuardedClientService | undefined
  readonly retrying?: RetryLimits | undefined
}

/** The type of what is sent to try a webhook out; it is no event, and has no sequence. */
export const testType = "webhook.test"

const openProgress = Effect.fnUntraced(function* (path: string) {
  const db = yield* openSqlite(path, "derived")
  return progressOn(db, yield* Clock.currentTimeMillis)
})

/** Opens what is known of the progress of webhooks, and tells them until the scope closes. */
export const startWebhooks = Effect.fn("startWebhooks")(function* (
  accounts: Accounts,
  { dataFolder, outbound, retrying = retryLimits }: WebhookOptions
) {
  const path = join(dataFolder, progressFile)
  yield* Effect.ignore(begunAnewWhereDamaged(path, openProgress(path)))
  const progress = yield* openProgress(path)
  const { webhooks } = accounts
  if (outbound !== undefined) {
    const delivering = { accounts, progress, client: outbound, limits: retrying }
    yield* Effect.forkScoped(supervise("webhooks", keepDelivering(delivering, webhooks.changed)))
  }

  /** A webhook with how far it was told; that it was switched on is a reason to try at once. */
  const shown = (subscription: Subscription) => {
    const at = progress.find(subscription.webhook)
    const { generation, sequence } = at ?? subscription.told
    return { ...subscription, generation, sequence, failures: at?.failures ?? 0, at }
  }

  return {
    /** Whether the guard would let anything be sent to a URL, as far as the URL alone says. */
    judge: outbound?.judge ?? judgeUrl,
    list: Effect.map(webhooks.list, (all) => all.map(shown)),
    find: (webhook: WebhookId) =>
      Effect.map(webhooks.find(webhook), (found) => (found === undefined ? undefined : shown(found))),
    add: (wanted: Parameters<typeof webhooks.add>[0], by: string) =>
      Effect.map(webhooks.add(wanted, by), (added) => (added === undefined ? undefined : shown(added))),
    change: Effect.fnUntraced(function* (webhook: WebhookId, wanted: WebhookChange, by: string) {
      // What failed before the change is no reason to wait after it.
      progress.forgive(webhook)
      const after = yield* webhooks.change(webhook, wanted, by)
      return after === undefined ? undefined : shown(after)
    }),
    remove: Effect.fnUntraced(function* (webhook: WebhookId, by: string) {
      const removed = yield* webhooks.remove(webhook, by)
      progress.forget(webhook)
      return removed
    }),
    deliveries: (webhook: WebhookId) => Effect.sync(() => progress.deliveries(webhook)),
    /** Has it told everything behind a place. */
    replay: Effect.fnUntraced(function* (
      webhook: WebhookId,
      told: { readonly generation: string; readonly sequence: number },
      by: string
    ) {
      yield* webhooks.noteReplayed(webhook, told, by)
      progress.begin(webhook, told)
      webhooks.changed.openUnsafe()
    }),
    /** Sends something that is no event; `undefined` where this process sends nothing. */
    test: Effect.fnUntraced(function* (webhook: WebhookId, target: Target, by: string) {
      if (outbound === undefined) return undefined
      yield* webhooks.noteTested(webhook, by)
      const id = `test-${randomUUID()}`
      const time = yield* Clock.currentTimeMillis
      const body = JSON.stringify({ id, type: testType, time })
      const made = yield* attempt(outbound, target, { id, body }, retrying.answerMillis)
      const about = { webhook, sequence: null, id, type: testType }
      progress.note(about, made)
      const { leftAloneMillis: _, ...outcome } = made
      return { sequence: null, id, type: testType, ...outcome }
    })
  }
})

export type RunningWebhooks = Effect.Success<ReturnType<typeof startWebhooks>>
