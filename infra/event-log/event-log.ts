/**
 * The event log as everything else sees it: append facts, read them in order, take work from them.
 * Two implementations pass one contract suite: JetStream, and the simulated one of deterministic tests.
 */
import { Context, type Effect, Schema, type Scope, type Stream } from "effect"
import type { AnyFact, AnyRecorded, EventName } from "../../contracts/catalogue.ts"
import type { Context as EventContext } from "../../contracts/contexts.ts"

/** The boundary moved on since the writer folded it: nothing was stored. */
export class Conflict extends Schema.TaggedError<Conflict>()("Conflict", {
  boundary: Schema.String,
  expected: Schema.Int,
  /** The last sequence of the boundary as it is now. */
  actual: Schema.Int
}) {}

/** The log did not answer. Whether the facts were stored is not known; appending them again is safe. */
export class LogUnavailable extends Schema.TaggedError<LogUnavailable>()("LogUnavailable", {
  operation: Schema.String,
  message: Schema.String
}) {}

/** A fact that can never be stored, such as one larger than the server takes. */
export class FactRefused extends Schema.TaggedError<FactRefused>()("FactRefused", {
  fact: Schema.String,
  message: Schema.String
}) {}

/** A sequence is missing or out of order in a log from which nothing is ever deleted: it is damaged. */
export class DamagedLog extends Schema.TaggedError<DamagedLog>()("DamagedLog", {
  expected: Schema.Int,
  found: Schema.Int,
  /** The file of the archive that the missing events are in, where they are in one. */
  file: Schema.optionalKey(Schema.String),
  message: Schema.String
}) {}

export type AppendError = Conflict | LogUnavailable | FactRefused

/** One fact to append. Its id is deterministic wherever its cause is. */
export interface Entry {
  readonly fact: AnyFact
  readonly id: string
  /** The last sequence of its boundary that the writer has folded; absent where any will do. */
  readonly expected?: number
}

export interface Provenance {
  readonly actor: string
  readonly cause?: string | undefined
  readonly correlation?: string | undefined
  readonly traceparent?: string | undefined
}

export interface Appended {
  /** The sequence of the last entry. */
  readonly sequence: number
  /** The log already held these ids: what it holds stands, whatever was offered now. */
  readonly duplicate: boolean
}

/** An event of the log that this version cannot read. */
export interface Unreadable {
  readonly type: "unreadable"
  readonly sequence: number
  readonly subject: string
  readonly boundary: string
  readonly context: EventContext | undefined
  readonly reason: string
}

export type LogEvent = AnyRecorded | Unreadable

/** Events in the order of the log, as many as were waiting. */
export interface Batch {
  readonly events: ReadonlyArray<LogEvent>
  /** Nothing that the reader listens to is left below or at this sequence. */
  readonly upTo: number
  /** How many events wait behind this batch; 0 when the reader has caught up. */
  readonly pending: number
  /** Succeeds once more than this is here, where the reader can tell. */
  readonly more?: Effect.Effect<void> | undefined
}

/** One consistency boundary. */
export interface Within {
  readonly context: EventContext
  readonly boundary: string
}

export interface ReadOptions {
  /** The first sequence wanted, from 1. */
  readonly from: number
  /** Names of events to listen to; all of them, checked for gaps, when absent. */
  readonly events?: ReadonlyArray<EventName>
  /** Names whose whole contexts are read: those an actor owns. */
  readonly contexts?: ReadonlyArray<EventContext>
  /** Boundaries that are read whole. Their contexts are not among those of `events`: a server wants each event once. */
  readonly within?: ReadonlyArray<Within>
  /** The most events of one batch. */
  readonly batchMax?: number
  /** Whoever comes back after a while gets what came meanwhile in one batch, and not as it came. */
  readonly gathers?: boolean
}

/** An input handed to one of several replicas, to be settled exactly once. */
export interface Delivery {
  readonly event: LogEvent
  /** How often it was handed out, from 1. */
  readonly attempt: number
  /** Handled: its outcome is in the log. */
  readonly done: Effect.Effect<void>
  /** Hand it out again after a while. */
  readonly again: (delayMillis: number) => Effect.Effect<void>
  /** Still working on it. */
  readonly extend: Effect.Effect<void>
}

export interface WorkOptions {
  /** The name that all replicas share. */
  readonly durable: string
  readonly events: ReadonlyArray<EventName>
  /** How long an input may take before it is handed out again, unless extended. */
  readonly ackWaitSeconds: number
  /** How many inputs may be in work at once over all replicas. */
  readonly inFlightMax: number
}

export interface EventLogService {
  /** A random id made with the stream; a new one after every restore. */
  readonly generation: string
  /** Stores all entries or none, durably, and answers after that. */
  readonly append: (
    entries: readonly [Entry, ...ReadonlyArray<Entry>],
    provenance: Provenance
  ) => Effect.Effect<Appended, AppendError>
  /** Everything from a sequence on, in order: first what is there, then what comes, on one path. */
  readonly read: (options: ReadOptions) => Stream.Stream<Batch, LogUnavailable | DamagedLog>
  /** Inputs for a group of replicas, each to one of them at a time, in no order. */
  readonly work: (
    options: WorkOptions
  ) => Effect.Effect<Stream.Stream<Delivery, LogUnavailable>, LogUnavailable, Scope.Scope>
  /** The last sequence of the log, 0 when it is empty. */
  readonly last: Effect.Effect<number, LogUnavailable>
  /** The event at a sequence, or `undefined`. */
  readonly get: (sequence: number) => Effect.Effect<LogEvent | undefined, LogUnavailable>
  /** The newest sequence within a boundary, 0 when it is empty. */
  readonly lastOf: (context: EventContext, boundary: string) => Effect.Effect<number, LogUnavailable>
  /**
   * The newest sequence, from one on, of an event of these names as the leader has it, 0 where there is none. It
   * costs one round trip where nothing of their contexts was added, and grows with what was added since `from`.
   */
  readonly lastAmong: (
    events: ReadonlyArray<EventName>,
    from: number
  ) => Effect.Effect<number, LogUnavailable>
}

export class EventLog extends Context.Service<EventLog, EventLogService>()("wadjet/infra/EventLog") {}
