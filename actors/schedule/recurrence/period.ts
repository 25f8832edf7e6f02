import {
  civilDate,
  dayNumber,
  dayOf,
  type LocalSeconds,
  mod,
  secondsPerDay,
  secondsPerHour,
  secondsPerMinute,
  type Weekday
} from "./local-time.ts"

/** What a rule counts its intervals in. */
export type Unit = "year" | "month" | "week" | "day" | "hour" | "minute" | "second"

/** Every so many units, counted from the one that holds `origin`. */
export interface Every {
  readonly unit: Unit
  /** At least 1. */
  readonly interval: number
  readonly origin: LocalSeconds
  /** On which weeks begin. */
  readonly weekStart: Weekday
}

// 1970-01-05, the first Monday.
const firstMonday = 4

const secondsPer: Readonly<Partial<Record<Unit, number>>> = {
  day: secondsPerDay,
  hour: secondsPerHour,
  minute: secondsPerMinute,
  second: 1
}

/** The number of the year, month, week and so on that holds a moment; following ones have following numbers. */
export function periodOf({ unit, weekStart }: Every, local: LocalSeconds): number {
  const seconds = secondsPer[unit]
  if (seconds !== undefined) return Math.floor(local / seconds)
  if (unit === "week") return Math.floor((dayOf(local) - firstMonday - weekStart) / 7)
  const { month, year } = civilDate(dayOf(local))
  return unit === "year" ? year : year * 12 + month - 1
}

/** The first moment of the period of that number. */
export function periodStart({ unit, weekStart }: Every, period: number): LocalSeconds {
  const seconds = secondsPer[unit]
  if (seconds !== undefined) return period * seconds
  if (unit === "week") return (period * 7 + firstMonday + weekStart) * secondsPerDay
  if (unit === "year") return dayNumber(period, 1, 1) * secondsPerDay
  return dayNumber(Math.floor(period / 12), mod(period, 12) + 1, 1) * secondsPerDay
}

/** `local`, or the start of the next period that the interval does not pass over. */
export function inItsPeriod(every: Every, local: LocalSeconds): LocalSeconds {
  if (every.interval === 1) return local
  const period = periodOf(every, local)
  const passed = mod(period - periodOf(every, every.origin), every.interval)
  return passed === 0 ? local : periodStart(every, period + every.interval - passed)
}
