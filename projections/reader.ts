/** The read models as everything else asks them: over a connection of its own that can only read. */
import { Context, Effect, Layer } from "effect"
import { Keyring, type KeyringService } from "../infra/keyring/keyring.ts"
import { openSqliteReadOnly, type Sqlite } from "../infra/sqlite/open.ts"
import { chatQueries } from "./chats.ts"
import { consentQueries } from "./consent.ts"
import { contactQueries } from "./contacts.ts"
import { explanationQuery } from "./explanation.ts"
import { jobQueries } from "./jobs.ts"
import { locationIn } from "./location.ts"
import { messageQueries } from "./messages.ts"
import { occurrenceQueries } from "./occurrences.ts"
import { originsQuery } from "./origins.ts"
import { outboxQueries } from "./outbox.ts"
import { overrideQueries } from "./overrides.ts"
import { overviewQuery } from "./overview.ts"
import { parkedQueries } from "./parked.ts"
import { qualityQuery } from "./quality.ts"
import { reportQueries } from "./reports.ts"
import { scanQueries } from "./scans.ts"
import type { Projector } from "./start-projector.ts"
import { verdictQueries } from "./verdict-queries.ts"

/** All queries on one connection. Sealed words are opened as rows leave, and are null once forgotten. */
export const queriesOn = (db: Sqlite, keyring: Pick<KeyringService, "open">) => {
  const scans = scanQueries(db, keyring)
  return {
    verdicts: verdictQueries(db, keyring),
    messages: messageQueries(db, keyring),
    scans,
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
   * The read models of a data folder, kept up to date by a projector that has started. Needs the keyring.
   *
   * @example
   * const projector = yield* startProjector(options)
   * const rows = yield* ReadModels.use((models) => …).pipe(Effect.provide(ReadModels.layer(dataFolder, projector)))
   */
  static readonly layer = (dataFolder: string, projector: Pick<Projector, "reached">) =>
    Layer.effect(
      ReadModels,
      Effect.gen(function* () {
        const keyring = yield* Keyring
        const db = yield* openSqliteReadOnly(locationIn(dataFolder).database)
        return ReadModels.of({ ...queriesOn(db, keyring), after: projector.reached })
      })
    )
}
