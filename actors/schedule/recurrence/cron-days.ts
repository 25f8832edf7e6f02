import * as Result from "effect/Result"
import type { DayFacts, DayTest } from "./allowed-days.ts"
import { type CronField, expected, readItem } from "./cron-field.ts"

const weekdayNumbers: ReadonlyMap<string, number> = new Map([
  ["SUN", 0],
  ["MON", 1],
  ["TUE", 2],
  ["WED", 3],
  ["THU", 4],
  ["FRI", 5],
  ["SAT", 6]
])

const monthDay: CronField = { name: "day of month", min: 1, max: 31 }
const weekDay: CronField = { name: "day of week", min: 0, max: 7, last: 6, names: weekdayNumbers }

/** A field of days: its test, and whether it begins with `*` or is `?`. */
export interface DayField {
  readonly test: DayTest
  readonly isStarred: boolean
}

/** From cron's weekdays, 0 and 7 for Sunday. */
const isCronWeekday = (number: number, { weekday }: DayFacts): boolean => (number + 6) % 7 === weekday

const readField =
  (
    field: CronField,
    special: (item: string) => DayTest | undefined,
    isAllowed: (number: number) => DayTest
  ) =>
  (text: string): Result.Result<DayField, string> =>
    Result.gen(function* () {
      if (text === "?") return { test: () => true, isStarred: true }
      const tests: Array<DayTest> = []
      for (const item of text.split(",")) {
        const found = special(item.toUpperCase())
        if (found === undefined)
          for (const number of yield* readItem(field, item)) tests.push(isAllowed(number))
        else tests.push(found)
      }
      if (tests.length === 0) return yield* Result.fail(expected(field, text))
      return { test: (day) => tests.some((passes) => passes(day)), isStarred: text.startsWith("*") }
    })

/**
 * The day-of-month field. Beside numbers: `L` the last day, `L-3` three days before it, `15W` the weekday (Monday to
 * Friday) nearest to the 15th in its month, `LW` the last weekday.
 */
export const readMonthDays = readField(
  monthDay,
  (item) => {
    const [, last, back, nearest, number] = /^(?:(L)(?:-(\d{1,2}))?(W)?|(\d{1,2})W)$/.exec(item) ?? []
    if (last !== undefined && back === undefined) return nearest === undefined ? isLast(0) : isNearest(31)
    if (last !== undefined && nearest === undefined && Number(back) <= 30) return isLast(Number(back))
    return number !== undefined && Number(number) >= 1 && Number(number) <= 31
      ? isNearest(Number(number))
      : undefined
  },
  (number) => (day) => day.dayOfMonth === number
)

const isLast =
  (back: number): DayTest =>
  ({ dayOfMonth, daysInMonth }) =>
    dayOfMonth === daysInMonth - back

/** A month that lacks the day has none nearest to it, but its last day stands for 31 in `LW`. */
const isNearest =
  (number: number): DayTest =>
  (day) => {
    const target = number === 31 ? day.daysInMonth : number
    return target <= day.daysInMonth && nearestWorkday(day, target) === day.dayOfMonth
  }

function nearestWorkday({ dayOfMonth, daysInMonth, weekday }: DayFacts, target: number): number {
  const weekdayOfTarget = (((weekday + target - dayOfMonth) % 7) + 7) % 7
  if (weekdayOfTarget === 5) return target > 1 ? target - 1 : target + 2
  if (weekdayOfTarget === 6) return target < daysInMonth ? target + 1 : target - 2
  return target
}

/** The day-of-week field. Beside numbers: `5L` or `FRIL` the last Friday of the month, `5#2` its second one. */
export const readWeekDays = readField(
  weekDay,
  (item) => {
    const [, text = "", last, which] = /^([0-7]|[A-Z]{3})(?:(L)|#([1-5]))$/.exec(item) ?? []
    const number = weekdayNumbers.get(text) ?? (/^\d$/.test(text) ? Number(text) : undefined)
    if (number === undefined) return undefined
    return (day) =>
      isCronWeekday(number, day) &&
      (last === undefined
        ? Math.ceil(day.dayOfMonth / 7) === Number(which)
        : day.dayOfMonth > day.daysInMonth - 7)
  },
  (number) => (day) => isCronWeekday(number, day)
)
