import ICAL from "ical.js"
import { describe, expect, it } from "vitest"
import { calendarOf } from "../../../actors/operator/calendar.ts"
import type { AnyFact } from "../../../contracts/catalogue.ts"
import { given } from "../../projections/given.ts"
import { jobCreated, jobResumed, occurrenceSkipped } from "../../projections/story.ts"

const now = Date.parse("2026-01-01T00:30:00Z")
const hour = 3_600_000
const hourly = jobCreated({
  timing: { zone: "UTC", start: "2026-01-01T01:00:00", rule: "FREQ=HOURLY;COUNT=3" },
  next: now + hour / 2
})

const eventsOf = (facts: ReadonlyArray<AnyFact>, moment: number) => {
  const rows = given(...facts).queries.jobs.list({ limit: 10 })
  return new ICAL.Component(ICAL.parse(calendarOf(rows, moment)))
    .getAllSubcomponents("vevent")
    .map((event) => [
      new Date(new ICAL.Event(event).startDate.toUnixTime() * 1_000).toISOString().slice(11, 16),
      event.getFirstPropertyValue("status")
    ])
}

describe("the calendar of what jobs will say", () => {
  it("has each occurrence that is to come", () => {
    expect(eventsOf([hourly], now)).toEqual([
      ["01:00", "CONFIRMED"],
      ["02:00", "CONFIRMED"],
      ["03:00", "CONFIRMED"]
    ])
  })

  it("has none that was left out", () => {
    const skipped = occurrenceSkipped({
      planned: now + hour / 2,
      next: now + 1.5 * hour
    })
    expect(eventsOf([hourly, skipped], now).map(([at]) => at)).toEqual(["02:00", "03:00"])
    const over = jobResumed({ next: null })
    expect(eventsOf([hourly, over], now)).toEqual([])
  })

  it("calls what is to come tentative while one that has come due waits", () => {
    expect(eventsOf([hourly], now + 0.75 * hour)).toEqual([
      ["02:00", "TENTATIVE"],
      ["03:00", "TENTATIVE"]
    ])
    expect(eventsOf([hourly], now + hour / 2 + 1_000)).toEqual([
      ["02:00", "CONFIRMED"],
      ["03:00", "CONFIRMED"]
    ])
  })
})
