/**
 * Programs elsewhere that are told of events, each with one signed request for each event, as Standard Webhooks has
 * it. What is sent is the same JSON as `GET /v1/events` sends.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { EpochMillis, WebhookId } from "../ids.ts"
import { WebhookSwitchReason } from "../webhook.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { namedHeaders } from "./idempotency.ts"
import { Impossible, InvalidRequest, NotFound, Unavailable } from "./problems.ts"

const { NullOr, optionalKey } = Schema

/** How long the former secret stays good where nobody says: a day to tell the receiver of the new one. */
export const overlapHoursUsual = 24
const overlapHoursMax = 168
/** Each has a reader of the log of its own. */
export const webhooksMax = 20
const urlCharactersMax = 2_000
const namesMax = 100

const Url = Schema.String.pipe(
  Schema.check(Schema.isPattern(/^https:\/\/[^\s/?#]/u), Schema.isMaxLength(urlCharactersMax)),
  Schema.annotate({ description: "an https URL on a public address" })
)
const Label = Schema.String.pipe(Schema.check(Schema.isMaxLength(100)))
const Names = Schema.Array(Schema.String.pipe(Schema.check(Schema.isMaxLength(80)))).pipe(
  Schema.check(Schema.isMaxLength(namesMax))
)
const Sequence = Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(1)))

export const Webhook = Schema.Struct({
  webhook: WebhookId,
  /** Null where it cannot be opened: it was sealed under another keyring. */
  url: NullOr(Schema.String),
  /** Contexts and names of events that it is told of; everything where both are empty. */
  contexts: Schema.Array(Schema.String),
  events: Schema.Array(Schema.String),
  /** Whether it is told names, words and URLs, too. */
  words: Schema.Boolean,
  label: NullOr(Schema.String),
  on: Schema.Boolean,
  /** Why it was last switched on or off; null where it never was. */
  reason: NullOr(WebhookSwitchReason),
  createdAt: EpochMillis,
  /** The generation of the log, and the last event of it that it was told. */
  generation: Schema.String,
  sequence: Schema.Int,
  /** Attempts that failed since the last one that did not, since when, and when the next one is due. */
  failures: Schema.Int,
  failingSince: NullOr(EpochMillis),
  nextAt: NullOr(EpochMillis),
  /** The event that could not be told: it is tried again before the others. */
  waiting: NullOr(Schema.Int),
  /** Until when what is sent is signed with the secret before as well; null where that is over. */
  formerSecretUntil: NullOr(EpochMillis)
})

/** One attempt. */
export const WebhookDelivery = Schema.Struct({
  at: EpochMillis,
  /** Of the event; null for a test. */
  sequence: NullOr(Schema.Int),
  /** The header `webhook-id`. */
  id: Schema.String,
  type: Schema.String,
  delivered: Schema.Boolean,
  /** What the server answered; null where it did not. */
  status: NullOr(Schema.Int),
  /** Why there was no answer. */
  fault: NullOr(Schema.String),
  millis: Schema.Int
})

const ofWebhook = { webhook: WebhookId } as const

const list = HttpApiEndpoint.get("list", "/v1/webhooks", {
  success: Schema.Struct({ items: Schema.Array(Webhook) })
}).annotate(NeedsRole, "operator")

const add = HttpApiEndpoint.post("add", "/v1/webhooks", {
  headers: namedHeaders,
  payload: Schema.Struct({
    url: Url,
    contexts: optionalKey(Names),
    events: optionalKey(Names),
    words: optionalKey(Schema.Boolean),
    label: optionalKey(Label),
    /** The first event that it is told; what is new, when absent. */
    from: optionalKey(Sequence)
  }),
  /** `secret` is what signatures are verified with, shown this once. */
  success: Schema.Struct({ ...Webhook.fields, secret: Schema.String }),
  error: [InvalidRequest, Impossible, Unavailable]
}).annotate(NeedsRole, "owner")

const change = HttpApiEndpoint.patch("change", "/v1/webhooks/:webhook", {
  params: ofWebhook,
  payload: Schema.Struct({
    url: optionalKey(Url),
    contexts: optionalKey(Names),
    events: optionalKey(Names),
    words: optionalKey(Schema.Boolean),
    label: optionalKey(Label),
    on: optionalKey(Schema.Boolean)
  }),
  success: Webhook,
  error: [InvalidRequest, NotFound]
}).annotate(NeedsRole, "owner")

const remove = HttpApiEndpoint.delete("remove", "/v1/webhooks/:webhook", {
  params: ofWebhook,
  success: Schema.Struct({ removed: Schema.Boolean }),
  error: NotFound
}).annotate(NeedsRole, "owner")

const deliveries = HttpApiEndpoint.get("deliveries", "/v1/webhooks/:webhook/deliveries", {
  params: ofWebhook,
  /** The newest first; the log of them is bounded. */
  success: Schema.Struct({ items: Schema.Array(WebhookDelivery) }),
  error: NotFound
}).annotate(NeedsRole, "operator")

const replay = HttpApiEndpoint.post("replay", "/v1/webhooks/:webhook/replay", {
  params: ofWebhook,
  payload: Schema.Struct({ from: Sequence }),
  success: Webhook,
  error: [InvalidRequest, NotFound, Unavailable]
}).annotate(NeedsRole, "operator")

const test = HttpApiEndpoint.post("test", "/v1/webhooks/:webhook/test", {
  params: ofWebhook,
  success: WebhookDelivery,
  error: [NotFound, Unavailable]
}).annotate(NeedsRole, "operator")

/** Sends one event at once, under its own id, whether it was told before or not. */
const retry = HttpApiEndpoint.post("retry", "/v1/webhooks/:webhook/retry", {
  params: ofWebhook,
  payload: Schema.Struct({ sequence: Sequence }),
  /** What came of it; where it is the event that waits and was taken, the webhook goes on at once. */
  success: WebhookDelivery,
  error: [InvalidRequest, NotFound, Unavailable]
}).annotate(NeedsRole, "operator")

const OverlapHours = Schema.Int.pipe(
  Schema.check(Schema.isBetween({ minimum: 0, maximum: overlapHoursMax })),
  Schema.annotate({
    description: `for how many hours what is sent is signed with the former secret as well; ${overlapHoursUsual} when left out, 0 for none`
  })
)

const replaceSecret = HttpApiEndpoint.post("replaceSecret", "/v1/webhooks/:webhook/secret", {
  headers: namedHeaders,
  params: ofWebhook,
  payload: Schema.Struct({ overlapHours: optionalKey(OverlapHours) }),
  /** `secret` is the new one, shown this once. */
  success: Schema.Struct({ ...Webhook.fields, secret: Schema.String }),
  error: [InvalidRequest, NotFound, Unavailable]
}).annotate(NeedsRole, "owner")

export const webhooks = HttpApiGroup.make("webhooks")
  .add(list, add, change, remove, deliveries, replay, test, retry, replaceSecret)
  .middleware(Authorization)
