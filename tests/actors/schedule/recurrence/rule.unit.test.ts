import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { localText } from "../../../../actors/schedule/recurrence/local-time.ts"
import { occurrencesFrom, readSchedule } from "../../../../actors/schedule/recurrence/occurrences.ts"
import * as Result from "effect/Result"
import { type NaiveRule, naiveMoments, ruleText } from "./naive-rule.ts"

const dayMs = 86_400_000

const listOf = <T>(arbitrary: fc.Arbitrary<T>, maxLength = 3) =>
  fc.option(fc.uniqueArray(arbitrary, { minLength: 1, maxLength }), { nil: undefined, freq: 2 })

const signed = (max: number) =>
  fc.tuple(fc.integer({ min: 1, max }), fc.boolean()).map(([size, isNegative]) => (isNegative ? -size : size))

const weekday = fc.constantFrom("MO", "TU", "WE", "TH", "FR", "SA", "SU")

const numberedDay = fc
  .tuple(fc.option(signed(5), { nil: 0 }), weekday)
  .map(([number, name]) => (number === 0 ? name : `${number}${name}`))

const present = (rule: { readonly [Key in keyof NaiveRule]: NaiveRule[Key] | undefined }): NaiveRule =>
  Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)) as unknown as NaiveRule

const ruleOf = (freq: NaiveRule["freq"], intervalMax: number): fc.Arbitrary<NaiveRule> =>
  fc
    .record({
      freq: fc.constant(freq),
      interval: fc.integer({ min: 1, max: intervalMax }),
      weekStart: weekday,
      months: listOf(fc.integer({ min: 1, max: 12 })),
      weeks: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, listOf(signed(53))),
      yearDays: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, listOf(signed(366), 40)),
      monthDays: listOf(signed(31), 8),
      days: listOf(numberedDay, 4),
      hours: listOf(fc.integer({ min: 0, max: 23 })),
      minutes: listOf(fc.integer({ min: 0, max: 59 })),
      seconds: listOf(fc.integer({ min: 0, max: 59 })),
      positions: listOf(signed(4))
    })
    .map(present)

const start = fc
  .integer({ min: Date.UTC(1995, 0, 1) / 1000, max: Date.UTC(2040, 0, 1) / 1000 })
  .map((seconds) => seconds * 1000)

/** How many days are compared: as many as the comparison takes a few milliseconds for. */
const spans: ReadonlyArray<readonly [NaiveRule["freq"], number, number]> = [
  ["YEARLY", 3, 1500],
  ["MONTHLY", 5, 800],
  ["WEEKLY", 5, 500],
  ["DAILY", 40, 500],
  ["HOURLY", 50, 60],
  ["MINUTELY", 3000, 4],
  ["SECONDLY", 200_000, 2]
]

const real = (rule: NaiveRule, begin: number, end: number): ReadonlyArray<string> => {
  const read = readSchedule({
    start: new Date(begin).toISOString().slice(0, 19),
    zone: "UTC",
    rule: ruleText(rule)
  })
  const texts: Array<string> = []
  for (const { at, local } of occurrencesFrom(Result.getOrThrow(read))) {
    if (at * 1000 >= end) break
    texts.push(localText(local))
  }
  return texts
}

describe("a rule", () => {
  it.each(spans)("%s happens when RFC 5545 says, by a test of every second", (freq, intervalMax, days) => {
    fc.assert(
      fc.property(ruleOf(freq, intervalMax), start, (rule, begin) => {
        const end = begin + days * dayMs
        const wanted = naiveMoments(rule, begin, end).map((moment) =>
          new Date(moment).toISOString().slice(0, 19)
        )
        expect(real(rule, begin, end)).toEqual(wanted)
      }),
      { numRuns: 20 }
    )
  })
})
