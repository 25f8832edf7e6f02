import * as Result from "effect/Result"
import { allowedDays } from "./allowed-days.ts"
import { readMonthDays, readWeekDays } from "./cron-days.ts"
import { type CronField, readItem } from "./cron-field.ts"
import type { Pattern } from "./pattern.ts"

const monthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]

const second: CronField = { name: "second", min: 0, max: 59 }
const minute: CronField = { name: "minute", min: 0, max: 59 }
const hour: CronField = { name: "hour", min: 0, max: 23 }
const month: CronField = {
  name: "month",
  min: 1,
  max: 12,
  names: new Map(monthNames.map((name, index) => [name, index + 1]))
}

/** What cron's own words stand for (crontab(5)). */
const nicknames: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *"
}

const fieldsMin = 5
const fieldsMax = 6

/** Whether a text is meant as a cron expression: it has no `=`, which every RRULE has. */
export const looksLikeCron = (text: string): boolean => !text.includes("=") && !text.includes(":")

/**
 * Reads a cron expression: minute, hour, day of month, month, day of week, and a second in front of them where
 * there are six; or one of cron's words, `@daily`.
 *
 * Days are as in crontab(5): where neither day field begins with `*` (or is `?`), a day that either of them allows
 * is meant; else one that both allow.
 *
 * @example readCron("0 9 * * MON-FRI")
 */
export function readCron(text: string): Result.Result<Pattern, string> {
  return Result.gen(function* () {
    const trimmed = text.trim()
    const expression = trimmed.startsWith("@") ? nicknames[trimmed.toLowerCase()] : trimmed
    if (expression === undefined) {
      return yield* Result.fail(`expected one of ${Object.keys(nicknames).join(", ")}, found "${trimmed}"`)
    }
    const fields = expression.split(/\s+/)
    if (fields.length < fieldsMin || fields.length > fieldsMax) {
      return yield* Result.fail(
        `expected ${fieldsMin} fields (minute, hour, day of month, month, day of week) or ${fieldsMax} (a second first), found ${fields.length} in "${trimmed}"`
      )
    }
    const [seconds = "", minutes = "", hours = "", monthDays = "", months = "", weekDays = ""] =
      fields.length === fieldsMin ? ["0", ...fields] : fields
    const allowedMonths = yield* readNumbers(month, months)
    const ofMonth = yield* readMonthDays(monthDays)
    const ofWeek = yield* readWeekDays(weekDays)
    const isEither = !ofMonth.isStarred && !ofWeek.isStarred
    return {
      every: { unit: "day", interval: 1, origin: 0, weekStart: 0 },
      days: allowedDays(
        (day) =>
          allowedMonths.includes(day.month) &&
          (isEither ? ofMonth.test(day) || ofWeek.test(day) : ofMonth.test(day) && ofWeek.test(day))
      ),
      hours: yield* readNumbers(hour, hours),
      minutes: yield* readNumbers(minute, minutes),
      seconds: yield* readNumbers(second, seconds),
      positions: []
    }
  })
}

function readNumbers(field: CronField, text: string): Result.Result<ReadonlyArray<number>, string> {
  const values = new Set<number>()
  for (const item of text.split(",")) {
    const read = readItem(field, item)
    if (Result.isFailure(read)) return Result.fail(read.failure)
    for (const value of read.success) values.add(value)
  }
  return Result.succeed([...values].toSorted((one, other) => one - other))
}
