/** Hours, days, weeks, months and years as a calendar on the wall of a zone has them. */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"

export const periods = ["hourly", "daily", "weekly", "monthly", "yearly"] as const
export type Period = (typeof periods)[number]

/** A zone by its IANA name, such as `Europe/Vienna`; `undefined` where this machine does not know it. */
export const zoneOf = (name: string): DateTime.TimeZone | undefined =>
  Option.getOrUndefined(DateTime.zoneMakeNamed(name))

const dayMillis = 86_400_000
const thursday = 4

/**
 * Year and week by ISO 8601: a week belongs to the year that its Thursday is in. `dayOfWeek` is 0 on Sundays.
 */
const isoWeek = (year: number, month: number, day: number, dayOfWeek: number): string => {
  const ofThursday = new Date(Date.UTC(year, month - 1, day + thursday - (dayOfWeek === 0 ? 7 : dayOfWeek)))
  const weekYear = ofThursday.getUTCFullYear()
  return `${weekYear}W${1 + Math.floor((ofThursday.getTime() - Date.UTC(weekYear, 0, 1)) / dayMillis / 7)}`
}

/** The names of the periods that a moment is in: equal for two moments exactly where they share the period. */
export const periodsAt = (millis: number, timeZone: DateTime.TimeZone): Readonly<Record<Period, string>> => {
  const { day, hour, month, weekDay, year } = DateTime.toParts(DateTime.makeZonedUnsafe(millis, { timeZone }))
  const ofDay = `${year}-${month}-${day}`
  return {
    hourly: `${ofDay} ${hour}`,
    daily: ofDay,
    weekly: isoWeek(year, month, day, weekDay),
    monthly: `${year}-${month}`,
    yearly: String(year)
  }
}

/** A length of time as a calendar has it: a month back from the 31st is a month, whatever its days. */
export interface Span {
  readonly years: number
  readonly months: number
  readonly days: number
  readonly hours: number
}

const units = { y: "years", m: "months", d: "days", h: "hours" } as const

/** Reads `1y6m14d12h`, in any order; `undefined` where it is none. */
export const parseSpan = (text: string): Span | undefined => {
  if (!/^(?:\d{1,6}[ymdh]){1,4}$/.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+)([ymdh])/g)].map(
    ([, count, unit]) => [units[unit as keyof typeof units], Number(count)] as const
  )
  if (new Set(parts.map(([unit]) => unit)).size < parts.length) return undefined
  return { years: 0, months: 0, days: 0, hours: 0, ...Object.fromEntries(parts) }
}

/** A span as restic writes it. */
export const shownSpan = (span: Span): string =>
  Object.entries(units)
    .map(([unit, name]) => (span[name] === 0 ? "" : `${span[name]}${unit}`))
    .join("")

export const isEmpty = (span: Span): boolean => shownSpan(span) === ""

const hourMillis = 3_600_000

/** The moment that lies a span before another one, on the wall of a zone. */
export const before = (millis: number, span: Span, timeZone: DateTime.TimeZone): number => {
  const { day, hour, millisecond, minute, month, second, year } = DateTime.toParts(
    DateTime.makeZonedUnsafe(millis, { timeZone })
  )
  // A day that a month does not have runs over into the next one.
  const wall = new Date(
    Date.UTC(year - span.years, month - 1 - span.months, day - span.days, hour, minute, second, millisecond)
  )
  const parts = {
    year: wall.getUTCFullYear(),
    month: wall.getUTCMonth() + 1,
    day: wall.getUTCDate(),
    hour,
    minute,
    second,
    millisecond
  }
  const zoned = DateTime.makeZonedUnsafe(parts, { timeZone, adjustForTimeZone: true })
  return DateTime.toEpochMillis(zoned) - span.hours * hourMillis
}
