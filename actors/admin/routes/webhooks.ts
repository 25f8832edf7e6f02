/** Programs elsewhere that are told of events. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { type EventName, eventTypeOf } from "../../../contracts/catalogue.ts"
import { type Context, contexts } from "../../../contracts/contexts.ts"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { Impossible, InvalidRequest, NotFound, Unavailable } from "../../../contracts/http/problems.ts"
import { webhooksMax } from "../../../contracts/http/webhooks.ts"
import type { WebhookId } from "../../../contracts/ids.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { byOf, orInternal } from "../authorize.ts"
import { makeWebhookSecret, secretText } from "../webhooks/signature.ts"
import type { RunningWebhooks } from "../webhooks/start-webhooks.ts"

const by = Effect.map(CurrentKey, byOf)
const hostCharactersMax = 253

const none = (webhook: WebhookId) => new NotFound({ detail: `There is no webhook ${webhook}.` })

const last = Effect.gen(function* () {
  const log = yield* EventLog
  return yield* log.last.pipe(Effect.mapError((error) => new Unavailable({ detail: error.message })))
})

type Shown = Effect.Success<RunningWebhooks["list"]>[number]

const view = (one: Shown) => {
  const { at, contexts, createdAt, events, failures, generation, label, on, reason, sequence } = one
  return {
    webhook: one.webhook,
    url: one.target?.url ?? null,
    contexts,
    events,
    words: one.words,
    label,
    on,
    reason,
    createdAt,
    generation,
    sequence,
    failures,
    failingSince: at?.failingSince ?? null,
    nextAt: at?.nextAt ?? null
  }
}

const invalid = (field: string, detail: string) => new InvalidRequest({ field: `payload.${field}`, detail })

interface Wanted {
  readonly url?: string
  readonly contexts?: ReadonlyArray<string>
  readonly events?: ReadonlyArray<string>
}

const isContext = (name: string): name is Context => Object.hasOwn(contexts, name)
const isEvent = (name: string): name is EventName => eventTypeOf(name) !== undefined

/** The URL and the names that a request has, once they can be meant. */
const checked = Effect.fnUntraced(function* ({ judge }: RunningWebhooks, wanted: Wanted) {
  const { contexts: named = [], events = [], url } = wanted
  if (url !== undefined) {
    const parsed = URL.parse(url)
    if (parsed === null || parsed.username !== "" || parsed.hostname.length > hostCharactersMax)
      return yield* invalid("url", "Expected an https URL without a name or a password in it.")
    const judged = judge(url)
    if (!judged.allowed) return yield* invalid("url", `Nothing is sent there: ${judged.reason}.`)
  }
  const unknown = [...named.filter((name) => !isContext(name)), ...events.filter((name) => !isEvent(name))]
  if (unknown[0] !== undefined)
    return yield* invalid(
      named.includes(unknown[0]) ? "contexts" : "events",
      `There is no context and no event ${JSON.stringify(unknown[0])}.`
    )
  return { contexts: named.filter(isContext), events: events.filter(isEvent) }
})

/** The place before an event that is wanted. */
const before = Effect.fnUntraced(function* (from: number | undefined) {
  const { generation } = yield* EventLog
  const end = yield* last
  if (from !== undefined && from > end + 1)
    return yield* invalid("from", `Expected a sequence of this log, which ends at ${end}, found ${from}.`)
  return { generation, sequence: from === undefined ? end : from - 1 }
})

export const webhooks = (hooks: RunningWebhooks) => {
  const found = Effect.fnUntraced(function* (webhook: WebhookId) {
    return (yield* orInternal(hooks.find(webhook))) ?? (yield* none(webhook))
  })
  return HttpApiBuilder.group(api, "webhooks", (handlers) =>
    handlers.handleAll({
      list: () => Effect.map(orInternal(hooks.list), (all) => ({ items: all.map(view) })),
      add: Effect.fnUntraced(function* ({ payload }) {
        const { from, label = null, url, words = false } = payload
        const filter = yield* checked(hooks, payload)
        const secret = makeWebhookSecret()
        const wanted = { ...filter, words, label, target: { url, secret }, told: yield* before(from) }
        const added = yield* orInternal(hooks.add(wanted, yield* by))
        if (added === undefined)
          return yield* new Impossible({
            reason: "too-many",
            detail: `There are ${webhooksMax} webhooks, which is all there can be. Remove one first.`
          })
        return { ...view(added), secret: secretText(secret) }
      }),
      change: Effect.fnUntraced(function* ({ params: { webhook }, payload }) {
        const { contexts: someContexts, events: someEvents, ...rest } = payload
        const { contexts: named, events } = yield* checked(hooks, payload)
        yield* found(webhook)
        const wanted = {
          ...rest,
          ...(someContexts === undefined ? {} : { contexts: named }),
          ...(someEvents === undefined ? {} : { events })
        }
        const changed = yield* orInternal(hooks.change(webhook, wanted, yield* by))
        return view(changed ?? (yield* none(webhook)))
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
        return view(yield* found(webhook))
      }),
      test: Effect.fnUntraced(function* ({ params: { webhook } }) {
        const { target } = yield* found(webhook)
        const made =
          target === undefined ? undefined : yield* orInternal(hooks.test(webhook, target, yield* by))
        return (
          made ??
          (yield* new Unavailable({
            detail: "This process sends nothing to webhooks, or the keyring that sealed this one is not here."
          }))
        )
      })
    })
  )
}
