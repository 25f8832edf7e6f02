import { expect, test } from "vitest"
import * as health from "../../../../actors/whatsapp/session/health.ts"

const minute = 60_000
const hour = 60 * minute

/** A socket on which something was delivered at each of these times, after it opened at 0. */
const after = (...times: ReadonlyArray<number>) =>
  times.reduce((vitals, at) => health.delivered(vitals, at), health.freshVitals(health.noRhythm, 0))

const every = (gap: number, count: number) => Array.from({ length: count }, (_, index) => (index + 1) * gap)

test("a silence is judged against what this account is used to", () => {
  const busy = after(...every(minute, 100))
  const last = 100 * minute
  expect(health.judge(busy, last + 14 * minute)).toBe("well")
  expect(health.judge(busy, last + 16 * minute)).toBe("silent")
  const calm = after(...every(2 * hour, 20))
  expect(health.judge(calm, 40 * hour + 7 * hour)).toBe("well")
  expect(health.judge(calm, 40 * hour + 9 * hour)).toBe("silent")
})

test("an account whose rhythm is not known yet is given an hour", () => {
  const fresh = after(minute)
  expect(health.judge(fresh, minute + 59 * minute)).toBe("well")
  expect(health.judge(fresh, minute + 61 * minute)).toBe("silent")
})

test("a silence that was only quiet is borne twice as long the next time, up to a day", () => {
  const patience = [0, 1, 2, 10].map((fruitless) => health.patienceMillis({ gaps: [], fruitless }))
  expect(patience).toEqual([hour, 2 * hour, 4 * hour, 24 * hour])
})

test("something delivered makes the account's patience its usual one again", () => {
  const rhythm = { gaps: [], fruitless: 3 }
  expect(health.delivered(health.freshVitals(rhythm, 0), 1).rhythm.fruitless).toBe(0)
})

test("a message that the server does not acknowledge within half a minute is evidence", () => {
  const sent = health.sent(health.freshVitals(health.noRhythm, 0), "A", 1_000)
  expect(health.judge(sent, 31_000)).toBe("well")
  expect(health.judge(sent, 31_001)).toBe("unacknowledged")
  expect(health.judge(health.acknowledged(sent, "A"), 31_001)).toBe("well")
})

test("many messages that do not open are reported until most do again", () => {
  const tried = (vitals: health.Vitals, opened: boolean, times: number) =>
    Array.from({ length: times }).reduce<health.Vitals>((it) => health.decryptTried(it, opened), vitals)
  const well = tried(health.freshVitals(health.noRhythm, 0), true, 9)
  expect(health.judge(tried(well, false, 8), 0)).toBe("well")
  const ill = tried(well, false, 9)
  expect(health.judge(ill, 0)).toBe("undecryptable")
  expect(health.judge(tried(ill, true, 10), 0)).toBe("undecryptable")
  expect(health.judge(tried(ill, true, 60), 0)).toBe("well")
})

test("one failure among few attempts says nothing", () => {
  const vitals = health.decryptTried(health.freshVitals(health.noRhythm, 0), false)
  expect(health.judge(vitals, 0)).toBe("well")
})

test("a socket was deaf when something waited that was sent while it was open and long due on it", () => {
  const old = { openedAt: 1_000, closedAt: 101_000 }
  expect(health.wasDeaf(old, [50_000])).toBe(true)
  expect(health.wasDeaf(old, [])).toBe(false)
  // On its way when the socket was given up, sent after that, or before the socket was there.
  expect(health.wasDeaf(old, [95_000, 102_000, 500])).toBe(false)
})
