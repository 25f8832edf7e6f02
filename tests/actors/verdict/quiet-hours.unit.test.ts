import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import fc from "fast-check"
import { quietUntil } from "../../../actors/verdict/quiet-hours.ts"
import { bad, makeStory, minute, other } from "./story.ts"

const until = (quietHours: string, at: string, timeZone = "Europe/Berlin") => {
  const end = quietUntil({ quietHours, timeZone }, Date.parse(at))
  return end === undefined ? undefined : new Date(end).toISOString()
}

describe("quiet hours", () => {
  it.each([
    ["before midnight, until the next morning", "22:00-07:00", "2026-01-31T21:30:00Z", "2026-02-01T06:00"],
    ["after midnight, until the same morning", "22:00-07:00", "2026-01-01T00:30:00Z", "2026-01-01T06:00"],
    ["within a day", "09:00-12:00", "2026-06-01T08:10:00Z", "2026-06-01T10:00"],
    ["up to midnight", "20:00-00:00", "2026-06-01T20:10:00Z", "2026-06-01T22:00"],
    ["in the night that clocks are set forward", "22:00-07:00", "2026-03-28T21:30:00Z", "2026-03-29T05:00"],
    ["that clocks are set forward past", "22:00-02:30", "2026-03-28T23:30:00Z", "2026-03-29T01:00"],
    ["in the night that clocks are set back", "22:00-07:00", "2026-10-24T20:30:00Z", "2026-10-25T06:00"],
    ["that clocks show twice, first", "22:00-02:30", "2026-10-25T00:10:00Z", "2026-10-25T00:30"],
    ["that clocks show twice, then", "22:00-02:30", "2026-10-25T01:10:00Z", "2026-10-25T01:30"]
  ])("hold %s", (_name, hours, at, end) => {
    expect(until(hours, at)).toBe(`${end}:00.000Z`)
  })

  it.each([
    ["where there are none", "none", "2026-01-01T00:00:00Z"],
    ["at the moment at which they end", "22:00-07:00", "2026-01-01T06:00:00Z"],
    ["a moment before they begin", "22:00-07:00", "2026-01-01T20:59:59.999Z"],
    ["in the zone of somebody else", "22:00-07:00", "2026-01-01T10:00:00Z"]
  ])("do not hold %s", (_name, hours, at) => {
    expect(until(hours, at)).toBeUndefined()
  })

  it("are those of UTC in a zone that this host does not know", () => {
    expect(until("22:00-07:00", "2026-01-01T23:00:00Z", "Moon/Tycho")).toBe("2026-01-02T07:00:00.000Z")
  })

  it("end at a moment at which none hold, and a minute before it they do", () => {
    const clock = fc
      .record({ hour: fc.nat(23), minute: fc.nat(59) })
      .map((it) => `${String(it.hour).padStart(2, "0")}:${String(it.minute).padStart(2, "0")}`)
    const zones = ["Europe/Berlin", "America/St_Johns", "Asia/Beirut", "Australia/Lord_Howe", "UTC"]
    const moment = fc.integer({ min: Date.parse("2026-01-01"), max: Date.parse("2027-01-01") })
    fc.assert(
      fc.property(clock, clock, fc.constantFrom(...zones), moment, (from, to, timeZone, at) => {
        fc.pre(from !== to)
        const settings = { quietHours: `${from}-${to}`, timeZone }
        const end = quietUntil(settings, at)
        fc.pre(end !== undefined && end - at > minute)
        // Clocks that are set back within them begin them anew, so that they may hold again at once.
        expect(quietUntil(settings, end - minute)).toBe(end)
      }),
      { numRuns: 300 }
    )
  })
})

describe("given a chat with quiet hours", () => {
  // The story begins at midnight UTC.
  const night = { quietHours: "22:00-07:00" } as const

  it.effect("what is suspicious is told at their end, as it is then", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set(night)
      story.posted("m", [bad])
      story.scanned(bad, "suspicious")
      expect(yield* story.words).toEqual(["deferred suspicious until 2026-01-01T07:00Z"])
      yield* story.pass(7 * 60 * minute - 1)
      expect(yield* story.words).toEqual([])
      yield* story.pass(1)
      expect(yield* story.words).toEqual(["decided suspicious short", "queued text belated"])
    })
  )

  it.effect("what is malicious is warned about at once", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set(night)
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual(["decided malicious reply", "queued text warning"])
    })
  )

  it.effect(
    "what turns out to be malicious meanwhile is warned about at once, and what is benign never",
    () =>
      Effect.gen(function* () {
        const story = yield* makeStory()
        story.set(night)
        story.posted("m", [bad, other])
        story.scanned(bad, "suspicious")
        story.scanned(other, "suspicious")
        yield* story.settle
        story.scanned(bad, "malicious")
        story.scanned(other, "benign")
        expect(yield* story.words).toEqual([
          "decided malicious reply",
          "queued text warning",
          "decided benign none"
        ])
        yield* story.pass(8 * 60 * minute)
        expect(yield* story.words).toEqual([])
      })
  )

  it.effect("a mute within them silences what waits for their end, at once", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set(night)
      story.posted("m", [bad])
      story.scanned(bad, "suspicious")
      yield* story.settle
      story.muted(story.now() + minute)
      expect(yield* story.words).toEqual(["suppressed suspicious muted"])
    })
  )

  it.effect.each([["here"], ["all"]] as const)(
    "what waits is told as soon as they are given up, in this chat or in all: %s",
    ([where]) =>
      Effect.gen(function* () {
        const story = yield* makeStory()
        story.set(night, where === "all" ? "all" : undefined)
        story.posted("m", [bad])
        story.scanned(bad, "suspicious")
        yield* story.settle
        story.set({ quietHours: "none" }, where === "all" ? "all" : undefined)
        expect(yield* story.words).toEqual(["decided suspicious short", "queued text notice"])
      })
  )

  it.effect("nothing is said at their end of a message that is gone by then", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set(night)
      story.posted("m", [bad])
      story.scanned(bad, "suspicious")
      yield* story.settle
      story.deleted("m")
      expect(yield* story.words).toEqual(["suppressed suspicious message-gone"])
      yield* story.pass(8 * 60 * minute)
      expect(yield* story.words).toEqual([])
      expect(story.work.size()).toBe(0)
    })
  )

  it.effect("an earlier warning is set right at once: an edit disturbs nobody", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set(night)
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      yield* story.settle
      story.scanned(bad, "suspicious")
      expect(yield* story.words).toEqual(["revised malicious to suspicious", "queued correction notice"])
    })
  )
})
