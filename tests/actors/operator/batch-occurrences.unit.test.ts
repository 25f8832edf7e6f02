import { describe, expect, it } from "vitest"
import { operations } from "../../../actors/operator/batch/operations.ts"

const ask = (input: unknown): object => operations["occurrences"]!(input)

const berlin = { start: "2026-03-28T02:30:00", zone: "Europe/Berlin" }

describe("wadjet batch occurrences", () => {
  it("gives local times and UTC, and says what is odd about one", () => {
    expect(ask({ ...berlin, rule: "FREQ=DAILY", count: 2 })).toEqual({
      occurrences: [
        { local: "2026-03-28T02:30:00", utc: "2026-03-28T01:30:00Z" },
        {
          local: "2026-03-29T03:30:00",
          utc: "2026-03-29T01:30:00Z",
          note: "2026-03-29T02:30:00 does not exist in Europe/Berlin: moved on by 1 h"
        }
      ]
    })
  })

  it("takes from and until as instants or local times: a rule's own at both ends, and cron's behind the first", () => {
    const span = { zone: "Europe/Berlin", from: "2026-04-01T00:30:00Z", until: "2026-04-02T02:30:00" }
    const both = [
      { local: "2026-04-01T02:30:00", utc: "2026-04-01T00:30:00Z" },
      { local: "2026-04-02T02:30:00", utc: "2026-04-02T00:30:00Z" }
    ]
    expect(ask({ ...berlin, ...span, rule: "FREQ=DAILY" })).toEqual({ occurrences: both })
    expect(ask({ ...span, rule: "30 2 * * *" })).toEqual({ occurrences: both.slice(1) })
  })

  it("gives the one time where there is no rule, and of a rule without an end a thousand", () => {
    for (const rule of [undefined, null, "", "  "])
      expect(ask(rule === undefined ? berlin : { ...berlin, rule })).toEqual({
        occurrences: [{ local: "2026-03-28T02:30:00", utc: "2026-03-28T01:30:00Z" }]
      })
    const endless = ask({ ...berlin, rule: "FREQ=MINUTELY" })
    expect(endless).toHaveProperty("occurrences.length", 1000)
  })

  it("takes dates beside the rule, with or without their names", () => {
    const dates = { rdate: "20260401T120000", exdate: ["EXDATE;TZID=Europe/Berlin:20260329T023000"] }
    expect(ask({ ...berlin, ...dates, rule: "FREQ=DAILY;COUNT=2" })).toEqual({
      occurrences: [
        { local: "2026-03-28T02:30:00", utc: "2026-03-28T01:30:00Z" },
        { local: "2026-04-01T12:00:00", utc: "2026-04-01T10:00:00Z" }
      ]
    })
  })

  it("says what may not be meant as it was written", () => {
    expect(ask({ ...berlin, rule: "FREQ=DAILY;BYDAY=1SA", count: 1 })).toMatchObject({
      occurrences: [{ local: "2026-03-28T02:30:00" }],
      doubts: [expect.stringContaining("BYDAY")]
    })
  })

  it.each([
    [
      { ...berlin, rule: "FREQ=DAILY;BYHOUR=24" },
      'expected BYHOUR to be a list of numbers from 0 to 23, found "24"'
    ],
    [{ ...berlin, rule: "nonsense" }, expect.stringMatching(/^expected 5 fields .* found 1 in "nonsense"$/)],
    [{ ...berlin, from: "now" }, 'expected "from" to be a time such as 2026-01-05T09:00:00Z, found "now"'],
    [{ ...berlin, count: -1 }, expect.stringMatching(/^expected \{"start": .*\}: count: .*, found -1$/)],
    [{ ...berlin, start: 1 }, expect.stringMatching(/^expected \{"start": .*\}: start: .*, found 1$/)],
    ["x", expect.stringMatching(/^expected \{"start": .*\}: .*, found "x"$/)]
  ])("refuses in a sentence: %j", (input, sentence) => {
    expect(ask(input)).toEqual({ error: sentence })
  })
})
