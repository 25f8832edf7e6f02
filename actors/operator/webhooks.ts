/** `wadjet webhooks`: programs elsewhere that are told of events. Works whether the system runs or not. */
import { resolve } from "node:path"
import { Effect, Option, Schema } from "effect"
import { WebhookId } from "../../contracts/ids.ts"
import { webhooksMax } from "../../contracts/http/webhooks.ts"
import { makeGuardedClient } from "../../infra/guarded-client/client.ts"
import { pinoLogger } from "../../infra/telemetry/logger.ts"
import type { ManagedWebhooks, NotSent } from "../admin/webhooks/managed.ts"
import { makeWebhookSecret, secretText } from "../admin/webhooks/signature.ts"
import { openWebhooks } from "../admin/webhooks/start-webhooks.ts"
import { type ShownWebhook, webhookView } from "../admin/webhooks/view.ts"
import { meant, type NotMeant, placeBefore } from "../admin/webhooks/wanted.ts"
import { accountsOf } from "./accounts-database.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { openLog } from "./reach.ts"
import { counted, printable } from "./words.ts"

/** Whoever may use the command line on the server's own files. */
const by = "operator"

const hourMillis = 3_600_000
const overlapHoursMax = 168

interface Input {
  readonly json: boolean
}

interface OneInput extends Input {
  readonly id: string
}

const opened = Effect.gen(function* () {
  const { dataFolder } = yield* Host.config
  const { accounts } = yield* accountsOf
  const outbound = yield* makeGuardedClient()
  return yield* openWebhooks(accounts, { dataFolder: resolve(dataFolder), outbound })
})

const found = Effect.fnUntraced(function* (id: string) {
  const hooks = yield* opened
  const webhook = Option.getOrUndefined(Schema.decodeUnknownOption(WebhookId)(id))
  const hook = webhook === undefined ? undefined : yield* hooks.find(webhook)
  if (hook === undefined)
    return yield* new OperatorFailed({
      what: `There is no webhook ${printable(id)}`,
      why: "expected the id of one that there is, such as 01941f29-7c00-7000-8000-000000000006",
      next: "`wadjet webhooks list` shows the ids."
    })
  return { hooks, hook, webhook: hook.webhook }
})

const withLogger = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Host.config, ({ logLevel }) => Effect.provide(work, pinoLogger(logLevel)))

/** With the log at hand, of the system that runs, or of a server that is started for it. */
const withLog = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const { context } = yield* openLog(yield* Host.config)
    return yield* Effect.provideContext(work, context)
  }).pipe(Effect.scoped, withLogger)

const unclear = ({ field, message }: NotMeant) =>
  new OperatorFailed({
    what: `This cannot be meant by ${field === "url" ? "the URL" : `--${field.replace(/s$/u, "")}`}`,
    why: message.replace(/\.$/u, ""),
    next: "`wadjet webhooks --help` shows what it takes.",
    exit: "usage"
  })

const unsent = ({ message }: NotSent) =>
  new OperatorFailed({
    what: "Nothing was sent",
    why: message.replace(/\.$/u, ""),
    next: "`wadjet webhooks list` shows what it is told."
  })

const at = (millis: number): string => new Date(millis).toISOString().slice(0, 19).replace("T", " ")

const toldOf = ({ contexts, events, words }: ShownWebhook): string =>
  `${[...contexts, ...events].join(", ") || "everything"}${words ? ", with words" : ""}`

const stateOf = ({ at: progress, failures, on, reason }: ShownWebhook): string => {
  if (!on) return `off (${reason ?? "asked"})`
  if (failures === 0 || progress?.failingSince == null) return "on"
  const next = progress.nextAt === null ? "" : `, next attempt ${at(progress.nextAt)}`
  return `on, FAILS since ${at(progress.failingSince)} with event ${progress.waiting ?? "?"} (${counted(failures, "attempt")}${next})`
}

const lines = (one: ShownWebhook): ReadonlyArray<string> => [
  `${one.webhook}  ${stateOf(one)}${one.label === null ? "" : `  ${printable(one.label)}`}`,
  `    ${one.target?.url ?? `https://${one.host}/… (sealed under another keyring)`}`,
  `    is told ${toldOf(one)}; up to event ${one.sequence.toLocaleString("en")}`
]

const show = Effect.fnUntraced(function* (one: ShownWebhook, json: boolean) {
  const output = yield* Output
  if (json) return yield* output.json(webhookView(one))
  return yield* Effect.forEach(lines(one), output.line, { discard: true })
})

const showSecret = Effect.fnUntraced(function* (one: ShownWebhook, secret: Uint8Array, json: boolean) {
  const output = yield* Output
  const text = secretText(secret)
  if (json) return yield* output.json({ ...webhookView(one), secret: text })
  yield* output.line(text)
  yield* output.note(`The secret of ${one.webhook} (${one.host}), shown this once.`)
  const until = one.target?.former?.until
  if (until !== undefined)
    yield* output.note(`Until ${at(until)} UTC what is sent is signed with the former one as well.`)
})

export const listWebhooks = Effect.fn("listWebhooks")(function* ({ json }: Input) {
  const output = yield* Output
  const all = yield* Effect.flatMap(opened, (hooks) => hooks.list)
  for (const one of all) yield* show(one, json)
  if (all.length === 0 && !json)
    yield* output.line("Nobody is told anything yet: `wadjet webhooks add https://…` has somebody told.")
}, Effect.scoped)

export interface AddInput extends Input {
  readonly url: string
  readonly event: ReadonlyArray<string>
  readonly context: ReadonlyArray<string>
  readonly label: Option.Option<string>
  readonly words: boolean
  readonly from: Option.Option<number>
}

export const addWebhook = Effect.fn("addWebhook")(function* (input: AddInput) {
  const { context, event, json, url, words } = input
  yield* Effect.gen(function* () {
    const hooks = yield* opened
    const filter = yield* meant(hooks, { url, contexts: context, events: event })
    const told = yield* withLog(placeBefore(Option.getOrUndefined(input.from)))
    const secret = makeWebhookSecret()
    const label = Option.getOrNull(input.label)
    const added = yield* hooks.add({ ...filter, words, label, target: { url, secret }, told }, by)
    if (added === undefined)
      return yield* new OperatorFailed({
        what: "No webhook was added",
        why: `there are ${webhooksMax}, which is all there can be`,
        next: "`wadjet webhooks remove` makes room."
      })
    return yield* showSecret(added, secret, json)
  }).pipe(Effect.catchTag("NotMeant", unclear))
}, Effect.scoped)

export const removeWebhook = Effect.fn("removeWebhook")(function* ({ id, json }: OneInput) {
  const output = yield* Output
  const { hook, hooks, webhook } = yield* found(id)
  yield* hooks.remove(webhook, by)
  if (json) return yield* output.json({ id: webhook, removed: true })
  return yield* output.line(`${hook.host} is told nothing any more, and the secret of ${webhook} is gone.`)
}, Effect.scoped)

export const switchWebhook = Effect.fn("switchWebhook")(function* (
  input: OneInput & { readonly on: boolean }
) {
  const { hooks, webhook } = yield* found(input.id)
  const after = yield* hooks.change(webhook, { on: input.on }, by)
  if (after !== undefined) yield* show(after, input.json)
}, Effect.scoped)

export const replaceSecret = Effect.fn("replaceSecret")(function* (
  input: OneInput & { readonly overlapHours: number }
) {
  const { id, json, overlapHours } = input
  if (overlapHours < 0 || overlapHours > overlapHoursMax)
    return yield* new OperatorFailed({
      what: "The secret stays as it is",
      why: `expected --overlap-hours from 0 to ${overlapHoursMax}, found ${overlapHours}`,
      next: "Ask again with fewer.",
      exit: "usage"
    })
  const { hooks, webhook } = yield* found(id)
  const replaced = yield* hooks.replaceSecret(webhook, overlapHours * hourMillis, by)
  if (replaced === undefined)
    return yield* new OperatorFailed({
      what: "The secret stays as it is",
      why: "this webhook was sealed under another keyring than the one in the data folder",
      next: "Remove it, and add it again."
    })
  return yield* showSecret(replaced.after, replaced.secret, json)
}, Effect.scoped)

type Delivery = Effect.Success<ReturnType<ManagedWebhooks["deliveries"]>>[number]

const deliveryLine = (one: Delivery): string => {
  const what = `${one.type}${one.sequence === null ? "" : ` ${one.sequence}`}`
  const came = one.delivered ? `taken, ${one.status}` : `NOT TAKEN, ${one.status ?? one.fault ?? ""}`
  return `${at(one.at)}  ${what}  ${printable(came)}, ${one.millis} ms  ${one.id}`
}

const showDelivery = Effect.fnUntraced(function* (one: Delivery, json: boolean) {
  const output = yield* Output
  yield* json ? output.json(one) : output.line(deliveryLine(one))
})

export const listDeliveries = Effect.fn("listDeliveries")(function* ({ id, json }: OneInput) {
  const output = yield* Output
  const { hook, hooks, webhook } = yield* found(id)
  const all = yield* hooks.deliveries(webhook)
  for (const one of all) yield* showDelivery(one, json)
  if (all.length === 0 && !json) yield* output.line(`${hook.host} was told nothing yet.`)
}, Effect.scoped)

/** What was sent by hand and not taken is a failure of the command. */
const orNotTaken = Effect.fnUntraced(function* (one: Delivery, json: boolean) {
  yield* showDelivery(one, json)
  if (!one.delivered)
    return yield* new OperatorFailed({
      what: "It was not taken",
      why:
        one.status === null
          ? printable(one.fault ?? "no answer")
          : `expected a status of 200 to 299, found ${one.status}`,
      next: "Look at the receiver, and try again."
    })
})

export const testWebhook = Effect.fn("testWebhook")(function* ({ id, json }: OneInput) {
  const { hook, hooks } = yield* found(id)
  yield* orNotTaken(yield* Effect.catchTag(hooks.test(hook, by), "NotSent", unsent), json)
}, Effect.scoped)

export const retryDelivery = Effect.fn("retryDelivery")(function* (
  input: OneInput & { readonly sequence: number }
) {
  const { hook, hooks } = yield* found(input.id)
  const made = withLog(hooks.retry(hook, input.sequence, by)).pipe(Effect.catchTag("NotSent", unsent))
  yield* orNotTaken(yield* made, input.json)
}, Effect.scoped)

export const replayWebhook = Effect.fn("replayWebhook")(function* (
  input: OneInput & { readonly from: number }
) {
  const { hooks, webhook } = yield* found(input.id)
  const told = yield* withLog(placeBefore(input.from)).pipe(Effect.catchTag("NotMeant", unclear))
  yield* hooks.replay(webhook, told, by)
  const after = yield* hooks.find(webhook)
  if (after !== undefined) yield* show(after, input.json)
}, Effect.scoped)
