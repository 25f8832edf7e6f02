import { describe, expect, it } from "vitest"
import { isFrom, isUpTo, parseLogPlace } from "../../../actors/operator/log-place.ts"

describe("a place in the log", () => {
  it.each([
    ["42", { sequence: 42 }],
    [" #7 ", { sequence: 7 }],
    ["2026-03-01", { time: Date.UTC(2026, 2, 1) }],
    ["2026-03-01T12:30Z", { time: Date.UTC(2026, 2, 1, 12, 30) }],
    ["2026-03-01 12:30:05", { time: Date.UTC(2026, 2, 1, 12, 30, 5) }],
    ["2026-03-01T12:30+01:00", { time: Date.UTC(2026, 2, 1, 11, 30) }],
    ["yesterday", undefined],
    ["2026-13-01", undefined],
    ["-3", undefined],
    ["1.5", undefined]
  ])("%j is read as %j", (text, place) => {
    expect(parseLogPlace(text)).toEqual(place)
  })

  it("begins with its event or at its moment, and ends with its event or before its moment", () => {
    const event = { sequence: 5, time: 1_000 }
    expect(
      [{ sequence: 5 }, { sequence: 6 }, { time: 1_000 }, { time: 1_001 }, undefined].map((at) =>
        isFrom(at, event)
      )
    ).toEqual([true, false, true, false, true])
    expect(
      [{ sequence: 5 }, { sequence: 4 }, { time: 1_000 }, { time: 1_001 }, undefined].map((at) =>
        isUpTo(at, event)
      )
    ).toEqual([true, false, false, true, true])
  })
})
