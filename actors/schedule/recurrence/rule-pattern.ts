import { allowedDays, type DayFacts, type DayTest, weekOf } from "./allowed-days.ts"
import {
  civilDate,
  dayOf,
  type LocalSeconds,
  mod,
  secondsPerDay,
  secondsPerHour,
  secondsPerMinute,
  weekdayOf
} from "./local-time.ts"
import type { Pattern } from "./pattern.ts"
import type { Unit } from "./period.ts"
import type { NumberedDay, RuleParts } from "./rule-parts.ts"

/** From the coarsest on. */
const units: ReadonlyArray<Unit> = ["year", "month", "week", "day", "hour", "minute", "second"]

const isCoarser = (unit: Unit, other: Unit): boolean => units.indexOf(unit) < units.indexOf(other)

const everyHour = Array.from({ length: 24 }, (_, hour) => hour)
const everySixtieth = Array.from({ length: 60 }, (_, minute) => minute)

/**
 * The pattern of a rule that begins at `start`, which says what the rule leaves open (RFC 5545, 3.3.10): a monthly
 * rule without a day is on the day of its start, a daily one without an hour at the hour of its start.
 *
 * Every part that names days narrows them: what the RFC's table calls "expand" comes to the same, since a period's
 * days are all there before they are narrowed. As in python-dateutil and what follows it, BYWEEKNO without a
 * weekday is the whole week.
 */
export function patternOf(parts: RuleParts, start: LocalSeconds): Pattern {
  const time = mod(start, secondsPerDay)
  const orOf = (given: ReadonlyArray<number>, unit: Unit, ofStart: number, all: ReadonlyArray<number>) =>
    given.length > 0 ? given : isCoarser(parts.unit, unit) ? [ofStart] : all
  return {
    every: { unit: parts.unit, interval: parts.interval, origin: start, weekStart: parts.weekStart },
    days: allowedDays(dayTest(withDaysOfStart(parts, start))),
    hours: orOf(parts.hours, "hour", Math.floor(time / secondsPerHour), everyHour),
    minutes: orOf(parts.minutes, "minute", Math.floor(time / secondsPerMinute) % 60, everySixtieth),
    seconds: orOf(parts.seconds, "second", time % 60, everySixtieth),
    positions: parts.positions
  }
}

function withDaysOfStart(parts: RuleParts, start: LocalSeconds): RuleParts {
  const { days, monthDays, months, unit, weeks, yearDays } = parts
  if (days.length + monthDays.length + weeks.length + yearDays.length > 0) return parts
  const { day, month } = civilDate(dayOf(start))
  if (unit === "year") return { ...parts, months: months.length > 0 ? months : [month], monthDays: [day] }
  if (unit === "month") return { ...parts, monthDays: [day] }
  return unit === "week" ? { ...parts, days: [{ weekday: weekdayOf(dayOf(start)) }] } : parts
}

function dayTest(parts: RuleParts): DayTest {
  const tests: Array<DayTest> = []
  const { days, monthDays, months, weeks, weekStart, yearDays } = parts
  if (months.length > 0) tests.push(({ month }) => months.includes(month))
  if (monthDays.length > 0) tests.push((day) => isAmong(monthDays, day.dayOfMonth, day.daysInMonth))
  if (yearDays.length > 0) tests.push((day) => isAmong(yearDays, day.dayOfYear, day.year.days))
  if (weeks.length > 0) {
    tests.push((day) => {
      const { week, weeks: weeksInYear } = weekOf(day, weekStart)
      return isAmong(weeks, week, weeksInYear)
    })
  }
  if (days.length > 0) tests.push((day) => days.some((numbered) => isNumberedDay(numbered, day, parts)))
  return (day) => tests.every((passes) => passes(day))
}

/** Whether a list names the number-th of so many, from the front or, negative, from the end. */
const isAmong = (list: ReadonlyArray<number>, number: number, of: number): boolean =>
  list.includes(number) || list.includes(number - of - 1)

function isNumberedDay(
  { ordinal, weekday }: NumberedDay,
  day: DayFacts,
  { months, unit }: RuleParts
): boolean {
  if (day.weekday !== weekday) return false
  if (ordinal === undefined || (unit !== "year" && unit !== "month")) return true
  const isOfMonth = unit === "month" || months.length > 0
  const [number, of] = isOfMonth ? [day.dayOfMonth, day.daysInMonth] : [day.dayOfYear, day.year.days]
  return ordinal > 0 ? Math.ceil(number / 7) === ordinal : Math.ceil((of - number + 1) / 7) === -ordinal
}

/**
 * What a rule has that RFC 5545 (3.3.10) forbids. It is understood all the same, as widespread libraries do; but
 * whoever wrote it may have meant something else.
 */
export function doubtsAbout({
  days,
  monthDays,
  positions,
  unit,
  until,
  weeks,
  yearDays,
  ...rest
}: RuleParts): ReadonlyArray<string> {
  const isNumbered = days.some(({ ordinal }) => ordinal !== undefined)
  const isFiner = (than: Unit) => isCoarser(than, unit)
  const others = rest.months.length + weeks.length + yearDays.length + monthDays.length + days.length
  const hasOthers = others + rest.hours.length + rest.minutes.length + rest.seconds.length > 0
  const doubts: ReadonlyArray<readonly [boolean, string]> = [
    [
      isNumbered && isFiner("month"),
      "RFC 5545 allows numbers in BYDAY with FREQ=YEARLY or MONTHLY only: they are ignored here"
    ],
    [
      isNumbered && weeks.length > 0 && unit === "year",
      "RFC 5545 allows no numbers in BYDAY beside BYWEEKNO"
    ],
    [
      weeks.length > 0 && unit !== "year",
      "RFC 5545 allows BYWEEKNO with FREQ=YEARLY only: here it narrows the days"
    ],
    [
      yearDays.length > 0 && (unit === "month" || unit === "week" || unit === "day"),
      "RFC 5545 allows no BYYEARDAY with FREQ=DAILY, WEEKLY or MONTHLY: here it narrows the days"
    ],
    [
      monthDays.length > 0 && unit === "week",
      "RFC 5545 allows no BYMONTHDAY with FREQ=WEEKLY: here it narrows the days"
    ],
    [positions.length > 0 && !hasOthers, "RFC 5545 allows BYSETPOS only beside another BY… part"],
    [
      until?.isDate === true,
      "UNTIL is a date without a time, as RFC 5545 allows only for whole days: its midnight is meant, so that day is not in"
    ]
  ]
  return doubts.flatMap(([applies, doubt]) => (applies ? [doubt] : []))
}
