/** A moment of the past as people and programs name it: an event's number, or a time. */
import { Effect } from "effect"
import { EventLog, type LogUnavailable } from "../../infra/event-log/event-log.ts"

/** The number of an event, or milliseconds since the epoch. */
export type Moment = { readonly sequence: number } | { readonly time: number }

/** RFC 3339, its time and seconds optional; without a zone it is UTC. */
const timePattern =
  /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:\d{2})?)?$/u

/**
 * Reads `42`, `2026-01-31`, `2026-01-31T10:00:00Z` or `2026-01-31 10:00+02:00`; `undefined` for anything else.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3339
 */
export const parseMoment = (text: string): Moment | undefined => {
  if (/^\d{1,15}$/u.test(text)) return { sequence: Number(text) }
  if (!timePattern.test(text)) return undefined
  const whole = text.toUpperCase().replace(" ", "T")
  const time = Date.parse(!whole.includes("T") || /(?:Z|[+-]\d{2}:\d{2})$/u.test(whole) ? whole : `${whole}Z`)
  return Number.isNaN(time) ? undefined : { time }
}

/** Of an event that cannot be read the time is not known: the next one's is about as good. */
const timeFrom = Effect.fnUntraced(function* (sequence: number, last: number) {
  const log = yield* EventLog
  for (let at = sequence; at <= last; at++) {
    const event = yield* log.get(at)
    if (event !== undefined && event.type !== "unreadable") return event.time
  }
  return Number.POSITIVE_INFINITY
})

/**
 * The last event of a time, 0 where there was none yet. Events have the times of who wrote them, which grow with their
 * numbers but for moments in which several wrote at once; found in a number of look-ups that grows with the logarithm.
 */
export const sequenceAt = Effect.fnUntraced(function* (
  time: number
): Effect.fn.Return<number, LogUnavailable, EventLog> {
  const log = yield* EventLog
  const last = yield* log.last
  let [before, after] = [0, last + 1]
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if ((yield* timeFrom(middle, last)) <= time) before = middle
    else after = middle
  }
  return before
})
