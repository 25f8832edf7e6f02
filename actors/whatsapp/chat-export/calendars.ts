/** Years that WhatsApp has existed in, and those it plausibly will; other readings of a year are doubted. */
export const firstYear = 2009
export const lastPlausibleYear = 2051

/** The calendars phones write dates in, told apart by the year: their ranges for 2009 to 2051 are disjoint. */
export type Calendar = "gregorian" | "buddhist" | "roc" | "persian" | "islamic-umalqura"

/**
 * The calendar that a written year is counted in. A two-digit year from 52 on is Buddhist: 2552 is 2009, and
 * as a Gregorian year it would lie before WhatsApp or after `lastPlausibleYear`.
 */
export const calendarOfYear = (year: number, digits: number): Calendar => {
  if (digits <= 2) return year >= 52 ? "buddhist" : "gregorian"
  if (digits === 3) return "roc"
  if (year >= 2500 && year < 2700) return "buddhist"
  if (year >= 1380 && year < 1430) return "persian"
  if (year >= 1430 && year < 1480) return "islamic-umalqura"
  return "gregorian"
}

const dayMs = 86_400_000

const gregorianDay = (year: number, month: number, day: number): number | undefined => {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const same = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return same ? Math.round(date.getTime() / dayMs) : undefined
}

const formats = new Map<Calendar, Intl.DateTimeFormat>()

const partsIn = (calendar: Calendar, epochDay: number): ReadonlyArray<number> => {
  let format = formats.get(calendar)
  if (format === undefined) {
    format = new Intl.DateTimeFormat(`en-u-ca-${calendar}-nu-latn`, {
      year: "numeric",
      month: "numeric",
      day: "numeric",
      timeZone: "UTC"
    })
    formats.set(calendar, format)
  }
  const parts = format.formatToParts(epochDay * dayMs)
  const numberOf = (type: string) =>
    Number.parseInt(parts.find((part) => part.type === type)?.value ?? "", 10)
  return [numberOf("year"), numberOf("month"), numberOf("day")]
}

/** Where the calendars that ICU converts begin (as a day since 1970), and their mean year and month in days. */
const eras: Readonly<Record<"persian" | "islamic-umalqura", readonly [number, number, number]>> = {
  persian: [-492_268, 365.2422, 30.44],
  "islamic-umalqura": [-492_148, 354.367, 29.53]
}

const convertedDay = (
  calendar: "persian" | "islamic-umalqura",
  year: number,
  month: number,
  day: number
): number | undefined => {
  const [epoch, yearDays, monthDays] = eras[calendar]
  const guess = Math.round(epoch + (year - 1) * yearDays + (month - 1) * monthDays + day)
  // The mean lengths are at most a few days off, so the true day is near the guess or does not exist.
  for (let shift = 0; shift <= 6; shift++) {
    for (const candidate of [guess + shift, guess - shift]) {
      const [y, m, d] = partsIn(calendar, candidate)
      if (y === year && m === month && d === day) return candidate
    }
  }
  return undefined
}

/**
 * The day since 1970-01-01 of a date as written, or undefined when there is no such day.
 *
 * @example epochDayOf(67, 2, 3, 1) // 1 March 2567 of the Buddhist era: the day of 2024-03-01
 */
export const epochDayOf = (
  writtenYear: number,
  yearDigits: number,
  month: number,
  day: number
): number | undefined => {
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined
  const calendar = calendarOfYear(writtenYear, yearDigits)
  const year = yearDigits <= 2 ? writtenYear + (calendar === "buddhist" ? 2500 : 2000) : writtenYear
  switch (calendar) {
    case "gregorian":
      return gregorianDay(year, month, day)
    case "buddhist":
      return gregorianDay(year - 543, month, day)
    case "roc":
      return gregorianDay(year + 1911, month, day)
    default:
      return convertedDay(calendar, year, month, day)
  }
}

/** The ISO 8601 date of a day since 1970-01-01. */
export const isoDate = (epochDay: number): string => new Date(epochDay * dayMs).toISOString().slice(0, 10)
