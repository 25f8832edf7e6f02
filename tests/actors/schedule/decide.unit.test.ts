import { describe, expect, it } from "vitest"
import { plan } from "../../../actors/schedule/decide.ts"
import { defaultPolicies, type JobPolicies } from "../../../contracts/schedule.ts"

const minute = 60_000
const planned = 1_767_225_600_000
const every = (minutes: number) => (moment: number) => moment + minutes * minute
interface Span {
  readonly from: number
  readonly until: number
}
const job = (policies: Partial<JobPolicies> = {}, predecessor?: Span) => ({
  policies: { ...defaultPolicies, ...policies },
  ...(predecessor === undefined ? {} : { predecessor })
})
const late = (millis: number, policies: Partial<JobPolicies>, isSending = false, predecessor?: Span) =>
  plan(job(policies, predecessor), planned, planned + millis, isSending, every(60))

describe("an occurrence whose moment has come", () => {
  it.each([
    ["fires at its moment", 0, {}, "fire"],
    ["fires where it is a little less late than it may be", 15 * minute - 1, {}, "fire"],
    ["is missed where it is as late as it may be", 15 * minute, {}, "miss"],
    ["is missed after a minute where nothing is sent late", minute, { missed: "skip" }, "miss"],
    ["fires within that minute", minute - 1, { missed: "skip" }, "fire"],
    ["fires a year late where all are sent", 365 * 24 * 60 * minute, { missed: "send-all" }, "fire"]
  ] as const)("%s", (_name, millis, policies, outcome) => {
    expect(late(millis, policies).do).toBe(outcome)
  })

  it("is skipped while the one before it is being sent, unless they may overlap or all are sent", () => {
    expect(late(0, { overlap: "skip" }, true).do).toBe("skip")
    expect(late(0, { overlap: "allow" }, true).do).toBe("fire")
    expect(late(0, { overlap: "skip", missed: "send-all" }, true).do).toBe("fire")
  })

  it.each([
    ["all of it, from its own moment on", -60, 40, 50, "fire"],
    ["all of it, from a little after its moment on", 10, 46, 50, "fire"],
    ["a part of it that leaves too much", 20, 40, 50, "miss"],
    ["before its moment came", -60, -30, 15, "miss"]
  ] as const)(
    "that waited for the one before it is not late by the time that took: %s",
    (_name, from, until, now, outcome) => {
      const predecessor = { from: planned + from * minute, until: planned + until * minute }
      expect(late(now * minute, { overlap: "queue" }, false, predecessor).do).toBe(outcome)
      expect(late(now * minute, { overlap: "skip" }, false, predecessor).do).toBe("miss")
    }
  )

  it("is passed over up to the first that is not too late, of those that waited for one before them", () => {
    const predecessor = { from: planned + 30 * minute, until: planned + 50 * minute }
    const queued = job({ overlap: "queue" }, predecessor)
    expect(plan(queued, planned, planned + 60 * minute, false, every(5))).toEqual({
      do: "miss",
      last: planned + 25 * minute,
      count: 6,
      next: planned + 30 * minute
    })
  })

  it("is passed over together with those after it that are too late as well, up to one that is not", () => {
    expect(late(190 * minute, {})).toEqual({
      do: "miss",
      last: planned + 120 * minute,
      count: 3,
      next: planned + 180 * minute
    })
  })

  it("is passed over in pieces where there are very many", () => {
    const it = plan(job(), planned, planned + 10_000 * minute, false, every(1))
    expect(it).toEqual({
      do: "miss",
      last: planned + 999 * minute,
      count: 1_000,
      next: planned + 1_000 * minute
    })
  })

  it("is passed over up to the end of a job that ends", () => {
    const it = plan(job(), planned, planned + 60 * minute, false, () => null)
    expect(it).toEqual({ do: "miss", last: planned, count: 1, next: null })
  })
})
