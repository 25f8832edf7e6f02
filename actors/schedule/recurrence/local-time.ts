/**
 * A moment on a wall clock, without a zone: seconds since its 1970-01-01T00:00:00, every day 86,400 of them long.
 * Dates are those of the Gregorian calendar, also before there was one.
 */
export type LocalSeconds = number

/** A day, counted from 1970-01-01. */
export type DayNumber = number

/** 0 is Monday, 6 is Sunday. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6

export interface CivilDate {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  /** 1 to 31. */
  readonly day: number
}

export const secondsPerMinute = 60
export const secondsPerHour = 3600
export const secondsPerDay = 86_400
const daysPer400Years = 146_097

/** The years that a moment may lie in: those that ISO 8601 writes in four digits. */
export const yearMin = 1
export const yearMax = 9999

/** The remainder that has the divisor's sign: `mod(-1, 7)` is 6. */
export const mod = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor

/** The day of a date. The year is counted from March, so that the leap day is its last (Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
export function dayNumber(year: number, month: number, day: number): DayNumber {
  const fromMarch = month > 2 ? year : year - 1
  const era = Math.floor(fromMarch / 400)
  const yearOfEra = fromMarch - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * daysPer400Years + dayOfEra - 719_468
}

/** The date of a day: what `dayNumber` undoes. */
export function civilDate(number: DayNumber): CivilDate {
  const shifted = number + 719_468
  const era = Math.floor(shifted / daysPer400Years)
  const dayOfEra = shifted - era * daysPer400Years
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  }
}

export const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

export const daysInMonth = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (monthLengths[month - 1] ?? 0)

export const dayOf = (local: LocalSeconds): DayNumber => Math.floor(local / secondsPerDay)

const weekdays: ReadonlyArray<Weekday> = [0, 1, 2, 3, 4, 5, 6]

/** The weekday of a day: 1970-01-01 was a Thursday. */
export const weekdayOf = (day: DayNumber): Weekday => weekdays[mod(day + 3, 7)] ?? 0

export const localOf = (date: CivilDate, hour = 0, minute = 0, second = 0): LocalSeconds =>
  dayNumber(date.year, date.month, date.day) * secondsPerDay +
  hour * secondsPerHour +
  minute * secondsPerMinute +
  second

/** The first moment that lies beyond `yearMax`: where every search ends. */
export const localEnd: LocalSeconds = localOf({ year: yearMax + 1, month: 1, day: 1 })

const padded = (value: number, digits = 2): string => String(value).padStart(digits, "0")

/** @example localText(873190800) // "1997-09-02T09:00:00" */
export function localText(local: LocalSeconds): string {
  const { day, month, year } = civilDate(dayOf(local))
  const time = mod(local, secondsPerDay)
  const clock = [Math.floor(time / secondsPerHour), Math.floor(time / secondsPerMinute) % 60, time % 60]
  return `${padded(year, 4)}-${padded(month)}-${padded(day)}T${clock.map((part) => padded(part)).join(":")}`
}
