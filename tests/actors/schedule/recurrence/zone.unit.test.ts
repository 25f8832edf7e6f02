import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { localText } from "../../../../actors/schedule/recurrence/local-time.ts"
import { localAt, readingOf, zoneOf } from "../../../../actors/schedule/recurrence/zone.ts"

// The zones with what is rare: half hours, a day left out, changes at midnight and by two hours, a year of two rules.
const zones = `UTC Europe/Lisbon America/New_York Australia/Lord_Howe Pacific/Apia Antarctica/Troll Africa/Casablanca
  America/Sao_Paulo Asia/Kathmandu Africa/Monrovia Asia/Gaza America/Nuuk`
const zone = fc.constantFrom(...zones.split(/\s+/))
const instant = fc.integer({ min: -2e9, max: 6e9 })

/** What a clock of the zone shows, by ICU alone. */
const shownBy = (name: string, at: number): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: name, dateStyle: "short", timeStyle: "medium" })
    .format(at * 1000)
    .replace(" ", "T")

describe("a zone", () => {
  it("has clocks that show what ICU says", () => {
    fc.assert(
      fc.property(zone, instant, (name, at) => {
        expect(localText(localAt(zoneOf(name)!, at))).toBe(shownBy(name, at))
      }),
      { numRuns: 300 }
    )
  })

  it("knows every instant at which its clocks show a time, and shows none of it when there is none", () => {
    fc.assert(
      fc.property(zone, instant, (name, at) => {
        const known = zoneOf(name)!
        const reading = readingOf(known, localAt(known, at))
        const instants = reading.kind === "twice" ? [reading.at, reading.second] : [reading.at]
        expect(instants).toContain(at)
        expect(instants.map((instant) => localAt(known, instant))).toEqual(
          instants.map(() => localAt(known, at))
        )
        expect(instants).toEqual(instants.toSorted((one, other) => one - other))
      }),
      { numRuns: 300 }
    )
  })

  it("moves a time that does not exist on by as much as its clocks were put forward", () => {
    const berlin = zoneOf("Europe/Berlin")!
    // 2026-03-29, when 02:00 to 03:00 is left out.
    const gap = Date.UTC(2026, 2, 29, 2, 30) / 1000
    expect(readingOf(berlin, gap)).toEqual({ kind: "never", at: gap - 3600, movedSeconds: 3600 })
    const apia = zoneOf("Pacific/Apia")!
    const day = Date.UTC(2011, 11, 30, 12) / 1000
    expect(readingOf(apia, day)).toEqual({ kind: "never", at: day + 36_000, movedSeconds: 86_400 })
  })

  it("is found whatever the case of its name, and not when there is none of it", () => {
    expect(zoneOf("europe/lisbon")?.offsetAt(0)).toBe(3600)
    expect(zoneOf("Europe/Atlantis")).toBeUndefined()
    expect(zoneOf("")).toBeUndefined()
  })
})
