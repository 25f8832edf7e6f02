import * as Result from "effect/Result"
import type { Weekday } from "./local-time.ts"
import type { Unit } from "./period.ts"
import { readTime, type WrittenTime } from "./read-time.ts"

/** A weekday of BYDAY, with which one of its year or month is meant where that was written: `-1FR` is the last. */
export interface NumberedDay {
  readonly weekday: Weekday
  readonly ordinal?: number
}

/** The parts of an RRULE as they were written; lists ascend. */
export interface RuleParts {
  readonly unit: Unit
  readonly interval: number
  readonly count?: number
  readonly until?: WrittenTime
  readonly weekStart: Weekday
  readonly months: ReadonlyArray<number>
  readonly weeks: ReadonlyArray<number>
  readonly yearDays: ReadonlyArray<number>
  readonly monthDays: ReadonlyArray<number>
  readonly days: ReadonlyArray<NumberedDay>
  readonly hours: ReadonlyArray<number>
  readonly minutes: ReadonlyArray<number>
  readonly seconds: ReadonlyArray<number>
  readonly positions: ReadonlyArray<number>
}

/** Where a COUNT ends is found by counting, so it is bounded: 100,000 are 273 years of days. */
export const countMax = 100_000

/** 68 years of seconds. */
export const intervalMax = 2 ** 31 - 1

export const weekdayNames: ReadonlyMap<string, Weekday> = new Map([
  ["MO", 0],
  ["TU", 1],
  ["WE", 2],
  ["TH", 3],
  ["FR", 4],
  ["SA", 5],
  ["SU", 6]
])

const units: ReadonlyMap<string, Unit> = new Map([
  ["YEARLY", "year"],
  ["MONTHLY", "month"],
  ["WEEKLY", "week"],
  ["DAILY", "day"],
  ["HOURLY", "hour"],
  ["MINUTELY", "minute"],
  ["SECONDLY", "second"]
])

const frequencies = [...units.keys()].join(", ")

/** The parts that are lists of numbers; those marked `fromEnd` also take negative ones, and no 0. */
const numberLists = {
  BYMONTH: { key: "months", min: 1, max: 12, fromEnd: false },
  BYWEEKNO: { key: "weeks", min: 1, max: 53, fromEnd: true },
  BYYEARDAY: { key: "yearDays", min: 1, max: 366, fromEnd: true },
  BYMONTHDAY: { key: "monthDays", min: 1, max: 31, fromEnd: true },
  BYHOUR: { key: "hours", min: 0, max: 23, fromEnd: false },
  BYMINUTE: { key: "minutes", min: 0, max: 59, fromEnd: false },
  BYSECOND: { key: "seconds", min: 0, max: 60, fromEnd: false },
  BYSETPOS: { key: "positions", min: 1, max: 366, fromEnd: true }
} as const

type ListName = keyof typeof numberLists

const isListName = (name: string): name is ListName => Object.hasOwn(numberLists, name)

const partNames = ["FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", ...Object.keys(numberLists)]

/**
 * Reads the value of an RRULE (RFC 5545, 3.3.10). What is wrong is said in a sentence.
 *
 * @example readRuleParts("FREQ=MONTHLY;BYDAY=-1FR")
 */
export function readRuleParts(text: string): Result.Result<RuleParts, string> {
  return Result.gen(function* () {
    const parts = yield* splitParts(text)
    const frequency = parts.get("FREQ")
    if (frequency === undefined) return yield* Result.fail(`expected FREQ=… in a rule, found "${text}"`)
    const unit = units.get(frequency)
    if (unit === undefined)
      return yield* Result.fail(`expected FREQ to be one of ${frequencies}, found "${frequency}"`)
    const lists = { ...emptyLists }
    for (const [name, value] of parts)
      if (isListName(name)) lists[numberLists[name].key] = yield* numbers(name, value)
    const count = yield* wholeNumber("COUNT", parts, countMax)
    const until = yield* readUntil(parts.get("UNTIL"))
    if (count !== undefined && until !== undefined) {
      return yield* Result.fail("expected COUNT or UNTIL in a rule, found both")
    }
    return {
      ...lists,
      unit,
      interval: (yield* wholeNumber("INTERVAL", parts, intervalMax)) ?? 1,
      ...(count === undefined ? {} : { count }),
      ...(until === undefined ? {} : { until }),
      weekStart: yield* readWeekStart(parts.get("WKST")),
      days: yield* readDays(parts.get("BYDAY"))
    }
  })
}

type Lists = Record<(typeof numberLists)[ListName]["key"], ReadonlyArray<number>>

const emptyLists: Lists = {
  months: [],
  weeks: [],
  yearDays: [],
  monthDays: [],
  hours: [],
  minutes: [],
  seconds: [],
  positions: []
}

function splitParts(text: string): Result.Result<ReadonlyMap<string, string>, string> {
  const parts = new Map<string, string>()
  // A semicolon at the end is common, and means nothing.
  for (const part of text.trim().replace(/;$/, "").split(";")) {
    const [, name = "", value = ""] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/s.exec(part.toUpperCase()) ?? []
    if (value === "") return Result.fail(`expected NAME=VALUE between semicolons, found "${part}"`)
    if (!partNames.includes(name)) {
      return Result.fail(`expected one of ${partNames.join(", ")} in a rule, found "${name}"`)
    }
    if (parts.has(name)) return Result.fail(`expected ${name} once in a rule, found it twice`)
    parts.set(name, value)
  }
  return Result.succeed(parts)
}

function wholeNumber(
  name: string,
  parts: ReadonlyMap<string, string>,
  max: number
): Result.Result<number | undefined, string> {
  const text = parts.get(name)
  if (text === undefined) return Result.succeed(undefined)
  const value = /^\+?\d{1,10}$/.test(text) ? Number(text) : 0
  return value >= 1 && value <= max
    ? Result.succeed(value)
    : Result.fail(`expected ${name} to be a number from 1 to ${max}, found "${text}"`)
}

function numbers(name: ListName, text: string): Result.Result<ReadonlyArray<number>, string> {
  const { fromEnd, max, min } = numberLists[name]
  const values: Array<number> = []
  for (const item of text.split(",").map((spaced) => spaced.trim())) {
    const value = (fromEnd ? /^[+-]?\d{1,3}$/ : /^\d{1,2}$/).test(item) ? Number(item) : Number.NaN
    const size = fromEnd ? Math.abs(value) : value
    if (!(size >= min && size <= max)) {
      const range = fromEnd ? `${min} to ${max} or -${max} to -${min}` : `${min} to ${max}`
      return Result.fail(`expected ${name} to be a list of numbers from ${range}, found "${item}"`)
    }
    // RFC 5545 (3.3.12): without leap seconds, the second 60 is the second 59.
    values.push(name === "BYSECOND" ? Math.min(value, 59) : value)
  }
  return Result.succeed([...new Set(values)].toSorted((one, other) => one - other))
}

const weekOrdinalMax = 53

function readDays(text: string | undefined): Result.Result<ReadonlyArray<NumberedDay>, string> {
  if (text === undefined) return Result.succeed([])
  const days: Array<NumberedDay> = []
  for (const item of text.split(",").map((spaced) => spaced.trim())) {
    const [, number = "", name = ""] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(item) ?? []
    const weekday = weekdayNames.get(name)
    const ordinal = Number(number)
    if (weekday === undefined || Math.abs(ordinal) > weekOrdinalMax || (number !== "" && ordinal === 0)) {
      return Result.fail(`expected BYDAY to be a list such as MO,TU or 1MO,-1FR, found "${item}"`)
    }
    days.push(number === "" ? { weekday } : { weekday, ordinal })
  }
  return Result.succeed(days)
}

function readWeekStart(text = "MO"): Result.Result<Weekday, string> {
  const weekday = weekdayNames.get(text)
  return weekday === undefined
    ? Result.fail(`expected WKST to be one of ${[...weekdayNames.keys()].join(", ")}, found "${text}"`)
    : Result.succeed(weekday)
}

function readUntil(text: string | undefined): Result.Result<WrittenTime | undefined, string> {
  if (text === undefined) return Result.succeed(undefined)
  const until = readTime(text)
  return until === undefined
    ? Result.fail(`expected UNTIL to be a time such as 20261231T235959 or 20261231T235959Z, found "${text}"`)
    : Result.succeed(until)
}
