/** The read models as everything else asks them: over a connection of its own that can only read. */
import { Context, Effect, Exit, Layer, Scope } from "effect"
import { Keyring, type Opener } from "../infra/keyring/keyring.ts"
import { openSqliteReadOnly, type Sqlite } from "../infra/sqlite/open.ts"
import { type SlowQuery, watchSlowQueries } from "../infra/sqlite/slow-queries.ts"
import { auditQuery } from "./audit.ts"
import { backupsQuery } from "./backups.ts"
import { chatQueries } from "./chats.ts"
import { checksQuery } from "./checks.ts"
import { consentQueries } from "./consent.ts"
import { contactQueries } from "./contacts.ts"
import { explanationQuery } from "./explanation.ts"
import { jobQueries } from "./jobs.ts"
import { linkQueries } from "./links.ts"
import { messageQueries } from "./messages.ts"
import { occurrenceQueries } from "./occurrences.ts"
import { originsQuery } from "./origins.ts"
import { outboxQueries } from "./outbox.ts"
import { overrideQueries } from "./overrides.ts"
import { overviewQuery } from "./overview.ts"
import { parkedQueries } from "./parked.ts"
import { peopleQueries } from "./people.ts"
import { positionQuery } from "./position.ts"
import { qualityQuery } from "./quality.ts"
import { reportQueries } from "./reports.ts"
import { scanQueries } from "./scans.ts"
import { searchOn } from "./search/search.ts"
import { sessionsQuery } from "./sessions.ts"
import { statisticsQuery } from "./statistics.ts"
import type { Projector } from "./start-projector.ts"
import { verdictQueries } from "./verdict-queries.ts"

/** All queries on one connection. Sealed words are opened as rows leave, and are null once forgotten. */
export const queriesOn = (db: Sqlite, keyring: Opener) => {
  const scans = scanQueries(db, keyring)
  return {
    verdicts: verdictQueries(db, keyring),
    messages: messageQueries(db, keyring),
    scans,
    links: linkQueries(db, keyring),
    people: peopleQueries(db, keyring),
    sessions: sessionsQuery(db),
    outbox: outboxQueries(db, keyring),
    jobs: jobQueries(db, keyring),
    occurrences: occurrenceQueries(db),
    contacts: contactQueries(db, keyring),
    chats: chatQueries(db, keyring),
    overrides: overrideQueries(db, keyring),
    consent: consentQueries(db),
    reports: reportQueries(db),
    parked: parkedQueries(db),
    overview: overviewQuery(db),
    origins: originsQuery(db),
    quality: qualityQuery(db),
    statistics: statisticsQuery(db),
    search: searchOn(db, keyring),
    backups: backupsQuery(db),
    audit: auditQuery(db),
    lastCheck: checksQuery(db),
    /** The last event that they stand for. */
    position: positionQuery(db),
    /** Why a link is held to be what it is: its scans, newest first, with their evidence. */
    explain: scans.explain,
    /** Everything that is known of a link: results, decisions, notices and overrides. */
    explanation: explanationQuery(db, keyring)
  }
}

export type Queries = ReturnType<typeof queriesOn>

/** Queries answer at once, in well under a millisecond for a page, and so are plain functions. */
export interface ReadModelsService extends Queries {
  /** Waits until the read models stand for a sequence, so that a writer reads what it wrote. */
  readonly after: (sequence: number) => Effect.Effect<void>
}

export class ReadModels extends Context.Service<ReadModels, ReadModelsService>()(
  "wadjet/projections/ReadModels"
) {
  /**
   * The read models of a data folder, kept up to date by a projector that has started, in whichever file answers. Needs
   * the keyring. Queries that take `slowQueryMillis` or longer are logged.
   *
   * @example
   * const projector = yield* startProjector(options)
   * const rows = yield* ReadModels.use((models) => …).pipe(Effect.provide(ReadModels.layer(projector)))
   */
  static readonly layer = (projector: Pick<Projector, "reached" | "file">, slowQueryMillis = Infinity) =>
    Layer.effect(
      ReadModels,
      Effect.gen(function* () {
        const queries = yield* queriesOfLive(projector.file, slowQueryMillis)
        return ReadModels.of(
          new Proxy({ after: projector.reached } as ReadModelsService, {
            get: (own, name) => (name === "after" ? own.after : queries()[name as keyof Queries])
          })
        )
      })
    )
}

/** All queries, on the file that answers at the moment when they are asked for. */
const queriesOfLive = Effect.fnUntraced(function* (file: () => string, fromMillis: number) {
  const runSync = Effect.runSyncWith(yield* Effect.context<never>())
  const tell = (query: SlowQuery) => runSync(Effect.logWarning("a query of the read models took long", query))
  const keyring = yield* Keyring
  const scope = yield* Effect.scope
  const open = Effect.fnUntraced(function* (path: string) {
    const own = yield* Scope.fork(scope)
    const db = yield* Scope.provide(openSqliteReadOnly(path), own)
    if (fromMillis !== Infinity) watchSlowQueries(db, { fromMillis, tell })
    return { path, queries: queriesOn(db, keyring), scope: own }
  })
  let opened = yield* open(file())
  let before: typeof opened | undefined
  return (): Queries => {
    const path = file()
    if (path === opened.path) return opened.queries
    // Who asked for queries a moment ago may still hold them; nobody holds those of the time before the last swap.
    if (before !== undefined) Effect.runSync(Scope.close(before.scope, Exit.void))
    before = opened
    opened = Effect.runSync(open(path))
    return opened.queries
  }
})
