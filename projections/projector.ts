/**
 * The projector: reads the whole log in order and folds it, a batch being one transaction of rows and
 * checkpoint. Catching up and following are one path.
 */
import { setTimeout } from "node:timers/promises"
import { Effect, Stream } from "effect"
import type { Batch, EventLogService, LogEvent, LogUnavailable } from "../infra/event-log/event-log.ts"
import { isDamage, isStorageFault } from "../infra/sqlite/storage-fault.ts"
import type { ReadModelDatabase } from "./database.ts"
import { ProjectorFailed } from "./failure.ts"
import { prepareFolds } from "./folding.ts"
import type { ReadModel } from "./read-model.ts"

/**
 * The most events of one transaction while catching up. Rows of one page, and of one index page, are then
 * written once instead of ten times: twice as fast as 500. Who has caught up commits what there is.
 */
const eventsPerCommitMax = 5_000

/**
 * How long after a commit the next one may follow for who has caught up. A single event is committed at once; of many
 * that follow each other closely, each would otherwise write the same pages again.
 */
const commitSpacingMillis = 20

/** By the time of the machine, for what it spares is work of the disk. */
const spacing = Effect.promise((signal) =>
  setTimeout(commitSpacingMillis, undefined, { signal }).catch(() => undefined)
)

/** Where the read models stand, after a commit. */
export interface Position {
  readonly sequence: number
  /** Time of the last event, milliseconds since the epoch. */
  readonly time: number
  /** Events of the log that are not folded yet. */
  readonly pending: number
}

export interface Projecting {
  readonly log: EventLogService
  readonly database: ReadModelDatabase
  readonly models: ReadonlyArray<ReadModel>
  /**
   * What is done about an event that cannot be folded: `live` parks it and goes on, since people wait for what
   * follows it; `strict` stops, since what a rebuild leaves out nobody would notice.
   */
  readonly mode: "live" | "strict"
  /** Hears of each commit. */
  readonly onCommit: (position: Position) => void
  /** Where to end; left out, the log is followed for ever. */
  readonly until?: number
}

const because = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault))

/** Runs, and answers with what was thrown. */
const attempt = (run: () => void): unknown => {
  try {
    run()
    return undefined
  } catch (fault) {
    return fault ?? new Error("something was thrown without saying what")
  }
}

/** The checkpoint was not where it was left. */
class CheckpointMoved extends Error {}

const committing = ({ database, models }: Pick<Projecting, "database" | "models">) => {
  const { db } = database
  const fold = prepareFolds(db, models)
  const advance = (from: number, to: number, timeMillis: number) => {
    if (!database.advance(from, to, timeMillis))
      throw new CheckpointMoved(
        `expected the checkpoint at ${from}, found ${database.checkpoint().sequence}: something else wrote to ${db.name}`
      )
  }
  const park = db.prepare<[number, string, string, string, number]>(
    `insert into projector_parked (sequence, event, boundary, reason, at) values (?, ?, ?, ?, ?)
     on conflict do update set reason = excluded.reason, at = excluded.at`
  )
  return {
    /** Folds events that follow the checkpoint: all of them and the checkpoint, or nothing. */
    events: db.transaction((events: ReadonlyArray<LogEvent>, from: number) => {
      for (const event of events) {
        if (event.type === "unreadable") throw new Error(event.reason)
        fold(event)
      }
      const last = events[events.length - 1]!
      advance(from, last.sequence, last.type === "unreadable" ? 0 : last.time)
    }),
    /** Passes over one event, and says why. */
    parked: db.transaction((event: LogEvent, from: number, reason: string) => {
      const time = event.type === "unreadable" ? database.checkpoint().time : event.time
      const name = event.type === "unreadable" ? event.subject : event.type
      park.run(event.sequence, name, event.boundary, reason, time)
      advance(from, event.sequence, time)
    })
  }
}

/** Failures that are no event's fault, and must not be mistaken for one. */
const failureOf = (fault: unknown, sequence: number): ProjectorFailed | undefined => {
  if (fault instanceof CheckpointMoved)
    return new ProjectorFailed({ reason: "moved", sequence, message: fault.message })
  if (!isStorageFault(fault)) return undefined
  const damaged = isDamage(fault)
  const next = damaged
    ? "they are folded anew at the next start, for their file is damaged: check the disk"
    : "check the disk, then start again"
  const message = `the read models could not be written at sequence ${sequence}: ${because(fault)}; ${next}`
  return new ProjectorFailed({ reason: "database", sequence, message, damaged })
}

const unfoldable = (event: LogEvent, fault: unknown) =>
  new ProjectorFailed({
    reason: "unfoldable",
    sequence: event.sequence,
    message: `expected to fold ${event.type === "unreadable" ? event.subject : event.type} at sequence ${event.sequence}, found: ${because(fault)}`
  })

/**
 * Folds the log from the checkpoint on, until interrupted or up to a sequence. A gap in the log, and a log
 * that ends before the checkpoint, stop it with `damaged-log`. Interrupted, it has finished its transaction.
 */
export const project = Effect.fnUntraced(function* (
  options: Projecting
): Effect.fn.Return<void, ProjectorFailed | LogUnavailable> {
  const { database, log, mode, onCommit, until } = options
  const commit = committing(options)
  let position = database.checkpoint().sequence

  /** Finds the event at fault by folding one at a time. */
  const foldSingly = (events: ReadonlyArray<LogEvent>): ProjectorFailed | undefined => {
    for (const event of events) {
      const fault = attempt(() => commit.events.immediate([event], position))
      if (fault !== undefined) {
        const failure =
          failureOf(fault, event.sequence) ?? (mode === "strict" ? unfoldable(event, fault) : undefined)
        if (failure !== undefined) return failure
        const second = attempt(() => commit.parked.immediate(event, position, because(fault)))
        if (second !== undefined) return failureOf(second, event.sequence) ?? unfoldable(event, second)
      }
      position = event.sequence
    }
    return undefined
  }

  const foldBatch = ({ events, pending }: Batch): ProjectorFailed | undefined => {
    if (events.length > 0) {
      const fault = attempt(() => commit.events.immediate(events, position))
      const failure = fault === undefined ? undefined : (failureOf(fault, position + 1) ?? foldSingly(events))
      if (failure !== undefined) return failure
      position = events[events.length - 1]!.sequence
    }
    onCommit({ sequence: position, time: database.checkpoint().time, pending })
    return undefined
  }

  const last = yield* log.last
  if (last < position)
    return yield* new ProjectorFailed({
      reason: "damaged-log",
      sequence: position,
      message: `expected a log of at least ${position} events, found ${last}: its end is lost. Stop, keep the data folder, and restore from a backup`
    })
  if (until !== undefined && until <= position) return
  const batches = log.read({ from: position + 1, batchMax: eventsPerCommitMax, gathers: true })
  const wanted =
    until === undefined
      ? batches
      : batches.pipe(
          Stream.takeUntil((batch) => batch.upTo >= until),
          Stream.map((batch) => ({
            ...batch,
            events: batch.events.filter(({ sequence }) => sequence <= until)
          }))
        )
  yield* Stream.runForEach(wanted, (batch) =>
    Effect.suspend(() => {
      const failure = foldBatch(batch)
      if (failure !== undefined) return Effect.fail(failure)
      return batch.pending === 0 && batch.events.length > 0 ? spacing : Effect.void
    })
  ).pipe(
    Effect.catchTag("DamagedLog", ({ found, message }) =>
      Effect.fail(new ProjectorFailed({ reason: "damaged-log", sequence: found, message }))
    )
  )
})
