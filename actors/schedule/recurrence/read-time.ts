import {
  daysInMonth,
  type LocalSeconds,
  localOf,
  secondsPerHour,
  secondsPerMinute,
  yearMax,
  yearMin
} from "./local-time.ts"

/** A moment as it was written: on a wall clock, or, with an offset (`Z` is 0), one in the world. */
export interface WrittenTime {
  /** What a clock shows there: in the zone that is meant or, with an offset, at that offset. */
  readonly local: LocalSeconds
  /** Seconds east of UTC, where they were written. */
  readonly offsetSeconds?: number
  /** Whether a date was written without a time of day; `local` is its midnight then. */
  readonly isDate: boolean
}

const basic = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?$/i
const extended = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.0+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i

const offsetOf = (text: string): number => {
  if (/^z$/i.test(text)) return 0
  const digits = text.replace(":", "")
  const seconds = Number(digits.slice(1, 3)) * secondsPerHour + Number(digits.slice(3)) * secondsPerMinute
  return digits.startsWith("-") ? -seconds : seconds
}

/**
 * Reads a date or a date-time as RFC 5545 writes it (`19970902T090000`, `19970902T130000Z`, `19970902`) or as
 * RFC 3339 does (`1997-09-02T09:00:00`, seconds and offset as one likes). Undefined for what is none, `30 February`
 * included. The second 60 is the second 59, as RFC 5545 (3.3.5) has it for clocks without leap seconds.
 */
export function readTime(text: string): WrittenTime | undefined {
  const match = basic.exec(text) ?? extended.exec(text)
  if (match === null) return undefined
  const [, ...fields] = match
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields
    .slice(0, 6)
    .map((field) => Number(field ?? 0))
  const isDay =
    year >= yearMin &&
    year <= yearMax &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysInMonth(year, month)
  if (!isDay || hour > 23 || minute > 59 || second > 60) return undefined
  const local = localOf({ year, month, day }, hour, minute, Math.min(second, 59))
  const isDate = fields[3] === undefined
  return fields[6] === undefined ? { local, isDate } : { local, isDate, offsetSeconds: offsetOf(fields[6]) }
}
