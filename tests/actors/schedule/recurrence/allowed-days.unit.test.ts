import { describe, expect, it } from "vitest"
import { allowedDays, type DayTest, weekOf } from "../../../../actors/schedule/recurrence/allowed-days.ts"

const years = Array.from({ length: 400 }, (_, index) => 1990 + index)
const months = Array.from({ length: 12 }, (_, index) => index + 1)

/** Asks about everything that differs between kinds of years. */
const isOdd: DayTest = (day) => {
  const [monday, sunday] = [weekOf(day, 0), weekOf(day, 6)]
  const weeks = monday.week + 2 * monday.weeks + 4 * sunday.week + 3 * sunday.weeks
  return (weeks + day.dayOfYear + day.weekday) % 11 < 5
}

describe("the days that a rule allows", () => {
  it("are the same in years of a kind: what was found out for one holds for the other", () => {
    const remembered = allowedDays(isOdd)
    for (const year of years) {
      const anew = allowedDays(isOdd)
      expect([year, months.map((month) => remembered.inMonth(year, month))]).toEqual([
        year,
        months.map((month) => anew.inMonth(year, month))
      ])
    }
  })
})
