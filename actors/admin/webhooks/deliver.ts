/**
 * Telling one webhook of events: each until it is taken, and only then the next. Between an attempt that failed and
 * the next one nothing of the log is held; what is sent is read and opened anew, so that whoever was forgotten
 * meanwhile is in no later attempt.
 */
import { Clock, Effect, Random, Schema, Stream } from "effect"
import { EventLog, type LogEvent } from "../../../infra/event-log/event-log.ts"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import type { Lease } from "../../../infra/leases/leases.ts"
import { metrics } from "../../../infra/telemetry/metrics.ts"
import type { Accounts } from "../accounts.ts"
import type { Target } from "../accounts/webhook-targets.ts"
import type { Subscription } from "../accounts/webhooks.ts"
import { messageOf } from "./message.ts"
import { type Attempt, attempt } from "./attempt.ts"
import { placeNow } from "./place.ts"
import type { About, Progress, ProgressStore } from "./progress.ts"
import { givenUp, type RetryLimits, waitMillis } from "./retry.ts"

export interface Delivering {
  readonly accounts: Accounts
  readonly progress: ProgressStore
  readonly client: GuardedClientService
  readonly limits: RetryLimits
  readonly lease: Pick<Lease, "isHeld">
}

/** Events of one read: a slow receiver holds no more of the log in memory. */
const batchMax = 50
/** Before the log is asked again where it did not answer. */
const logWaitMillis = 1_000

/** No more of this run: an attempt failed, or the webhook is another one than it was. */
class Ended extends Schema.TaggedError<Ended>()("Ended", { goesOn: Schema.Boolean }) {}

type Subscribed = Subscription & { readonly target: Target }

const filterOf = ({ contexts, events }: Subscription) => ({
  ...(contexts.length === 0 ? {} : { contexts }),
  ...(events.length === 0 ? {} : { events })
})

const failed = Effect.fnUntraced(function* (
  { accounts, limits, progress }: Delivering,
  subscription: Subscription,
  about: About,
  made: Attempt,
  { failingSince, failures, revision }: Progress
) {
  const { leftAloneMillis, status } = made
  const wait = waitMillis(failures + 1, yield* Random.next, leftAloneMillis, limits)
  const now = yield* Clock.currentTimeMillis
  if (!progress.failed(about, made, now + wait, revision)) return yield* new Ended({ goesOn: false })
  metrics.webhookFailed.inc({ webhook: subscription.webhook })
  const reason = givenUp(status, failingSince ?? made.at, now, limits)
  if (reason !== undefined) yield* accounts.webhooks.switchOff(subscription, reason)
  return yield* new Ended({ goesOn: reason === undefined })
})

const tell = Effect.fnUntraced(function* (
  delivering: Delivering,
  subscription: Subscribed,
  event: LogEvent,
  revision: number
) {
  const { client, lease, limits, progress } = delivering
  const { target, webhook, words } = subscription
  const { sequence } = event
  const { body, id, type } = yield* messageOf(event, words)
  // A process that was paused finds out here that another one has gone on; or this one was changed elsewhere.
  const isStill = () => lease.isHeld() && progress.find(webhook)?.revision === revision
  if (!isStill()) return yield* new Ended({ goesOn: false })
  const made = yield* attempt(client, target, { id, body }, limits.answerMillis, isStill)
  const about = { webhook, sequence, id, type }
  const before = progress.find(webhook)
  if (before?.revision !== revision) return yield* new Ended({ goesOn: false })
  if (!made.delivered) return yield* failed(delivering, subscription, about, made, before)
  progress.told(about, made, sequence, revision)
  return metrics.webhookDelivered.inc({ webhook })
})

/** Tells it what the log has behind a place, until an attempt fails. */
const tellFrom = Effect.fnUntraced(function* (
  delivering: Delivering,
  subscription: Subscribed,
  { revision, sequence }: Progress
) {
  const log = yield* EventLog
  const { webhook } = subscription
  return yield* log.read({ from: sequence + 1, batchMax, ...filterOf(subscription) }).pipe(
    Stream.runForEach(({ events, pending }) =>
      Effect.forEach(
        events,
        (event, index) => {
          metrics.webhookBehind.set({ webhook }, pending + events.length - index)
          return tell(delivering, subscription, event, revision)
        },
        { discard: true }
      ).pipe(Effect.tap(() => Effect.sync(() => metrics.webhookBehind.set({ webhook }, pending))))
    )
  )
})

/** Where it stands, in the log as it is now. */
export const standing = Effect.fnUntraced(function* (
  { progress }: Pick<Delivering, "progress">,
  { told, webhook }: Subscription
) {
  const noted = progress.find(webhook)
  const now = yield* placeNow(noted ?? told)
  if (noted?.generation !== now.generation) progress.begin(webhook, now)
  return progress.find(webhook)!
})

/** Tells a webhook of events until it is to begin elsewhere than where it `begun`, or is switched off. */
export const deliver = Effect.fn("deliver to a webhook")(function* (
  delivering: Delivering,
  subscription: Subscribed,
  begun: Progress
) {
  const { limits, progress } = delivering
  const { webhook } = subscription
  const once = Effect.gen(function* () {
    const at = progress.find(webhook)
    if (at?.revision !== begun.revision) return false
    // It was noted by the time of day: where the clock was set back since, no longer than it is ever left alone.
    const left = (at.nextAt ?? 0) - (yield* Clock.currentTimeMillis)
    if (left > 0) yield* Effect.sleep(Math.min(left, limits.longestMillis))
    return yield* tellFrom(delivering, subscription, at).pipe(
      Effect.as(true),
      Effect.catchTag("Ended", ({ goesOn }) => Effect.succeed(goesOn)),
      Effect.catchTag("LogUnavailable", ({ message }) =>
        Effect.as(
          Effect.andThen(
            Effect.logWarning("the log did not answer a webhook's reader", { webhook, error: message }),
            Effect.sleep(logWaitMillis)
          ),
          true
        )
      )
    )
  })
  yield* Effect.repeat(once, { while: (goesOn) => goesOn })
})
