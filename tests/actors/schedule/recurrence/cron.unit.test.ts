import fc from "fast-check"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import {
  occurrencesAfter,
  occurrencesFrom,
  readSchedule
} from "../../../../actors/schedule/recurrence/occurrences.ts"
import { utcText } from "../../../../actors/schedule/recurrence/occurrence-text.ts"

const problem = (rule: string) => Result.merge(Result.map(readSchedule({ zone: "UTC", rule }), () => "none"))

const next = (rule: string, after: string, count = 3, zone = "UTC") =>
  occurrencesAfter(Result.getOrThrow(readSchedule({ zone, rule })), Date.parse(after) / 1000, count).map(
    ({ at }) => utcText(at)
  )

/** A field as it is written, and the numbers that it means. */
interface Field {
  readonly text: string
  readonly numbers: ReadonlySet<number>
}

const numbersFrom = (from: number, to: number, step = 1): ReadonlyArray<number> =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step)

const item = (min: number, max: number): fc.Arbitrary<Field> =>
  fc
    .record({
      ends: fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })),
      step: fc.integer({ min: 1, max: max - min }),
      form: fc.constantFrom("*", "*/n", "a", "a", "a-b", "a-b/n", "a/n")
    })
    .map(({ ends, form, step }) => {
      const [from, to] = ends.toSorted((one, other) => one - other) as [number, number]
      const text = form.replace("a", String(from)).replace("b", String(to)).replace("n", String(step))
      const last = form.includes("b") ? to : form === "a" ? from : max
      return {
        text,
        numbers: new Set(numbersFrom(form.startsWith("*") ? min : from, last, form.includes("n") ? step : 1))
      }
    })

const fieldOf = (min: number, max: number): fc.Arbitrary<Field> =>
  fc.array(item(min, max), { minLength: 1, maxLength: 2 }).map((items) => ({
    text: items.map(({ text }) => text).join(","),
    numbers: new Set(items.flatMap(({ numbers }) => [...numbers]))
  }))

const fields = fc.tuple(
  fieldOf(0, 59),
  fieldOf(0, 59),
  fieldOf(0, 23),
  fieldOf(1, 31),
  fieldOf(1, 12),
  fieldOf(0, 6)
)

const isMeant = (
  [second, minute, hour, monthDay, month, weekDay]: ReadonlyArray<Field>,
  moment: Date
): boolean => {
  const ofMonth = monthDay!.numbers.has(moment.getUTCDate())
  const ofWeek = weekDay!.numbers.has(moment.getUTCDay())
  const isEither = !monthDay!.text.startsWith("*") && !weekDay!.text.startsWith("*")
  return (
    second!.numbers.has(moment.getUTCSeconds()) &&
    minute!.numbers.has(moment.getUTCMinutes()) &&
    hour!.numbers.has(moment.getUTCHours()) &&
    month!.numbers.has(moment.getUTCMonth() + 1) &&
    (isEither ? ofMonth || ofWeek : ofMonth && ofWeek)
  )
}

describe("a cron expression", () => {
  it("runs in those seconds that all of its fields name, and in no other", () => {
    const secondsLookedAt = 2 * 3600
    fc.assert(
      fc.property(fields, fc.integer({ min: 1e9, max: 2e9 }), (given, start) => {
        const schedule = Result.getOrThrow(
          readSchedule({ zone: "UTC", rule: given.map(({ text }) => text).join(" ") })
        )
        const [first] = occurrencesAfter(schedule, start, 1)
        // From a while before its first moment on, so that there is one.
        const from = first === undefined ? start : Math.max(start, first.at - 600)
        const found = occurrencesFrom(schedule, from)
          .map(({ at }) => at)
          .take(secondsLookedAt)
          .filter((at) => at < from + secondsLookedAt)
          .toArray()
        const wanted = numbersFrom(from, from + secondsLookedAt - 1).filter((at) =>
          isMeant(given, new Date(at * 1000))
        )
        expect(found).toEqual(wanted)
      }),
      { numRuns: 25 }
    )
  })

  it("finds its next day as early as a test of every day does", () => {
    fc.assert(
      fc.property(fields, fc.integer({ min: 1e4, max: 2e4 }), (given, day) => {
        const days = given.slice(3).map(({ text }) => text)
        const schedule = Result.getOrThrow(readSchedule({ zone: "UTC", rule: `0 0 0 ${days.join(" ")}` }))
        const midnight = { text: "0", numbers: new Set([0]) }
        const end = day + 3000
        const isMeantDay = (other: number) =>
          isMeant([midnight, midnight, midnight, ...given.slice(3)], new Date(other * 86_400_000))
        const [found] = occurrencesAfter(schedule, day * 86_400 - 1, 1)
        expect(Math.min(found === undefined ? end : found.at / 86_400, end)).toBe(
          numbersFrom(day, end - 1).find(isMeantDay) ?? end
        )
      }),
      { numRuns: 100 }
    )
  })

  it("has names, and a Sunday at both ends of the week", () => {
    expect(next("0 9 * jan-Feb MON", "2026-01-01T00:00:00Z", 2)).toEqual([
      "2026-01-05T09:00:00Z",
      "2026-01-12T09:00:00Z"
    ])
    expect(next("0 0 * * SAT-SUN", "2026-01-01T00:00:00Z")).toEqual(
      next("0 0 * * 6,0", "2026-01-01T00:00:00Z")
    )
    expect(next("0 0 * * 7", "2026-01-01T00:00:00Z")).toEqual(next("@weekly", "2026-01-01T00:00:00Z"))
  })

  it("has last days, nearest weekdays, and the so-many-th weekday of a month", () => {
    expect(next("0 0 L 2 *", "2027-12-01T00:00:00Z", 2)).toEqual([
      "2028-02-29T00:00:00Z",
      "2029-02-28T00:00:00Z"
    ])
    expect(next("0 0 L-1 * ?", "2026-02-01T00:00:00Z", 2)).toEqual([
      "2026-02-27T00:00:00Z",
      "2026-03-30T00:00:00Z"
    ])
    // The first of August 2026 is a Saturday, of which the nearest weekday in its month is the third.
    expect(next("0 0 1W * *", "2026-07-15T00:00:00Z", 2)).toEqual([
      "2026-08-03T00:00:00Z",
      "2026-09-01T00:00:00Z"
    ])
    expect(next("0 0 LW 5 *", "2026-01-01T00:00:00Z", 1)).toEqual(["2026-05-29T00:00:00Z"])
    expect(next("0 0 * * FRI#2", "2026-01-01T00:00:00Z", 2)).toEqual([
      "2026-01-09T00:00:00Z",
      "2026-02-13T00:00:00Z"
    ])
    expect(next("0 0 ? * 5L", "2026-01-01T00:00:00Z", 2)).toEqual([
      "2026-01-30T00:00:00Z",
      "2026-02-27T00:00:00Z"
    ])
  })

  it("takes either of two days that are named, but both where one begins with a star", () => {
    expect(next("0 0 13 * FRI", "2026-01-01T00:00:00Z")).toEqual([
      "2026-01-02T00:00:00Z",
      "2026-01-09T00:00:00Z",
      "2026-01-13T00:00:00Z"
    ])
    expect(next("0 0 */2 * SUN", "2026-01-01T00:00:00Z", 2)).toEqual([
      "2026-01-11T00:00:00Z",
      "2026-01-25T00:00:00Z"
    ])
  })

  it("that names no day there is never runs", () => {
    for (const rule of ["0 0 30 2 *", "0 0 31 4,6,9,11 ?", "0 0 30W 2 *"])
      expect(next(rule, "2026-01-01T00:00:00Z")).toEqual([])
  })

  it.each([
    ["* * * *", /^expected 5 fields .* or 6 .*, found 4 in "\* \* \* \*"$/],
    ["60 * * * *", /^expected minute to be made of numbers from 0 to 59, .*, found "60"$/],
    ["* 9-5 * * *", /^expected a range of hour that ascends, found "9-5"$/],
    ["*/0 * * * *", /^expected a step of minute from 1 to 59, found "\*\/0"$/],
    ["*/90 * * * *", /^expected a step of minute from 1 to 59, found "\*\/90"$/],
    ["* * 0 * *", /^expected day of month to be made of numbers from 1 to 31, .*, found "0"$/],
    ["* * 32W * *", /^expected day of month .*, found "32W"$/],
    [
      "* * * JAN-FOO *",
      /^expected month to be made of numbers from 1 to 12 or JAN to DEC, .*, found "JAN-FOO"$/
    ],
    ["* * * * FRI#6", /^expected day of week .*, found "FRI#6"$/],
    ["* 1,,2 * * *", /^expected hour .*, found ""$/],
    ["* ? * * *", /^expected hour .*, found "\?"$/],
    ["@reboot", /^expected one of @yearly, .*, found "@reboot"$/],
    ["tomorrow", /^expected 5 fields .*, found 1 in "tomorrow"$/]
  ])("that can't be understood is refused in a sentence: %s", (rule, sentence) => {
    expect(problem(rule)).toMatch(sentence)
  })
})
