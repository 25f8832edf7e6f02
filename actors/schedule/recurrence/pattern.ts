import type { AllowedDays } from "./allowed-days.ts"
import {
  civilDate,
  dayNumber,
  dayOf,
  localEnd,
  type LocalSeconds,
  secondsPerDay,
  secondsPerHour,
  secondsPerMinute,
  yearMax
} from "./local-time.ts"
import { type Every, inItsPeriod, periodOf, periodStart } from "./period.ts"

/**
 * What a rule comes to, RRULE or cron: the moments on a wall clock whose period, day, hour, minute and second are
 * all allowed. Lists ascend and none is empty.
 */
export interface Pattern {
  readonly every: Every
  readonly days: AllowedDays
  readonly hours: ReadonlyArray<number>
  readonly minutes: ReadonlyArray<number>
  readonly seconds: ReadonlyArray<number>
  /** Where there are any: which of its moments in each period are meant, 1 for the first and -1 for the last. */
  readonly positions: ReadonlyArray<number>
}

/**
 * How far a search goes on without a match. A rule may ask for what its interval never meets (every second second
 * from an even one, at the odd ones); no rule that a person would write takes a tenth of this.
 */
export const searchStepsMax = 20_000

/** What looking at a period for its chosen moments counts as. */
const stepsPerPeriod = 5

interface Search {
  stepsLeft: number
}

/**
 * The moments of a pattern from `from` on, in order. Ends with the year 9999, or where a search went on for
 * `searchStepsMax` without a match.
 */
export function* momentsOf(pattern: Pattern, from: LocalSeconds): Generator<LocalSeconds, void> {
  if (pattern.positions.length > 0) return yield* chosenMoments(pattern, from)
  const search = { stepsLeft: searchStepsMax }
  let next = nextMoment(pattern, from, search)
  while (next !== undefined) {
    yield next
    search.stepsLeft = searchStepsMax
    next = nextMoment(pattern, next + 1, search)
  }
}

/** The first moment at or after `from` that is allowed in every respect: the first that no respect moves on. */
function nextMoment(pattern: Pattern, from: LocalSeconds, search: Search): LocalSeconds | undefined {
  let at = from
  for (; search.stepsLeft > 0 && at < localEnd; search.stepsLeft--) {
    const moved = onItsTime(pattern, onItsDay(pattern.days, inItsPeriod(pattern.every, at)))
    if (moved === at) return at
    at = moved
  }
  return undefined
}

/** `local`, or midnight of the next day that is allowed. */
function onItsDay(days: AllowedDays, local: LocalSeconds): LocalSeconds {
  const day = dayOf(local)
  const date = civilDate(day)
  const rest = days.inMonth(date.year, date.month) >>> (date.day - 1)
  if (rest !== 0) return (rest & 1) === 1 ? local : (day + lowestBit(rest)) * secondsPerDay
  let { month, year } = date
  do {
    month = month === 12 ? 1 : month + 1
    if (month === 1) year++
    const bits = days.inMonth(year, month)
    if (bits !== 0) return (dayNumber(year, month, 1) + lowestBit(bits)) * secondsPerDay
  } while (year <= yearMax)
  return localEnd
}

const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits)

/** `local`, or the next moment whose hour, minute and second are allowed. */
function onItsTime({ hours, minutes, seconds }: Pattern, local: LocalSeconds): LocalSeconds {
  const midnight = dayOf(local) * secondsPerDay
  const time = local - midnight
  const hour = Math.floor(time / secondsPerHour)
  const atHour = nextOf(hours, hour)
  if (atHour === undefined) return midnight + secondsPerDay
  if (atHour > hour) return midnight + atHour * secondsPerHour
  const minute = Math.floor(time / secondsPerMinute) % 60
  const atMinute = nextOf(minutes, minute)
  if (atMinute === undefined) return midnight + (hour + 1) * secondsPerHour
  if (atMinute > minute) return midnight + hour * secondsPerHour + atMinute * secondsPerMinute
  const atSecond = nextOf(seconds, time % 60)
  const atMinuteStart = local - (time % 60)
  return atMinuteStart + (atSecond ?? secondsPerMinute)
}

// In a list that leaves nothing out, each value stands at its own index.
const nextOf = (ascending: ReadonlyArray<number>, value: number): number | undefined =>
  ascending[value] === value ? value : ascending.find((allowed) => allowed >= value)

/** The moments at the pattern's positions in each of its periods (RFC 5545, BYSETPOS). */
function* chosenMoments(pattern: Pattern, from: LocalSeconds): Generator<LocalSeconds, void> {
  const { every } = pattern
  const search = { stepsLeft: searchStepsMax }
  // What is chosen depends on the whole period, also on what of it lies before `from`.
  let next = nextMoment(pattern, periodStart(every, periodOf(every, from)), search)
  while (next !== undefined) {
    const end = periodStart(every, periodOf(every, next) + 1)
    const chosen = chosenIn(pattern, next, end).filter((moment) => moment >= from)
    yield* chosen
    search.stepsLeft = chosen.length === 0 ? search.stepsLeft - stepsPerPeriod : searchStepsMax
    next = nextMoment(pattern, end, search)
  }
}

/**
 * The chosen moments from `first`, the first of its period, to before `end`. Every day has the same times, so a
 * position is found by division: the 31,536,000 seconds of a year are not listed to find the last.
 */
function chosenIn(pattern: Pattern, first: LocalSeconds, end: LocalSeconds): ReadonlyArray<LocalSeconds> {
  const days: Array<LocalSeconds> = []
  for (let at = dayOf(first) * secondsPerDay; at < end; at = onItsDay(pattern.days, at + secondsPerDay))
    days.push(at)
  const hours = within(pattern.hours, first, end, secondsPerHour, 24)
  const minutes = within(pattern.minutes, first, end, secondsPerMinute, 60)
  const seconds = within(pattern.seconds, first, end, 1, 60)
  const count = days.length * hours.length * minutes.length * seconds.length
  const at = (index: number): LocalSeconds => {
    const perHour = minutes.length * seconds.length
    const ofDay = index % (hours.length * perHour)
    return (
      (days[Math.floor(index / (hours.length * perHour))] ?? 0) +
      (hours[Math.floor(ofDay / perHour)] ?? 0) * secondsPerHour +
      (minutes[Math.floor(ofDay / seconds.length) % minutes.length] ?? 0) * secondsPerMinute +
      (seconds[ofDay % seconds.length] ?? 0)
    )
  }
  const indexes = pattern.positions
    .map((position) => (position > 0 ? position - 1 : count + position))
    .filter((index) => index >= 0 && index < count)
  return [...new Set(indexes)].toSorted((one, other) => one - other).map(at)
}

/** Of the hours, minutes or seconds those that the period has: all, or the one that it lies in. */
function within(
  allowed: ReadonlyArray<number>,
  first: LocalSeconds,
  end: LocalSeconds,
  unitSeconds: number,
  units: number
): ReadonlyArray<number> {
  const unit = Math.floor(first / unitSeconds)
  return Math.floor((end - 1) / unitSeconds) === unit ? [((unit % units) + units) % units] : allowed
}
