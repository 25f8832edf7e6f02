/**
 * RFC 5545's recurrence rules by definition, to compare the real ones with: every second of every day is looked at
 * and tested, by JavaScript's dates and lists that are written out. Slow, and with nothing of the real ones in it.
 */

/** A rule of the comparison: numbers as the RFC writes them, weekdays with how many-th where that is meant. */
export interface NaiveRule {
  readonly freq: "YEARLY" | "MONTHLY" | "WEEKLY" | "DAILY" | "HOURLY" | "MINUTELY" | "SECONDLY"
  readonly interval: number
  readonly weekStart: string
  readonly months?: ReadonlyArray<number>
  readonly weeks?: ReadonlyArray<number>
  readonly yearDays?: ReadonlyArray<number>
  readonly monthDays?: ReadonlyArray<number>
  readonly days?: ReadonlyArray<string>
  readonly hours?: ReadonlyArray<number>
  readonly minutes?: ReadonlyArray<number>
  readonly seconds?: ReadonlyArray<number>
  readonly positions?: ReadonlyArray<number>
}

const dayMs = 86_400_000
const names = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"]
const frequencies = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"]

/** The text of the rule. */
export const ruleText = (rule: NaiveRule): string => {
  const lists: ReadonlyArray<readonly [string, ReadonlyArray<number | string> | undefined]> = [
    ["BYMONTH", rule.months],
    ["BYWEEKNO", rule.weeks],
    ["BYYEARDAY", rule.yearDays],
    ["BYMONTHDAY", rule.monthDays],
    ["BYDAY", rule.days],
    ["BYHOUR", rule.hours],
    ["BYMINUTE", rule.minutes],
    ["BYSECOND", rule.seconds],
    ["BYSETPOS", rule.positions]
  ]
  return [
    `FREQ=${rule.freq}`,
    `INTERVAL=${rule.interval}`,
    `WKST=${rule.weekStart}`,
    ...lists.flatMap(([name, list]) => (list === undefined ? [] : [`${name}=${list.join(",")}`]))
  ].join(";")
}

const at = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day)

/** The midnights of a year or of one of its months, written out. */
const midnights = (year: number, month?: number): ReadonlyArray<number> =>
  remembered(`${year}-${month}`, () => writtenOut(year, month))

const writtenOut = (year: number, month?: number): ReadonlyArray<number> => {
  const from = at(year, month ?? 1, 1)
  const to = month === undefined ? at(year + 1, 1, 1) : at(year, month + 1, 1)
  return Array.from({ length: (to - from) / dayMs }, (_, index) => from + index * dayMs)
}

const known = new Map<string, ReadonlyArray<number>>()

const remembered = (key: string, compute: () => ReadonlyArray<number>): ReadonlyArray<number> => {
  const list = known.get(key) ?? compute()
  known.set(key, list)
  return list
}

/** The number-th of a list: 1 is the first, -1 the last. */
const nth = <T>(list: ReadonlyArray<T>, number: number): T | undefined =>
  list.at(number > 0 ? number - 1 : number)

/** The midnight on which the week of a day begins. */
const weekBegin = (day: number, weekStart: string): number =>
  day - ((new Date(day).getUTCDay() - names.indexOf(weekStart) + 7) % 7) * dayMs

/** The beginnings of a year's weeks: those that have four days or more in it. */
const weeksOf = (year: number, weekStart: string): ReadonlyArray<number> =>
  remembered(`${year}-${weekStart}`, () => [
    ...new Set(
      [...midnights(year - 1).slice(-7), ...midnights(year)]
        .map((day) => weekBegin(day, weekStart))
        .filter((begin) => new Date(begin + 3 * dayMs).getUTCFullYear() === year)
    )
  ])

const isDay = (rule: NaiveRule, start: number, day: number): boolean => {
  const date = new Date(day)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1]
  const begun = new Date(start)
  const nothing = [rule.days, rule.monthDays, rule.yearDays, rule.weeks].every((list) => list === undefined)
  const months = rule.months ?? (rule.freq === "YEARLY" && nothing ? [begun.getUTCMonth() + 1] : undefined)
  const isDated = nothing && (rule.freq === "YEARLY" || rule.freq === "MONTHLY")
  const monthDays = rule.monthDays ?? (isDated ? [begun.getUTCDate()] : undefined)
  const days = rule.days ?? (nothing && rule.freq === "WEEKLY" ? [names[begun.getUTCDay()]!] : undefined)
  if (months?.includes(month) === false) return false
  if (monthDays?.some((number) => nth(midnights(year, month), number) === day) === false) return false
  if (rule.yearDays?.some((number) => nth(midnights(year), number) === day) === false) return false
  if (rule.weeks !== undefined && !isInWeeks(rule.weeks, rule.weekStart, day)) return false
  return days?.some((name) => isNamed(rule, name, day)) !== false
}

const isInWeeks = (weeks: ReadonlyArray<number>, weekStart: string, day: number): boolean => {
  const begin = weekBegin(day, weekStart)
  const weekYear = new Date(begin + 3 * dayMs).getUTCFullYear()
  return weeks.some((number) => nth(weeksOf(weekYear, weekStart), number) === begin)
}

const isNamed = (rule: NaiveRule, name: string, day: number): boolean => {
  const date = new Date(day)
  const weekday = name.slice(-2)
  if (names[date.getUTCDay()] !== weekday) return false
  const number = Number(name.slice(0, -2))
  if (number === 0 || (rule.freq !== "YEARLY" && rule.freq !== "MONTHLY")) return true
  const isOfMonth = rule.freq === "MONTHLY" || rule.months !== undefined
  const all = midnights(date.getUTCFullYear(), isOfMonth ? date.getUTCMonth() + 1 : undefined)
  return (
    nth(
      all.filter((other) => names[new Date(other).getUTCDay()] === weekday),
      number
    ) === day
  )
}

/** The number of a moment's year, month, and so on; equal within one. */
const periodOf = (rule: NaiveRule, moment: number): number => {
  const date = new Date(moment)
  if (rule.freq === "YEARLY") return date.getUTCFullYear()
  if (rule.freq === "MONTHLY") return date.getUTCFullYear() * 12 + date.getUTCMonth()
  if (rule.freq === "WEEKLY") {
    return Math.floor(weekBegin(moment - (((moment % dayMs) + dayMs) % dayMs), rule.weekStart) / (7 * dayMs))
  }
  const units: Readonly<Record<string, number>> = {
    DAILY: dayMs,
    HOURLY: 3_600_000,
    MINUTELY: 60_000,
    SECONDLY: 1000
  }
  return Math.floor(moment / units[rule.freq]!)
}

/** The moments of a rule from `start` to before `end`, both in milliseconds of a clock without a zone. */
export const naiveMoments = (rule: NaiveRule, start: number, end: number): ReadonlyArray<number> => {
  const begun = new Date(start)
  const isFiner = (freq: NaiveRule["freq"]) => frequencies.indexOf(rule.freq) >= frequencies.indexOf(freq)
  const hours = rule.hours ?? (isFiner("HOURLY") ? undefined : [begun.getUTCHours()])
  const minutes = rule.minutes ?? (isFiner("MINUTELY") ? undefined : [begun.getUTCMinutes()])
  const seconds = rule.seconds ?? (isFiner("SECONDLY") ? undefined : [begun.getUTCSeconds()])
  const first = periodOf(rule, start)
  const sets = new Map<number, Array<number>>()
  const allowed = (count: number, list: ReadonlyArray<number> | undefined) =>
    Array.from({ length: count }, (_, index) => index).filter((value) => list?.includes(value) !== false)
  const [everyHour, everyMinute, everySecond] = [
    allowed(24, hours),
    allowed(60, minutes),
    allowed(60, seconds)
  ]
  // A period that holds the start is looked at from its first day on, and one that holds the end to its last.
  const from = at(begun.getUTCFullYear(), 1, 1) - 7 * dayMs
  for (let day = isFiner("HOURLY") ? start - (start % dayMs) : from; day < end + 366 * dayMs; day += dayMs) {
    if (isFiner("HOURLY") && day >= end) break
    if (!isDay(rule, start, day)) continue
    for (const hour of everyHour) {
      for (const minute of everyMinute) {
        for (const second of everySecond) {
          const moment = day + hour * 3_600_000 + minute * 60_000 + second * 1000
          const period = periodOf(rule, moment)
          if (period < first || (period - first) % rule.interval !== 0) continue
          const set = sets.get(period)
          if (set === undefined) sets.set(period, [moment])
          else set.push(moment)
        }
      }
    }
  }
  return [...sets.values()]
    .flatMap((set) =>
      rule.positions === undefined
        ? set
        : set.filter((moment) => rule.positions!.some((number) => nth(set, number) === moment))
    )
    .filter((moment) => moment >= start && moment < end)
    .toSorted((one, other) => one - other)
}
