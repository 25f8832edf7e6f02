/** What is left when all is over: the log, whole and in order, and the book of what the other side got. */
import Database from "better-sqlite3"
import { Effect, Stream } from "effect"
import type { AnyRecorded } from "../../contracts/catalogue.ts"
import type { EventLogService, Unreadable } from "../../infra/event-log/event-log.ts"

/** One message as it reached the other side. `at` is its clock in milliseconds. */
export interface Transmission {
  readonly number: number
  readonly at: number
  readonly chat: string
  readonly whatsapp: string
  readonly wire: string
  /** Of the words. */
  readonly digest: string
}

export interface History {
  readonly events: ReadonlyArray<AnyRecorded>
  readonly unreadable: ReadonlyArray<Unreadable>
  readonly transmissions: ReadonlyArray<Transmission>
}

/** Reads the log from its first event to its last, which fails with `DamagedLog` at a gap. */
export const readLog = Effect.fnUntraced(function* (log: EventLogService) {
  const events: Array<AnyRecorded> = []
  const unreadable: Array<Unreadable> = []
  const last = yield* log.last
  if (last > 0)
    yield* log.read({ from: 1 }).pipe(
      Stream.takeUntil((batch) => {
        for (const event of batch.events)
          if (event.type === "unreadable") unreadable.push(event)
          else events.push(event)
        return batch.upTo >= last
      }),
      Stream.runDrain
    )
  return { events, unreadable }
})

/** Everything that was transmitted to the sandbox, in order. */
export const readBook = (path: string): ReadonlyArray<Transmission> => {
  const db = new Database(path, { readonly: true })
  const rows = db
    .prepare<[], Transmission>(
      "select number, at, chat, whatsapp, wire, digest from transmission order by number"
    )
    .all()
  db.close()
  return rows
}
