import fc from "fast-check"
import ICAL from "ical.js"
import { describe, expect, it } from "vitest"
import { calendarFeed, type FeedEntry } from "../../../actors/schedule/calendar-feed.ts"

const eventsOf = (text: string) =>
  new ICAL.Component(ICAL.parse(text)).getAllSubcomponents("vevent").map((event) => new ICAL.Event(event))

const entry: fc.Arbitrary<FeedEntry> = fc.record({
  job: fc.uuid(),
  at: fc.integer({ min: 0, max: 4e9 }),
  title: fc.string({ unit: "grapheme", maxLength: 120 }),
  description: fc.string({ unit: "binary", maxLength: 120 }),
  isTentative: fc.boolean()
})

// What a text of a calendar can't hold: half of a character, a control, and other line ends than one.
const expressible = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/\r\n|\r/g, "\n")
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    .replaceAll(/[\0-\x08\x0B-\x1F\x7F]/g, "")

describe("the calendar of upcoming occurrences", () => {
  it("is read by another library as it was meant, whatever stands in it", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), fc.string({ unit: "binary" }), (entries, name) => {
        const events = eventsOf(calendarFeed({ name, asOf: 0, entries }))
        expect(
          events.map(({ component, description, startDate, summary, uid }) => ({
            uid,
            at: startDate.toUnixTime(),
            title: summary,
            description,
            status: component.getFirstPropertyValue("status")
          }))
        ).toEqual(
          entries.map(({ at, description = "", isTentative, job, title }) => ({
            uid: `${job}-${at}@wadjet`,
            at,
            title: expressible(title),
            description: expressible(description),
            status: isTentative === true ? "TENTATIVE" : "CONFIRMED"
          }))
        )
      }),
      { numRuns: 60 }
    )
  })

  it("has no line of more than 75 octets, and ends each with CR and LF", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), (entries) => {
        const lines = calendarFeed({ name: "Wadjet", asOf: 0, entries }).split("\r\n")
        expect(lines.at(-1)).toBe("")
        expect(lines.filter((line) => Buffer.byteLength(line) > 75 || /[\r\n]/.test(line))).toEqual([])
      }),
      { numRuns: 60 }
    )
  })

  it("says UTC, and names an occurrence the same whenever it is asked", () => {
    const [event] = eventsOf(
      calendarFeed({
        name: "Wadjet",
        asOf: 1,
        entries: [{ job: "j", at: 1_767_603_600, title: "Gifts, cards; cake" }]
      })
    )
    expect(event?.startDate.toICALString()).toBe("20260105T090000Z")
    expect(event?.uid).toBe("j-1767603600@wadjet")
    expect(event?.summary).toBe("Gifts, cards; cake")
  })
})
