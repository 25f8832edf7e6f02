import { daysInMonth, dayNumber, isLeap, mod, type Weekday, weekdayOf } from "./local-time.ts"

/** What a rule may ask about a day: all of it the same in every year of a kind. */
export interface DayFacts {
  readonly month: number
  readonly dayOfMonth: number
  readonly daysInMonth: number
  /** From 1. */
  readonly dayOfYear: number
  readonly weekday: Weekday
  readonly year: YearFacts
}

export interface YearFacts {
  readonly days: number
  /** Of 1 January. */
  readonly firstWeekday: Weekday
  readonly daysBefore: number
  readonly daysAfter: number
}

/** Whether a rule allows a day; the same for the same facts. */
export type DayTest = (day: DayFacts) => boolean

/** The days that a rule allows, by month. */
export interface AllowedDays {
  /** Bit 0 is the first of the month. */
  readonly inMonth: (year: number, month: number) => number
}

const monthsPerYear = 12

// The weeks of a year depend on its length, its first weekday, and the lengths of the years beside it; of three
// years in a row at most one is a leap year.

/**
 * The days that pass a test. There are 28 kinds of years, so each test runs over at most 28 years of days however
 * far a rule looks for its next day: one that allows none is found out within a millisecond or two.
 */
export function allowedDays(test: DayTest): AllowedDays {
  const months = new Map<number, number>()
  // A search asks for the months of one year after another.
  let lastYear = Number.NaN
  let lastKind = 0
  return {
    inMonth(year, month) {
      if (year !== lastYear) {
        lastYear = year
        lastKind = kindOf(year)
      }
      const slot = lastKind * monthsPerYear + month
      let bits = months.get(slot)
      if (bits === undefined) {
        bits = daysPassing(test, year, month)
        months.set(slot, bits)
      }
      return bits
    }
  }
}

const daysInYear = (year: number): number => (isLeap(year) ? 366 : 365)

function kindOf(year: number): number {
  const leap = isLeap(year) ? 1 : isLeap(year - 1) ? 2 : isLeap(year + 1) ? 3 : 0
  return leap * 7 + weekdayOf(dayNumber(year, 1, 1))
}

function daysPassing(test: DayTest, year: number, month: number): number {
  const january = dayNumber(year, 1, 1)
  const first = dayNumber(year, month, 1)
  const facts: YearFacts = {
    days: daysInYear(year),
    firstWeekday: weekdayOf(january),
    daysBefore: daysInYear(year - 1),
    daysAfter: daysInYear(year + 1)
  }
  const length = daysInMonth(year, month)
  let bits = 0
  for (let dayOfMonth = 1; dayOfMonth <= length; dayOfMonth++) {
    const day = first + dayOfMonth - 1
    const passes = test({
      month,
      dayOfMonth,
      daysInMonth: length,
      dayOfYear: day - january + 1,
      weekday: weekdayOf(day),
      year: facts
    })
    if (passes) bits |= 1 << (dayOfMonth - 1)
  }
  return bits
}

/** A week's number in the year that it belongs to, and how many weeks that year has. */
export interface WeekOfYear {
  readonly week: number
  readonly weeks: number
}

/**
 * The week of a day as RFC 5545 counts (ISO 8601, with a start of the week of one's own): week 1 is the first with
 * four days in the year. The first days of January may be in the last year's last week, and the last of December
 * in the next year's first.
 */
export function weekOf({ dayOfYear, year }: DayFacts, weekStart: Weekday): WeekOfYear {
  const start = firstWeekStart(year.firstWeekday, weekStart)
  const nextStart = year.days + firstWeekStart(year.firstWeekday + year.days, weekStart)
  if (dayOfYear >= nextStart)
    return { week: 1, weeks: weeksIn(year.firstWeekday + year.days, year.daysAfter, weekStart) }
  if (dayOfYear >= start) {
    return { week: Math.floor((dayOfYear - start) / 7) + 1, weeks: (nextStart - start) / 7 }
  }
  const weeks = weeksIn(year.firstWeekday - year.daysBefore, year.daysBefore, weekStart)
  return { week: weeks, weeks }
}

/** The day of the year on which week 1 begins, 1 for 1 January; it may lie in the year before. */
function firstWeekStart(firstWeekday: number, weekStart: Weekday): number {
  const into = mod(firstWeekday - weekStart, 7)
  return into <= 3 ? 1 - into : 8 - into
}

const weeksIn = (firstWeekday: number, days: number, weekStart: Weekday): number =>
  (days + firstWeekStart(firstWeekday + days, weekStart) - firstWeekStart(firstWeekday, weekStart)) / 7
