/** A place in the log as a command line names it: an event's number, or a moment. */
import { Effect, Option } from "effect"
import { type Moment, parseMoment } from "../../projections/past/moment.ts"
import { OperatorFailed } from "./failure.ts"
import { printable } from "./words.ts"

/** `sequence` counts events from 1, `time` is milliseconds since the epoch. */
export type LogPlace = Moment

/** Reads `42`, `#42`, `2026-03-01` or `2026-03-01T12:00+01:00`; `undefined` where it is none. UTC where no zone is named. */
export const parseLogPlace = (text: string): LogPlace | undefined =>
  parseMoment(text.trim().replace(/^#(?=\d)/u, ""))

/** The place that a flag names, if it is given. */
export const placeOf = Effect.fnUntraced(function* (flag: string, given: Option.Option<string>) {
  if (Option.isNone(given)) return undefined
  const place = parseLogPlace(given.value)
  if (place !== undefined) return place
  return yield* new OperatorFailed({
    what: `There is no place "${printable(given.value)}" in the log`,
    why: `expected --${flag} to be an event's number or a moment`,
    next: `Give it as in --${flag} 42, --${flag} 2026-03-01 or --${flag} 2026-03-01T12:00+01:00 (UTC where no zone is named).`,
    exit: "usage"
  })
})

interface Placed {
  readonly sequence: number
  readonly time: number
}

/** Whether an event stands at a place or after it. */
export const isFrom = (place: LogPlace | undefined, { sequence, time }: Placed): boolean => {
  if (place === undefined) return true
  return "sequence" in place ? sequence >= place.sequence : time >= place.time
}

/** Whether an event stands before a moment, or at an event or before it. */
export const isUpTo = (place: LogPlace | undefined, { sequence, time }: Placed): boolean => {
  if (place === undefined) return true
  return "sequence" in place ? sequence <= place.sequence : time < place.time
}
