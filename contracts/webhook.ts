/** Programs elsewhere that are told of events. Written by `admin`. Their URLs and secrets are never in the log. */
import { Schema } from "effect"
import { event } from "./event.ts"
import { EpochMillis, WebhookId } from "./ids.ts"
import { By } from "./policy.ts"

const webhook = WebhookId.make("01941f29-7c00-7000-8000-000000000006")
const at = 1_767_225_600_000

/** Of its URL no more than the host is told: paths and queries of such URLs are often secrets. */
const Host = Schema.String.pipe(Schema.check(Schema.isMaxLength(253)))

export const WebhookAdded = event("account.webhook-added", {
  about: "A program elsewhere is told of events from now on.",
  data: {
    webhook: WebhookId,
    host: Host,
    /** Whether it is told names, words and URLs, too. */
    words: Schema.Boolean,
    by: By,
    at: EpochMillis
  },
  example: { webhook, host: "hooks.example.com", words: false, by: "operator", at }
})

export const WebhookChanged = event("account.webhook-changed", {
  about: "A webhook has another URL, or is told of other events.",
  data: { webhook: WebhookId, host: Host, words: Schema.Boolean, by: By, at: EpochMillis },
  example: { webhook, host: "hooks.example.com", words: true, by: "operator", at }
})

/** Why a webhook is switched on or off: somebody asked, it failed for days, or its server said that it is gone. */
export const WebhookSwitchReason = Schema.Literals(["asked", "failing", "gone"])
export type WebhookSwitchReason = typeof WebhookSwitchReason.Type

export const WebhookSwitched = event("account.webhook-switched", {
  about: "A webhook is told nothing until it is switched on again, or goes on where it was.",
  data: {
    webhook: WebhookId,
    host: Host,
    on: Schema.Boolean,
    reason: WebhookSwitchReason,
    by: By,
    at: EpochMillis
  },
  example: { webhook, host: "hooks.example.com", on: false, reason: "failing", by: "system", at }
})

export const WebhookReplayed = event("account.webhook-replayed", {
  about: "A webhook is told everything from an event on, though it may have been told before.",
  data: {
    webhook: WebhookId,
    /** The first event that it is told. */
    from: Schema.Int,
    by: By,
    at: EpochMillis
  },
  example: { webhook, from: 1, by: "operator", at }
})

export const WebhookSecretReplaced = event("account.webhook-secret-replaced", {
  about: "What is sent to a webhook is signed with another secret from now on.",
  data: {
    webhook: WebhookId,
    host: Host,
    /** Until when it is signed with the former secret as well. */
    until: EpochMillis,
    by: By,
    at: EpochMillis
  },
  example: { webhook, host: "hooks.example.com", until: at + 86_400_000, by: "operator", at }
})

export const WebhookRemoved = event("account.webhook-removed", {
  about: "A webhook is gone, with its secret.",
  data: { webhook: WebhookId, by: By, at: EpochMillis },
  example: { webhook, by: "operator", at }
})

/** What the log is told about webhooks. */
export const webhookFacts = [
  WebhookAdded,
  WebhookChanged,
  WebhookSwitched,
  WebhookReplayed,
  WebhookSecretReplaced,
  WebhookRemoved
] as const
