/** Webhooks as owners and operators manage them, and as whoever tells them finds them. */
import { Effect, Latch } from "effect"
import type { WebhookId } from "../../../contracts/ids.ts"
import type { NamedRequest } from "./answers.ts"
import type { At, AtOnce } from "./at.ts"
import type { NewWebhook, Subscription, ToldUpTo, WebhookChange, Webhooks } from "./webhooks.ts"

/** `deed` and `once` are for what the log is told of, `at` for the rest. */
export const manageWebhooks = (webhooks: Webhooks, deed: At, once: AtOnce, at: At) => {
  /** Opened when something was changed here that whoever tells webhooks has to know. */
  const changed = Latch.makeUnsafe()
  const tell = Effect.sync(() => changed.openUnsafe())
  const telling: At = (operation, run) => Effect.tap(deed(operation, run), tell)
  const tellingOnce: AtOnce = (named, operation, run) => Effect.tap(once(named, operation, run), tell)
  return {
    changed,
    list: at("list webhooks", () => webhooks.list()),
    find: (webhook: WebhookId) => at("find a webhook", () => webhooks.find(webhook)),
    /** `undefined` where there are as many as there can be. */
    add: (wanted: NewWebhook, by: string) =>
      telling("add a webhook", (now) => webhooks.add.immediate(wanted, by, now)),
    /** The same, once for a request that has a name; answers with its id. */
    addOnce: (named: NamedRequest | undefined, wanted: NewWebhook, by: string) =>
      tellingOnce(named, "add a webhook", (now) => webhooks.add(wanted, by, now)?.webhook),
    change: (webhook: WebhookId, wanted: WebhookChange, by: string) =>
      telling("change a webhook", (now) => webhooks.change.immediate(webhook, wanted, by, now)),
    switchOff: (subscription: Subscription, reason: "failing" | "gone") =>
      telling("switch a webhook off", (now) => webhooks.switchOff.immediate(subscription, reason, now)),
    noteTold: (webhook: WebhookId, told: ToldUpTo) =>
      at("note how far a webhook was told", () => webhooks.noteTold(webhook, told)),
    noteReplayed: (webhook: WebhookId, told: ToldUpTo, by: string) =>
      telling("note a replay", (now) => webhooks.noteReplayed.immediate(webhook, told, by, now)),
    replaceSecret: (webhook: WebhookId, secret: Uint8Array, until: number, by: string) =>
      telling("replace a webhook's secret", (now) =>
        webhooks.replaceSecret.immediate(webhook, secret, until, by, now)
      ),
    /** The same, once for a request that has a name; answers with its id. */
    replaceSecretOnce: (
      named: NamedRequest | undefined,
      webhook: WebhookId,
      secret: Uint8Array,
      until: number,
      by: string
    ) =>
      tellingOnce(
        named,
        "replace a webhook's secret",
        (now) => webhooks.replaceSecret(webhook, secret, until, by, now)?.webhook
      ),
    dropFormerSecrets: at("drop former secrets of webhooks", (now) => webhooks.dropFormerSecrets(now)),
    noteAsked: (webhook: WebhookId, what: "test" | "retry", by: string) =>
      deed(`note a ${what} of a webhook`, (now) => webhooks.noteAsked(webhook, what, by, now)),
    remove: (webhook: WebhookId, by: string) =>
      telling("remove a webhook", (now) => webhooks.remove.immediate(webhook, by, now))
  }
}
