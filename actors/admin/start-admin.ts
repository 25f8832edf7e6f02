/** Starting the HTTP API and the page. The admin actor itself runs like every other one, beside it. */
import { join } from "node:path"
import { Deferred, Effect, Layer } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { api } from "../../contracts/http/api.ts"
import type { HealthReport } from "../../contracts/http/system.ts"
import { accountsFile, type AccountsUnavailable, openAccounts } from "./accounts.ts"
import type { SqliteUnavailable } from "../../infra/sqlite/open.ts"
import { AdminFailed } from "./admin-failed.ts"
import { authorization } from "./authorize.ts"
import { fieldErrors } from "./field-errors.ts"
import { keepKeyFacts } from "./key-facts.ts"
import { page } from "./page.ts"
import { chats } from "./routes/chats.ts"
import { contacts } from "./routes/contacts.ts"
import { erasures } from "./routes/erasures.ts"
import { events } from "./routes/events.ts"
import { jobs } from "./routes/jobs.ts"
import { links, type WeighingOf } from "./routes/links.ts"
import { moderation } from "./routes/moderation.ts"
import { outbox } from "./routes/outbox.ts"
import { overrides } from "./routes/overrides.ts"
import { overview } from "./routes/overview.ts"
import { parked } from "./routes/parked.ts"
import { sandbox } from "./routes/sandbox.ts"
import { session } from "./routes/session.ts"
import { sources } from "./routes/sources.ts"
import { probes, system } from "./routes/system.ts"
import { verdicts } from "./routes/verdicts.ts"
import { type Address, serve } from "./server.ts"

export interface AdminOptions {
  readonly http: Address
  /** The folder of `index.html` and what belongs to it. */
  readonly webFolder: string
  readonly dataFolder: string
  /** Asked for each `/readyz`. */
  readonly health: Effect.Effect<HealthReport>
  /** What explanations of links say of how scores came about. */
  readonly weighingOf: WeighingOf
}

/** Where the page is; and, the first time, the one link that opens it, to be shown once and kept nowhere. */
export interface Admin {
  readonly url: string
  readonly firstKey: { readonly text: string; readonly link: string } | undefined
}

const failed = (error: AccountsUnavailable | SqliteUnavailable) =>
  new AdminFailed({ reason: "accounts", message: error.message })

/**
 * Serves until the scope closes; event streams are ended first. Needs the log, the command bus, the keyring
 * and the read models. Fails with `AdminFailed` where it cannot listen, or its files are missing.
 *
 * @example
 * const { url, firstKey } = yield* startAdmin({ http: { host: "127.0.0.1", port: 7411 }, webFolder, dataFolder, health, weighingOf })
 */
export const startAdmin = Effect.fn("startAdmin")(function* (options: AdminOptions) {
  const { dataFolder, health, http, webFolder, weighingOf } = options
  const accounts = yield* openAccounts(join(dataFolder, accountsFile)).pipe(Effect.mapError(failed))
  const first = yield* accounts.createFirstKey.pipe(Effect.mapError(failed))
  const stopping = yield* Deferred.make<void>()

  const handlers = Layer.mergeAll(
    probes(health),
    system,
    overview,
    verdicts,
    links(weighingOf),
    chats,
    outbox,
    jobs,
    contacts,
    parked,
    overrides,
    moderation,
    sandbox,
    session(stopping),
    erasures,
    sources,
    events(accounts, stopping)
  ).pipe(Layer.provideMerge(Layer.mergeAll(authorization(accounts), fieldErrors)))
  const routes = Layer.mergeAll(HttpApiBuilder.layer(api).pipe(Layer.provide(handlers)), page(webFolder))

  const { url } = yield* serve(http, routes)
  // Registered last, and so the first to run: a stream that nobody ends would hold up the stop.
  yield* Effect.addFinalizer(() => Deferred.succeed(stopping, undefined))
  yield* Effect.forkScoped(keepKeyFacts(accounts))
  const firstKey = first === undefined ? undefined : { text: first.text, link: `${url}/#key=${first.text}` }
  return { url, firstKey } satisfies Admin
})
