/** Programs elsewhere that are told of events. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { Impossible, InvalidRequest, NotFound, Unavailable } from "../../../contracts/http/problems.ts"
import { overlapHoursUsual, webhooksMax } from "../../../contracts/http/webhooks.ts"
import type { WebhookId } from "../../../contracts/ids.ts"
import type { Accounts, AccountsUnavailable } from "../accounts.ts"
import { byOf, orInternal } from "../authorize.ts"
import { namedRequest, orAnother } from "../named-request.ts"
import type { ManagedWebhooks, NotSent } from "../webhooks/managed.ts"
import { makeWebhookSecret, secretText } from "../webhooks/signature.ts"
import { webhookView } from "../webhooks/view.ts"
import { meant, type NotMeant, placeBefore, type Wanted } from "../webhooks/wanted.ts"

const by = Effect.map(CurrentKey, byOf)

const none = (webhook: WebhookId) => new NotFound({ detail: `There is no webhook ${webhook}.` })

const invalid = ({ field, message }: NotMeant) =>
  Effect.fail(new InvalidRequest({ field: `payload.${field}`, detail: message }))
const unavailable = ({ message }: { readonly message: string }) =>
  Effect.fail(new Unavailable({ detail: message }))
const broken = (error: AccountsUnavailable) => orInternal(Effect.fail(error))

/** Why nothing was sent by hand. */
const unsent = (error: NotSent) =>
  error.reason === "no-way"
    ? unavailable(error)
    : Effect.fail(new InvalidRequest({ field: "payload.sequence", detail: error.message }))

const before = (from: number | undefined) =>
  placeBefore(from).pipe(Effect.catchTags({ NotMeant: invalid, LogUnavailable: unavailable }))

const hourMillis = 3_600_000

/** A webhook with its secret, which is shown to whoever has just made it, and to nobody else. */
const withSecret = (added: Effect.Success<ReturnType<ManagedWebhooks["find"]>>) =>
  added?.target === undefined
    ? unavailable({ message: "The keyring that sealed this webhook is not here." })
    : Effect.succeed({ ...webhookView(added), secret: secretText(added.target.secret) })

export const webhooks = (accounts: Accounts, hooks: ManagedWebhooks) => {
  const checked = (wanted: Wanted) => Effect.catchTag(meant(hooks, wanted), "NotMeant", invalid)
  const found = Effect.fnUntraced(function* (webhook: WebhookId) {
    return (yield* orInternal(hooks.find(webhook))) ?? (yield* none(webhook))
  })
  return HttpApiBuilder.group(api, "webhooks", (handlers) =>
    handlers.handleAll({
      list: () => Effect.map(orInternal(hooks.list), (all) => ({ items: all.map(webhookView) })),
      add: Effect.fnUntraced(function* ({ headers, payload }) {
        const { from, label = null, url, words = false } = payload
        const named = yield* namedRequest(accounts, "webhooks.add", headers, payload)
        const filter = yield* checked(payload)
        const target = { url, secret: makeWebhookSecret() }
        const wanted = { ...filter, words, label, target, told: yield* before(from) }
        const added = yield* orAnother(hooks.addOnce(named, wanted, yield* by))
        if (added === "removed")
          return yield* new Impossible({
            reason: "already-done",
            detail: "It was added under this Idempotency-Key, and removed since."
          })
        if (added === "too-many")
          return yield* new Impossible({
            reason: "too-many",
            detail: `There are ${webhooksMax} webhooks, which is all there can be. Remove one first.`
          })
        return yield* withSecret(added)
      }),
      change: Effect.fnUntraced(function* ({ params: { webhook }, payload }) {
        const { contexts: someContexts, events: someEvents, ...rest } = payload
        const { contexts: named, events } = yield* checked(payload)
        yield* found(webhook)
        const wanted = {
          ...rest,
          ...(someContexts === undefined ? {} : { contexts: named }),
          ...(someEvents === undefined ? {} : { events })
        }
        const changed = yield* orInternal(hooks.change(webhook, wanted, yield* by))
        return webhookView(changed ?? (yield* none(webhook)))
      }),
      remove: Effect.fnUntraced(function* ({ params: { webhook } }) {
        if (!(yield* orInternal(hooks.remove(webhook, yield* by)))) return yield* none(webhook)
        return { removed: true }
      }),
      deliveries: Effect.fnUntraced(function* ({ params: { webhook } }) {
        yield* found(webhook)
        return { items: yield* hooks.deliveries(webhook) }
      }),
      replay: Effect.fnUntraced(function* ({ params: { webhook }, payload: { from } }) {
        yield* found(webhook)
        yield* orInternal(hooks.replay(webhook, yield* before(from), yield* by))
        return webhookView(yield* found(webhook))
      }),
      test: Effect.fnUntraced(function* ({ params: { webhook } }) {
        const hook = yield* found(webhook)
        return yield* hooks
          .test(hook, yield* by)
          .pipe(Effect.catchTags({ NotSent: unavailable, AccountsUnavailable: broken }))
      }),
      retry: Effect.fnUntraced(function* ({ params: { webhook }, payload: { sequence } }) {
        const hook = yield* found(webhook)
        return yield* hooks
          .retry(hook, sequence, yield* by)
          .pipe(
            Effect.catchTags({ NotSent: unsent, LogUnavailable: unavailable, AccountsUnavailable: broken })
          )
      }),
      replaceSecret: Effect.fnUntraced(function* ({ headers, params: { webhook }, payload }) {
        const asked = { webhook, ...payload }
        const named = yield* namedRequest(accounts, "webhooks.replaceSecret", headers, asked)
        yield* found(webhook)
        const overlapMillis = (payload.overlapHours ?? overlapHoursUsual) * hourMillis
        const replaced = hooks.replaceSecretOnce(named, webhook, overlapMillis, yield* by)
        return yield* withSecret(yield* orAnother(replaced))
      })
    })
  )
}
