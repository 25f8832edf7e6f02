/** Webhooks of a data folder: told by one process at a time, managed by any. */
import { join } from "node:path"
import { Clock, Effect } from "effect"
import { supervise } from "../../../infra/actor/supervise.ts"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import { begunAnewWhereDamaged } from "../../../infra/sqlite/damaged.ts"
import { openVersioned } from "../../../infra/sqlite/open-versioned.ts"
import type { Accounts } from "../accounts.ts"
import { keepDelivering } from "./keep-delivering.ts"
import { type ManagedWebhooks, managed } from "./managed.ts"
import { progressFile, progressMigrations, progressOn } from "./progress.ts"
import { type RetryLimits, retryLimits } from "./retry.ts"

export interface WebhookOptions {
  readonly dataFolder: string
  /** Left out, this process tells nobody anything. */
  readonly outbound?: GuardedClientService | undefined
  readonly retrying?: RetryLimits | undefined
}

const openProgress = Effect.fnUntraced(function* (path: string) {
  const db = yield* openVersioned(path, "derived", progressMigrations)
  return progressOn(db, yield* Clock.currentTimeMillis)
})

const openBoth = Effect.fnUntraced(function* (
  accounts: Accounts,
  { dataFolder, outbound, retrying = retryLimits }: WebhookOptions
) {
  const path = join(dataFolder, progressFile)
  yield* Effect.ignore(begunAnewWhereDamaged(path, openProgress(path)))
  const progress = yield* openProgress(path)
  return { progress, hooks: managed(accounts, progress, outbound, retrying), limits: retrying }
})

/** Opens webhooks to be managed; until the scope closes. Nobody is told anything but by hand. */
export const openWebhooks = (accounts: Accounts, options: WebhookOptions) =>
  Effect.map(openBoth(accounts, options), ({ hooks }): ManagedWebhooks => hooks)

/** Opens what is known of webhooks, and tells them until the scope closes. */
export const startWebhooks = Effect.fn("startWebhooks")(function* (
  accounts: Accounts,
  options: WebhookOptions
) {
  const { hooks, limits, progress } = yield* openBoth(accounts, options)
  if (options.outbound !== undefined) {
    const delivering = { accounts, progress, client: options.outbound, limits }
    yield* Effect.forkScoped(supervise("webhooks", keepDelivering(delivering, accounts.webhooks.changed)))
  }
  return hooks
})
