/** Starting the HTTP API and the page. The admin actor itself runs like every other one, beside it. */
import { join } from "node:path"
import { Deferred, Effect, Layer } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { api } from "../../contracts/http/api.ts"
import type { HealthReport } from "../../contracts/http/system.ts"
import { accountsFile, type AccountsUnavailable, openAccounts } from "./accounts.ts"
import type { CommandBus } from "../../infra/command-bus/command-bus.ts"
import type { EventLog } from "../../infra/event-log/event-log.ts"
import type { SqliteUnavailable } from "../../infra/sqlite/open.ts"
import type { ReadModels } from "../../projections/reader.ts"
import { AdminFailed } from "./admin-failed.ts"
import { authorization } from "./authorize.ts"
import type { CalendarOf } from "./calendar.ts"
import { docsPage } from "./docs-page.ts"
import { makeEndOfLog } from "./end-of-log.ts"
import { fieldErrors } from "./field-errors.ts"
import { keyRates } from "./key-rates.ts"
import { olderAccess } from "./older/access.ts"
import { page } from "./page.ts"
import { account } from "./routes/account.ts"
import { accounts as accountsRoutes, keys, passLink } from "./routes/accounts.ts"
import { chats } from "./routes/chats.ts"
import { contacts, type ReadContacts } from "./routes/contacts.ts"
import { database, query } from "./routes/database.ts"
import { entrance } from "./routes/entrance.ts"
import { erasures } from "./routes/erasures.ts"
import { events } from "./routes/events.ts"
import { jobs } from "./routes/jobs.ts"
import { links, type WeighingOf } from "./routes/links.ts"
import { moderation } from "./routes/moderation.ts"
import { outbox } from "./routes/outbox.ts"
import { overrides } from "./routes/overrides.ts"
import { olderScanner } from "./routes/older-scanner.ts"
import { olderScheduler, type RefreshOlder } from "./routes/older-scheduler.ts"
import { olderSchedulerApi, type ReadOlder } from "./routes/older-scheduler-api.ts"
import { overview } from "./routes/overview.ts"
import { parked } from "./routes/parked.ts"
import { people } from "./routes/people.ts"
import { sandbox } from "./routes/sandbox.ts"
import { scans } from "./routes/scans.ts"
import { search } from "./routes/search.ts"
import { session } from "./routes/session.ts"
import { sources } from "./routes/sources.ts"
import { audit } from "./routes/audit.ts"
import { backups } from "./routes/backups.ts"
import { projections } from "./routes/projections.ts"
import { quarantine } from "./routes/quarantine.ts"
import { statistics } from "./routes/statistics.ts"
import { probes, system } from "./routes/system.ts"
import { verdicts } from "./routes/verdicts.ts"
import { webhooks } from "./routes/webhooks.ts"
import { type Address, serve } from "./server.ts"
import { keepTelling } from "./tell-deeds.ts"
import type { GuardedClientService } from "../../infra/guarded-client/client.ts"
import type { RetryLimits } from "./webhooks/retry.ts"
import { startWebhooks } from "./webhooks/start-webhooks.ts"

export interface AdminOptions {
  /** The name in `publicUrl` is one of its names without being among them. */
  readonly http: Address
  /** The folder of `index.html` and what belongs to it. */
  readonly webFolder: string
  readonly dataFolder: string
  /** How browsers reach the page, where that is not where it listens: behind a proxy that speaks TLS. */
  readonly publicUrl?: string | undefined
  /** Whether a program starts it, which wants a key at the first start. */
  readonly wantsFirstKey: boolean
  /** Asked for each `/readyz`. */
  readonly health: Effect.Effect<HealthReport>
  /** What explanations of links say of how scores came about. */
  readonly weighingOf: WeighingOf
  /** What a file of contacts holds. */
  readonly readContacts: ReadContacts
  /** What clients of the older scheduler ask for. */
  readonly readOlder: ReadOlder
  /** What is to come, as a calendar. */
  readonly calendarOf: CalendarOf
  /** The way out to webhooks; left out, they are told nothing by this process. */
  readonly outbound?: GuardedClientService | undefined
  /** When webhooks that failed are tried again; the product's own, when left out. */
  readonly retrying?: RetryLimits | undefined
  /** What `POST /scheduler/refresh` does; left out, nothing. */
  readonly refresh?: RefreshOlder<CommandBus | EventLog | ReadModels> | undefined
}

/** Where the page is, and how to get in while nobody can: to be shown once, and kept nowhere. */
export interface Admin {
  readonly url: string
  /** The link with which the first owner chooses a password; absent once somebody has. */
  readonly setUpLink: string | undefined
  /** The first key, where one was wanted and there was none. */
  readonly firstKey: { readonly text: string; readonly link: string } | undefined
}

const failed = (error: AccountsUnavailable | SqliteUnavailable) =>
  new AdminFailed({ reason: "accounts", message: error.message })

/**
 * Serves until the scope closes; event streams are ended first. Needs the log, the command bus, the keyring
 * and the read models. Fails with `AdminFailed` where it cannot listen, or its files are missing.
 *
 * @example
 * const { setUpLink, url } = yield* startAdmin({ http: { host: "127.0.0.1", port: 7411 }, wantsFirstKey: false, … })
 */
export const startAdmin = Effect.fn("startAdmin")(function* (options: AdminOptions) {
  const { dataFolder, health, http, webFolder, weighingOf } = options
  const accounts = yield* openAccounts(join(dataFolder, accountsFile)).pipe(Effect.mapError(failed))
  const first = options.wantsFirstKey
    ? yield* accounts.createFirstKey.pipe(Effect.mapError(failed))
    : undefined
  const setUp = yield* accounts.people.setUp.pipe(Effect.mapError(failed))
  const overTls = options.publicUrl?.startsWith("https:") === true
  /** Known once it listens, and asked for only then. */
  let pageUrl = options.publicUrl ?? ""
  const stopping = yield* Deferred.make<void>()

  // One key has one rate, whichever routes it is used for.
  const rates = keyRates()
  const access = Layer.mergeAll(
    authorization(accounts, overTls, rates),
    olderAccess(accounts, overTls, rates)
  )
  const hooks = yield* startWebhooks(accounts, options).pipe(Effect.mapError(failed))
  const endOfLog = yield* makeEndOfLog
  const handlers = Layer.mergeAll(
    probes(health),
    entrance(accounts, overTls),
    account(accounts, overTls),
    accountsRoutes(accounts, () => pageUrl),
    keys(accounts),
    system(endOfLog),
    overview(endOfLog),
    statistics,
    search,
    verdicts,
    links(weighingOf),
    scans,
    chats,
    people,
    outbox,
    jobs(accounts, options.calendarOf),
    contacts(accounts, options.readContacts),
    parked,
    overrides(accounts),
    moderation,
    sandbox(accounts),
    session(accounts, stopping),
    erasures,
    sources,
    backups,
    quarantine,
    audit,
    projections,
    database(dataFolder),
    query(dataFolder),
    events(accounts, stopping),
    webhooks(accounts, hooks),
    olderScanner,
    olderSchedulerApi(options.readOlder)
  ).pipe(Layer.provideMerge(Layer.mergeAll(access, fieldErrors)))
  const routes = Layer.mergeAll(
    HttpApiBuilder.layer(api).pipe(Layer.provide(handlers)),
    page(webFolder),
    docsPage,
    olderScheduler(options.refresh)
  )

  const { names = [] } = http
  const publicName = options.publicUrl === undefined ? [] : [new URL(options.publicUrl).hostname]
  const { url } = yield* serve({ ...http, names: [...names, ...publicName] }, routes)
  pageUrl = options.publicUrl ?? url
  // Registered last, and so the first to run: a stream that nobody ends would hold up the stop.
  yield* Effect.addFinalizer(() => Deferred.succeed(stopping, undefined))
  yield* Effect.forkScoped(keepTelling(accounts))
  const firstKey =
    first === undefined ? undefined : { text: first.text, link: `${pageUrl}/#key=${first.text}` }
  const setUpLink = setUp === undefined ? undefined : passLink(pageUrl, setUp.text)
  return { url, setUpLink, firstKey } satisfies Admin
})
