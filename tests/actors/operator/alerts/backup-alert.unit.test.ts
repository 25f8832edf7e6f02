import { expect, test } from "vitest"
import { activeAfter, type Alert, wordsOf } from "../../../../actors/operator/alerts/alert.ts"
import { type BackupEvent, backupAlertsAfter } from "../../../../actors/operator/alerts/backup-alert.ts"

/** What is told of each fact, one after the other. */
const told = (...facts: ReadonlyArray<Pick<BackupEvent, "type" | "data">>): ReadonlyArray<Alert> => {
  let active: ReadonlySet<string> = new Set()
  return facts.flatMap((fact) => {
    const alerts = backupAlertsAfter(fact as BackupEvent, active)
    active = activeAfter(active, alerts)
    return alerts
  })
}
const shown = (alerts: ReadonlyArray<Alert>) => alerts.map(({ about, state }) => `${about} ${state}`)

const here = { place: "disk", generation: "0123456789ab", at: 1_767_225_600_000 }
const state = (it: "shipping" | "failing" | "blocked") =>
  ({
    type: "backup.place-changed",
    data: { place: "disk", state: it, at: here.at, reason: "no room" }
  }) as const
const verified = (...problems: ReadonlyArray<string>) =>
  ({
    type: "backup.verified",
    data: { ...here, upTo: 9, opened: true, points: [], problems, seconds: 1 }
  }) as const
const unverified = {
  type: "backup.unverified",
  data: { place: "disk", at: here.at, since: here.at - 1 }
} as const
const scrubbed = (log: ReadonlyArray<string>, problems: ReadonlyArray<string>, mended = problems.length) =>
  ({
    type: "backup.scrubbed",
    data: { ...here, upTo: 9, segments: 2, log, problems, mended, seconds: 1 }
  }) as const

test("a place that does not do what it is asked is told once, and once that it does again", () => {
  expect(
    shown(told(state("shipping"), state("failing"), state("blocked"), state("shipping"), state("shipping")))
  ).toEqual(["backup-disk raised", "backup-disk over"])
})

test("a check that found something is told until one finds nothing", () => {
  const alerts = told(
    verified(),
    verified("events 3 to 4: gone"),
    verified("events 3 to 4: gone"),
    verified()
  )
  expect(shown(alerts)).toEqual(["backup-check-disk raised", "backup-check-disk over"])
  expect(wordsOf(alerts[0]!)).toEqual({
    title: "Wadjet: a backup needs a look",
    body: "Disk cannot give back everything: events 3 to 4: gone (2026-01-01T00:00:00.000Z)."
  })
})

test("a place that nobody checked is told, and a good check is the end of it", () => {
  expect(shown(told(unverified, unverified, verified("something"), verified()))).toEqual([
    "backup-unverified-disk raised",
    "backup-check-disk raised",
    "backup-check-disk over",
    "backup-unverified-disk over"
  ])
})

test("a hole in the log is told until it is filled, and what was mended at a place is told each time", () => {
  const alerts = told(
    scrubbed([], []),
    scrubbed(["event 7 is missing in the log; disk holds what is missing"], []),
    scrubbed([], ["events 2 to 3: gone"]),
    scrubbed([], [])
  )
  expect(shown(alerts)).toEqual(["log raised", "log over", "backup-disk notice"])
  expect(wordsOf(alerts[0]!).title).toBe("Wadjet: the log needs a look")
})
