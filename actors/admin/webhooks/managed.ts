/** Webhooks as owners and operators manage them, and have them told something by hand. */
import { randomUUID } from "node:crypto"
import { Clock, Effect, Schema } from "effect"
import { eventTypeOf } from "../../../contracts/catalogue.ts"
import type { WebhookId } from "../../../contracts/ids.ts"
import { EventLog, type LogEvent } from "../../../infra/event-log/event-log.ts"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import { judgeUrl } from "../../../infra/guarded-client/judge-url.ts"
import type { NamedRequest } from "../accounts/answers.ts"
import type { Accounts } from "../accounts.ts"
import type { Target } from "../accounts/webhook-targets.ts"
import type { Filter, Subscription, ToldUpTo, WebhookChange } from "../accounts/webhooks.ts"
import { type Attempt, attempt } from "./attempt.ts"
import { messageOf } from "./message.ts"
import type { About, ProgressStore } from "./progress.ts"
import type { RetryLimits } from "./retry.ts"
import { makeWebhookSecret } from "./signature.ts"

/** The type of what is sent to try a webhook out; it is no event, and has no sequence. */
export const testType = "webhook.test"

/** What cannot be sent: there is no such event, it is not what the webhook is told, or nothing can be sent from here. */
export class NotSent extends Schema.TaggedError<NotSent>()("NotSent", {
  reason: Schema.Literals(["no-event", "not-told", "no-way"]),
  message: Schema.String
}) {}

const noWay = new NotSent({
  reason: "no-way",
  message: "This process sends nothing to webhooks, or the keyring that sealed this one is not here."
})

const isTold = ({ contexts, events }: Filter, { type }: LogEvent): boolean => {
  if (contexts.length === 0 && events.length === 0) return true
  if (type === "unreadable") return false
  const context = eventTypeOf(type)?.context
  return events.includes(type) || (context !== undefined && contexts.includes(context))
}

/** The event at a sequence, where a webhook is told of it. */
const eventFor = Effect.fnUntraced(function* (subscription: Subscription, sequence: number) {
  const event = yield* Effect.flatMap(EventLog, (log) => log.get(sequence))
  if (event === undefined)
    return yield* new NotSent({ reason: "no-event", message: `There is no event ${sequence} in the log.` })
  if (!isTold(subscription, event))
    return yield* new NotSent({
      reason: "not-told",
      message: `This webhook is not told of ${event.type}, which event ${sequence} is.`
    })
  return event
})

const shownAttempt = ({ id, sequence, type }: About, made: Attempt) => {
  const { at, delivered, fault, millis, status } = made
  return { at, sequence, id, type, delivered, status, fault, millis }
}

export const managed = (
  accounts: Accounts,
  progress: ProgressStore,
  outbound: GuardedClientService | undefined,
  limits: RetryLimits
) => {
  const { webhooks } = accounts

  /** A webhook with how far it was told. */
  const shown = (subscription: Subscription) => {
    const at = progress.find(subscription.webhook)
    const { generation, sequence } = at ?? subscription.told
    return { ...subscription, generation, sequence, failures: at?.failures ?? 0, at }
  }
  const shownIfAny = (subscription: Subscription | undefined) =>
    subscription === undefined ? undefined : shown(subscription)

  const send = (target: Target | undefined, message: { readonly id: string; readonly body: string }) =>
    outbound === undefined || target === undefined
      ? noWay
      : attempt(outbound, target, message, limits.answerMillis)

  return {
    /** Whether the guard would let anything be sent to a URL, as far as the URL alone says. */
    judge: outbound?.judge ?? judgeUrl,
    list: Effect.map(webhooks.list, (all) => all.map(shown)),
    find: (webhook: WebhookId) => Effect.map(webhooks.find(webhook), shownIfAny),
    add: (wanted: Parameters<typeof webhooks.add>[0], by: string) =>
      Effect.map(webhooks.add(wanted, by), shownIfAny),
    /** The same, once for a request that has a name: `removed` where that was removed since. */
    addOnce: Effect.fnUntraced(function* (
      named: NamedRequest | undefined,
      wanted: Parameters<typeof webhooks.add>[0],
      by: string
    ) {
      const webhook = yield* webhooks.addOnce(named, wanted, by)
      if (webhook === undefined) return "too-many"
      return shownIfAny(yield* webhooks.find(webhook)) ?? "removed"
    }),
    change: Effect.fnUntraced(function* (webhook: WebhookId, wanted: WebhookChange, by: string) {
      // What failed before the change is no reason to wait after it.
      progress.forgive(webhook)
      return shownIfAny(yield* webhooks.change(webhook, wanted, by))
    }),
    /** Another secret, and for some milliseconds the former one besides. `undefined` where it cannot be opened. */
    replaceSecret: Effect.fnUntraced(function* (webhook: WebhookId, overlapMillis: number, by: string) {
      const secret = makeWebhookSecret()
      const until = (yield* Clock.currentTimeMillis) + overlapMillis
      const after = shownIfAny(yield* webhooks.replaceSecret(webhook, secret, until, by))
      return after === undefined ? undefined : { after, secret }
    }),
    /** The same, once for a request that has a name: another try does not end the overlap with the former secret. */
    replaceSecretOnce: Effect.fnUntraced(function* (
      named: NamedRequest | undefined,
      webhook: WebhookId,
      overlapMillis: number,
      by: string
    ) {
      const until = (yield* Clock.currentTimeMillis) + overlapMillis
      const made = makeWebhookSecret()
      if ((yield* webhooks.replaceSecretOnce(named, webhook, made, until, by)) === undefined) return undefined
      return shownIfAny(yield* webhooks.find(webhook))
    }),
    remove: Effect.fnUntraced(function* (webhook: WebhookId, by: string) {
      const removed = yield* webhooks.remove(webhook, by)
      progress.forget(webhook)
      return removed
    }),
    deliveries: (webhook: WebhookId) => Effect.sync(() => progress.deliveries(webhook)),
    /** Has it told everything behind a place. */
    replay: Effect.fnUntraced(function* (webhook: WebhookId, told: ToldUpTo, by: string) {
      yield* webhooks.noteReplayed(webhook, told, by)
      progress.begin(webhook, told)
      webhooks.changed.openUnsafe()
    }),
    /** Sends something that is no event. */
    test: Effect.fnUntraced(function* ({ target, webhook }: Subscription, by: string) {
      const id = `test-${randomUUID()}`
      const body = JSON.stringify({ id, type: testType, time: yield* Clock.currentTimeMillis })
      yield* webhooks.noteAsked(webhook, "test", by)
      const about = { webhook, sequence: null, id, type: testType }
      const made = yield* send(target, { id, body })
      progress.note(about, made)
      return shownAttempt(about, made)
    }),
    /** Sends one event at once, told before or not. Where it is the one that waits, it goes on behind it. */
    retry: Effect.fnUntraced(function* (subscription: Subscription, sequence: number, by: string) {
      const { target, webhook, words } = subscription
      const { body, id, type } = yield* messageOf(yield* eventFor(subscription, sequence), words)
      yield* webhooks.noteAsked(webhook, "retry", by)
      const about = { webhook, sequence, id, type }
      const made = yield* send(target, { id, body })
      progress.toldByHand(about, made)
      webhooks.changed.openUnsafe()
      return shownAttempt(about, made)
    })
  }
}

export type ManagedWebhooks = ReturnType<typeof managed>
