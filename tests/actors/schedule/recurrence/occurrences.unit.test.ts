import fc from "fast-check"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { noteText, utcText } from "../../../../actors/schedule/recurrence/occurrence-text.ts"
import {
  occurrencesAfter,
  occurrencesFrom,
  readSchedule,
  type WrittenSchedule
} from "../../../../actors/schedule/recurrence/occurrences.ts"

const scheduled = (written: WrittenSchedule) => Result.getOrThrow(readSchedule(written))

const problem = (written: WrittenSchedule) => Result.merge(Result.map(readSchedule(written), () => "none"))

const firstOf = (written: WrittenSchedule, count: number) =>
  occurrencesFrom(scheduled(written))
    .take(count)
    .map(({ at }) => utcText(at))
    .toArray()

const berlin = { zone: "Europe/Berlin", start: "2026-01-05T09:00:00" }

// Where clocks were changed often, and by odd amounts.
const zones = [
  "UTC",
  "Europe/Berlin",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Africa/Casablanca",
  "America/Nuuk"
]

const rules: ReadonlyArray<string> = [
  "FREQ=DAILY",
  "FREQ=DAILY;INTERVAL=3;COUNT=400",
  "FREQ=HOURLY",
  "FREQ=HOURLY;INTERVAL=5",
  "FREQ=MINUTELY;INTERVAL=10",
  "FREQ=WEEKLY;BYDAY=SA,SU;BYHOUR=1,2,3;BYMINUTE=0,30",
  "FREQ=MONTHLY;BYDAY=-1SU;BYHOUR=2;BYMINUTE=15,45",
  "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
  "30 2 * * *",
  "*/20 * * * *",
  "0 1,2,3 * * SUN",
  "0 0 * * *",
  "FREQ=DAILY;BYHOUR=2\nRRULE:FREQ=WEEKLY;BYHOUR=3\nRDATE:20260329T023000,20260329T013000Z\nEXDATE:20260328"
]
const anyRule = fc.constantFrom(...rules)

describe("occurrences", () => {
  it("ascend, each instant once, and are on a clock of their zone what they say", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        anyRule,
        fc.integer({ min: 12e8, max: 22e8 }),
        (zone, rule, from) => {
          const start = new Date(from * 1000).toISOString().slice(0, 19)
          const schedule = scheduled({ zone, start, rule })
          const found = occurrencesFrom(schedule).take(1500).toArray()
          expect(found.every(({ at }, index) => index === 0 || at > found[index - 1]!.at)).toBe(true)
          expect(found.every(({ at, local }) => local === at + schedule.zone.offsetAt(at))).toBe(true)
        }
      ),
      { numRuns: 40 }
    )
  })

  it("are the same whether they are asked for all at once or one after the other", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        anyRule,
        fc.integer({ min: 12e8, max: 22e8 }),
        fc.integer({ min: 0, max: 900 }),
        (zone, rule, from, index) => {
          const start = new Date(from * 1000).toISOString().slice(0, 19)
          const all = occurrencesFrom(scheduled({ zone, start, rule })).take(1000).toArray()
          const { at } = all[Math.min(index, all.length - 1)]!
          const position = all.findIndex((occurrence) => occurrence.at === at)
          const schedule = scheduled({ zone, start, rule })
          expect(occurrencesAfter(schedule, at - 1, 5)).toEqual(all.slice(position, position + 5))
          expect(occurrencesAfter(schedule, at, 5).slice(0, all.length - position - 1)).toEqual(
            all.slice(position + 1, position + 6)
          )
        }
      ),
      { numRuns: 150 }
    )
  })

  it("move on where their time does not exist, and say so", () => {
    const schedule = scheduled({ zone: "Europe/Berlin", start: "2026-03-28T02:30:00", rule: "FREQ=DAILY" })
    const [, moved] = occurrencesFrom(schedule).take(2).toArray()
    expect(utcText(moved!.at)).toBe("2026-03-29T01:30:00Z")
    expect(noteText(moved!.note!, "Europe/Berlin")).toBe(
      "2026-03-29T02:30:00 does not exist in Europe/Berlin: moved on by 1 h"
    )
  })

  it("are at the first of two such times, unless the rule runs in every hour", () => {
    const from = "2026-10-25T00:00:00"
    expect(firstOf({ zone: "Europe/Berlin", start: from, rule: "FREQ=DAILY;BYHOUR=2" }, 2)).toEqual([
      "2026-10-25T00:00:00Z",
      "2026-10-26T01:00:00Z"
    ])
    const hourly = [
      "2026-10-24T22:00:00Z",
      "2026-10-24T23:00:00Z",
      "2026-10-25T00:00:00Z",
      "2026-10-25T01:00:00Z"
    ]
    for (const rule of ["FREQ=HOURLY", "0 * * * *"])
      expect(firstOf({ zone: "Europe/Berlin", start: from, rule }, 4)).toEqual(hourly)
    expect(firstOf({ zone: "Europe/Berlin", start: from, rule: "FREQ=HOURLY;INTERVAL=2" }, 3)).toEqual([
      "2026-10-24T22:00:00Z",
      "2026-10-25T00:00:00Z",
      "2026-10-25T03:00:00Z"
    ])
  })

  it("are the start alone where there is no rule", () => {
    expect(firstOf(berlin, 5)).toEqual(["2026-01-05T08:00:00Z"])
    expect(firstOf({ ...berlin, start: "2026-01-05T09:00:00Z" }, 5)).toEqual(["2026-01-05T09:00:00Z"])
  })

  it("of a calendar's lines are those of all rules and dates but the excluded ones", () => {
    const rule = [
      "DTSTART;TZID=Europe/Berlin:20260105T090000",
      "RRULE:FREQ=DAILY;COU",
      " NT=4",
      "RDATE;TZID=America/New_York:20260105T040000,20260110T040000",
      "EXDATE:20260106T090000",
      "EXDATE;VALUE=DATE:20260107"
    ].join("\r\n")
    expect(firstOf({ rule }, 9)).toEqual([
      "2026-01-05T08:00:00Z",
      "2026-01-05T09:00:00Z",
      "2026-01-08T08:00:00Z",
      "2026-01-10T09:00:00Z"
    ])
  })

  it("end with UNTIL, which is in, in UTC or on the clock", () => {
    for (const until of ["20260107T080000Z", "20260107T090000"])
      expect(firstOf({ ...berlin, rule: `FREQ=DAILY;UNTIL=${until}` }, 9).at(-1)).toBe("2026-01-07T08:00:00Z")
  })

  it("are counted from the start, however late one asks", () => {
    const schedule = scheduled({ ...berlin, rule: "FREQ=DAILY;COUNT=30" })
    const last = Date.parse("2026-02-03T08:00:00Z") / 1000
    expect(occurrencesAfter(schedule, last - 1, 9).map(({ at }) => at)).toEqual([last])
    expect(occurrencesAfter(schedule, last, 9)).toEqual([])
  })

  it("end, and are not looked for without end, where a rule never matches", () => {
    const never = [
      "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
      "FREQ=SECONDLY;INTERVAL=2;BYSECOND=1",
      "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
      "FREQ=DAILY;BYSETPOS=366",
      "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
      "FREQ=MINUTELY;INTERVAL=1440;BYHOUR=5;BYSETPOS=5",
      "FREQ=SECONDLY;BYSECOND=3;BYSETPOS=-366,366"
    ]
    for (const rule of never) expect([rule, firstOf({ ...berlin, rule }, 1)]).toEqual([rule, []])
  })

  it("end with the year 9999, and there are none around instants that no clock shows", () => {
    expect(firstOf({ zone: "UTC", start: "9998-06-01T00:00:00", rule: "FREQ=YEARLY" }, 9)).toHaveLength(2)
    const daily = scheduled({ ...berlin, rule: "FREQ=DAILY" })
    expect(occurrencesAfter(daily, 1e15, 1)).toEqual([])
    expect(occurrencesAfter(daily, -1e15, 1)).toHaveLength(1)
  })

  it("are found of the last second of a year's seconds without listing them", () => {
    const all = (count: number) => Array.from({ length: count }, (_, number) => number).join(",")
    const days = "MO,TU,WE,TH,FR,SA,SU"
    const rule = `FREQ=YEARLY;BYDAY=${days};BYHOUR=${all(24)};BYMINUTE=${all(60)};BYSECOND=${all(60)};BYSETPOS=-1`
    expect(firstOf({ zone: "UTC", start: "2026-01-01T00:00:00", rule }, 2)).toEqual([
      "2026-12-31T23:59:59Z",
      "2027-12-31T23:59:59Z"
    ])
  })
})

describe("a schedule", () => {
  it.each([
    [
      { zone: "Europe/Atlantis", start: "2026-01-05T09:00:00" },
      'expected an IANA time zone such as "Europe/Lisbon", found "Europe/Atlantis"'
    ],
    [{ start: "2026-01-05T09:00:00" }, 'expected an IANA time zone such as "Europe/Lisbon", found none'],
    [{ zone: "UTC" }, "expected a start, found none"],
    [
      { zone: "UTC", start: "2026-02-30T09:00:00" },
      'expected start to be a local time such as 2026-01-05T09:00:00, found "2026-02-30T09:00:00"'
    ],
    [
      { ...berlin, rule: "FREQ=SOMETIMES" },
      'expected FREQ to be one of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY, SECONDLY, found "SOMETIMES"'
    ],
    [{ ...berlin, rule: "BYDAY=MO" }, 'expected FREQ=… in a rule, found "BYDAY=MO"'],
    [{ ...berlin, rule: "FREQ=DAILY;FREQ=DAILY" }, "expected FREQ once in a rule, found it twice"],
    [
      { ...berlin, rule: "FREQ=DAILY;INTERVAL=0" },
      'expected INTERVAL to be a number from 1 to 2147483647, found "0"'
    ],
    [
      { ...berlin, rule: "FREQ=DAILY;COUNT=3;UNTIL=20260101" },
      "expected COUNT or UNTIL in a rule, found both"
    ],
    [
      { ...berlin, rule: "FREQ=DAILY;BYMONTH=13" },
      'expected BYMONTH to be a list of numbers from 1 to 12, found "13"'
    ],
    [
      { ...berlin, rule: "FREQ=MONTHLY;BYMONTHDAY=0" },
      'expected BYMONTHDAY to be a list of numbers from 1 to 31 or -31 to -1, found "0"'
    ],
    [
      { ...berlin, rule: "FREQ=MONTHLY;BYDAY=0MO" },
      'expected BYDAY to be a list such as MO,TU or 1MO,-1FR, found "0MO"'
    ],
    [
      { ...berlin, rule: "FREQ=DAILY;UNTIL=soon" },
      'expected UNTIL to be a time such as 20261231T235959 or 20261231T235959Z, found "SOON"'
    ],
    [
      { ...berlin, rule: "FREQ=DAILY;WKST=XX" },
      'expected WKST to be one of MO, TU, WE, TH, FR, SA, SU, found "XX"'
    ],
    [
      { ...berlin, rule: "RRULE:FREQ=DAILY\nEXRULE:FREQ=WEEKLY" },
      'expected lines of DTSTART, RRULE, RDATE and EXDATE, found "EXRULE:FREQ=WEEKLY"'
    ],
    [
      { ...berlin, rule: "FREQ=DAILY\nEXDATE:never" },
      'expected times such as 20260105T090000 or 20260105T090000Z, found "never" in "EXDATE:never"'
    ],
    [
      { ...berlin, rule: "DTSTART:20260106T090000\nRRULE:FREQ=DAILY" },
      "expected one start, found another in the rule's DTSTART"
    ]
  ])("that can't be understood is refused in a sentence: %j", (written, sentence) => {
    expect(problem(written)).toBe(sentence)
  })

  it("is understood where RFC 5545 forbids it, with a doubt", () => {
    const { doubts } = scheduled({ ...berlin, rule: "FREQ=WEEKLY;BYDAY=1MO;UNTIL=20261231" })
    expect(doubts).toEqual([
      "RFC 5545 allows numbers in BYDAY with FREQ=YEARLY or MONTHLY only: they are ignored here",
      "UNTIL is a date without a time, as RFC 5545 allows only for whole days: its midnight is meant, so that day is not in"
    ])
    expect(scheduled({ ...berlin, rule: "FREQ=MONTHLY;BYDAY=-1FR" }).doubts).toEqual([])
  })

  it("is refused in a sentence, and nothing is thrown, whatever its rule holds", () => {
    const piece = fc.constantFrom(
      "FREQ=DAILY",
      ";",
      ",",
      "=",
      ":",
      "\n",
      "BYDAY=",
      "MO",
      "-1",
      "5",
      "*",
      "/",
      "L",
      "W",
      "#",
      "RDATE",
      "2026",
      " ",
      "@"
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.array(piece).map((pieces) => pieces.join(""))
        ),
        (rule) => {
          const read = readSchedule({ ...berlin, rule })
          const isFine = Result.isFailure(read)
            ? /^expected .*, found /s.test(read.failure)
            : occurrencesAfter(read.success, 0, 3).length <= 3
          expect(isFine).toBe(true)
        }
      ),
      { numRuns: 150 }
    )
  })
})
