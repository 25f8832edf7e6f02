/**
 * The HTTP API, declared once: server, typed client, OpenAPI document and tests all come from here.
 * Every endpoint but the probes and the entrance needs a key, or somebody signed in, of the role that its declaration
 * names.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import * as OpenApi from "effect/http-api/OpenApi"
import { FieldErrors } from "./access.ts"
import { account, accounts, entrance } from "./accounts.ts"
import { audit } from "./audit.ts"
import { backups } from "./backups.ts"
import { chats } from "./chats.ts"
import { contacts } from "./contacts.ts"
import { database, query } from "./database.ts"
import { erasures } from "./erasures.ts"
import { events } from "./events.ts"
import { jobs } from "./jobs.ts"
import { keys } from "./keys.ts"
import { links } from "./links.ts"
import { outbox } from "./outbox.ts"
import { overrides } from "./overrides.ts"
import { olderScanner } from "./older-scanner.ts"
import { olderScheduler } from "./older-scheduler.ts"
import { overview } from "./overview.ts"
import { parked } from "./parked.ts"
import { moderation } from "./moderation.ts"
import { people } from "./people.ts"
import { projections } from "./projections.ts"
import { quarantine } from "./quarantine.ts"
import { sandbox } from "./sandbox.ts"
import { scans } from "./scans.ts"
import { search } from "./search.ts"
import { session } from "./session.ts"
import { sources } from "./sources.ts"
import { statistics } from "./statistics.ts"
import { probes, system } from "./system.ts"
import { verdicts } from "./verdicts.ts"
import { webhooks } from "./webhooks.ts"

/** Larger requests are answered with 413. The longest message fits twice, with every character escaped. */
export const bodyBytesMax = 1024 * 1024

export const api = HttpApi.make("wadjet")
  .add(
    probes,
    entrance,
    account,
    accounts,
    keys,
    system,
    overview,
    statistics,
    search,
    verdicts,
    links,
    scans,
    chats,
    people,
    outbox,
    jobs,
    contacts,
    parked,
    overrides,
    moderation,
    sandbox,
    session,
    erasures,
    sources,
    backups,
    quarantine,
    audit,
    projections,
    database,
    query,
    events,
    webhooks,
    olderScanner,
    olderScheduler
  )
  .middleware(FieldErrors)
  .annotateMerge(
    OpenApi.annotations({
      title: "Wadjet",
      description: "Watches the links posted in chats, and keeps every fact in one replayable event log.",
      version: "1"
    })
  )
