/** Telling every webhook that is on, in the one process that holds the lease for it. */
import { Clock, Effect, FiberMap, type Latch } from "effect"
import type { WebhookId } from "../../../contracts/ids.ts"
import { Leases } from "../../../infra/leases/leases.ts"
import { metrics } from "../../../infra/telemetry/metrics.ts"
import type { Accounts } from "../accounts.ts"
import type { Subscription } from "../accounts/webhooks.ts"
import { deliver, type Delivering, standing } from "./deliver.ts"

/** What the lease is called. */
export const webhooksLease = "webhooks"

/** How often it is looked whether another process changed something, which costs microseconds. */
const lookEverySeconds = 2
/** `accounts.db` is copied to places for backups whenever it changes, and so told seldom how far webhooks are. */
const noteEveryMillis = 600_000

/** Asks again as soon as something was changed here, and soon after it was changed elsewhere. */
const changed = (latch: Latch.Latch) =>
  Effect.raceFirst(latch.await, Effect.sleep(`${lookEverySeconds} seconds`)).pipe(
    Effect.andThen(Effect.sync(() => latch.closeUnsafe()))
  )

const subscribed = (accounts: Accounts) =>
  Effect.map(accounts.webhooks.list, (all) =>
    all.flatMap((one) => (one.on && one.target !== undefined ? [{ ...one, target: one.target }] : []))
  )

/** Keeps a reader for each that is on, as it is now, until there is none. */
const whileThereAre = Effect.fnUntraced(function* (delivering: Delivering, latch: Latch.Latch) {
  const { accounts, progress } = delivering
  const readers = yield* FiberMap.make<WebhookId>()
  const versions = new Map<WebhookId, string>()
  let notedAt = yield* Clock.currentTimeMillis
  for (const { webhook } of yield* subscribed(accounts)) progress.takeOver(webhook)

  const end = Effect.fnUntraced(function* (webhook: WebhookId) {
    versions.delete(webhook)
    yield* FiberMap.remove(readers, webhook)
    metrics.webhookBehind.remove({ webhook })
  })

  const noteTold = Effect.fnUntraced(function* (all: ReadonlyArray<Subscription>) {
    for (const { told, webhook } of all) {
      const at = progress.find(webhook)
      if (at !== undefined && (at.sequence !== told.sequence || at.generation !== told.generation))
        yield* accounts.webhooks.noteTold(webhook, at)
    }
  })

  while (true) {
    const all = yield* subscribed(accounts)
    if (all.length === 0) return
    for (const webhook of versions.keys())
      if (!all.some((one) => one.webhook === webhook)) yield* end(webhook)
    for (const one of all) {
      const { revision, webhook } = one
      const at = yield* standing(delivering, one)
      const version = `${revision}/${at.revision}`
      if (versions.get(webhook) === version && FiberMap.hasUnsafe(readers, webhook)) continue
      yield* end(webhook)
      const reading = deliver(delivering, one, at).pipe(
        Effect.tapCause((cause) => Effect.logError("a webhook's reader stopped", { webhook }, cause))
      )
      yield* FiberMap.run(readers, webhook, reading)
      versions.set(webhook, version)
    }
    const now = yield* Clock.currentTimeMillis
    if (all.some(({ target: { former } }) => former !== undefined && former.until <= now))
      yield* accounts.webhooks.dropFormerSecrets
    if (now - notedAt >= noteEveryMillis) {
      yield* noteTold(all)
      notedAt = now
    }
    yield* changed(latch)
  }
}, Effect.scoped)

/** Delivers for ever. Without a webhook that is on, no lease is held. */
export const keepDelivering = Effect.fn("keepDelivering")(function* (
  delivering: Omit<Delivering, "lease">,
  latch: Latch.Latch
) {
  const leases = yield* Leases
  const turn = Effect.gen(function* () {
    const lease = yield* leases.hold(webhooksLease)
    yield* Effect.raceFirst(lease.lost, whileThereAre({ ...delivering, lease }, latch))
  }).pipe(Effect.scoped)
  const look = Effect.gen(function* () {
    if ((yield* subscribed(delivering.accounts)).length > 0) yield* turn
    else yield* changed(latch)
  })
  return yield* Effect.forever(look)
})
