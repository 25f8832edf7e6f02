/**
 * One thing as it stood at an event, from its own events alone: a filtered read of the log into a database in memory,
 * which is asked and gone. It takes milliseconds where folding everything takes minutes.
 */
import Database from "better-sqlite3"
import { Effect, Stream } from "effect"
import type { EventName } from "../../contracts/catalogue.ts"
import { boundaryOf } from "../../contracts/contexts.ts"
import type { ContactId, JobId, LinkId } from "../../contracts/ids.ts"
import { EventLog, type LogEvent, type Within } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { readModels } from "../catalogue.ts"
import { createTables } from "../database.ts"
import { prepareFolds } from "../folding.ts"
import { queriesOn } from "../reader.ts"

/** What a thing is made of: the boundaries that its events are in, and events that are about everything. */
export interface Entity {
  readonly within: ReadonlyArray<Within>
  readonly events: ReadonlyArray<EventName>
}

/** Whoever is forgotten may be part of anything. */
const everywhere = ["erasure.completed"] as const

export const entity = {
  job: (job: JobId): Entity => ({
    within: [{ context: "schedule", boundary: boundaryOf("schedule", { job }) }],
    events: everywhere
  }),
  contact: (contact: ContactId): Entity => ({
    within: [{ context: "contact", boundary: boundaryOf("contact", { contact }) }],
    events: everywhere
  }),
  /** Its scans: those of links with the same first byte are read as well. */
  link: (link: LinkId): Entity => ({
    within: [{ context: "scan", boundary: boundaryOf("scan", { link }) }],
    events: everywhere
  })
} as const satisfies Record<string, (id: never) => Entity>

const isAfter = (until: number) => (event: LogEvent) => event.sequence > until

/**
 * The events of a thing up to one, folded: to be asked about that thing, as long as the scope is open.
 *
 * @example
 * const job = (yield* entityAt(entity.job(id), 42)).jobs.get(id)
 */
export const entityAt = Effect.fnUntraced(function* ({ events, within }: Entity, until: number) {
  const log = yield* EventLog
  const keyring = yield* Keyring
  const db = yield* Effect.acquireRelease(
    Effect.sync(() => new Database(":memory:")),
    (opened) => Effect.sync(() => opened.close())
  )
  createTables(db, log.generation, readModels)
  const fold = db.transaction(prepareFolds(db, readModels))
  yield* log.read({ from: 1, events, within }).pipe(
    Stream.takeUntil((batch) => batch.pending === 0 || batch.events.some(isAfter(until))),
    Stream.runForEach((batch) =>
      Effect.forEach(
        batch.events,
        // What cannot be folded is passed over, as the live projector does.
        (event) =>
          event.sequence > until || event.type === "unreadable"
            ? Effect.void
            : Effect.ignore(Effect.try(() => fold(event))),
        { discard: true }
      )
    )
  )
  return queriesOn(db, keyring)
})
