/** Where the log ends, and so how far the read models are behind it. */
import { Effect } from "effect"
import { EventLog, type LogUnavailable } from "../../infra/event-log/event-log.ts"

/** The last sequence of the log. */
export type EndOfLog = Effect.Effect<number, LogUnavailable>

/**
 * Asks the log itself, for whoever stands still does not know how far behind it is; once for all who want to know at the
 * same time, since the server answers when its disk lets it.
 */
export const makeEndOfLog: Effect.Effect<EndOfLog, never, EventLog> = Effect.flatMap(EventLog, (log) =>
  Effect.cachedWithTTL(log.last, 0)
)

/** Events of the log that what stands for a sequence does not stand for. */
export const eventsBehind = (end: number, sequence: number): number => Math.max(0, end - sequence)
