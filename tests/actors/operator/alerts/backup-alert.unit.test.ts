import Database from "better-sqlite3"
import { expect, test } from "vitest"
import { activeAfter, type Alert, wordsOf } from "../../../../actors/operator/alerts/alert.ts"
import { type BackupEvent, backupAlertsAfter } from "../../../../actors/operator/alerts/backup-alert.ts"
import { alertMigrations } from "../../../../actors/operator/alerts/run-alerts.ts"
import type { KeepStep } from "../../../../contracts/backup.ts"
import { migrate } from "../../../../infra/sqlite/migrate.ts"

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
const scrubbed = (
  log: ReadonlyArray<string>,
  problems: ReadonlyArray<string>,
  mended = problems.length,
  place = here.place
) =>
  ({
    type: "backup.scrubbed",
    data: { ...here, place, upTo: 9, segments: 2, log, problems, mended, seconds: 1 }
  }) as const
const keeping = (step: KeepStep, now: "failing" | "working", reason?: string) =>
  ({
    type: "backup.keeping-changed",
    data: { ...here, step, state: now, ...(reason === undefined ? {} : { reason }) }
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

test("a step that fails is told until it works again, each step of each place by itself", () => {
  const alerts = told(
    keeping("point", "failing", "no room"),
    keeping("verify", "failing", "no answer"),
    keeping("point", "failing", "no room"),
    keeping("point", "working")
  )
  expect(shown(alerts)).toEqual([
    "backup-point-disk raised",
    "backup-verify-disk raised",
    "backup-point-disk over"
  ])
  expect(wordsOf(alerts[0]!)).toEqual({
    title: "Wadjet: a backup needs a look",
    body: "Disk, a place for backups, is not kept as it should be: making a point fails: no room (2026-01-01T00:00:00.000Z)."
  })
})

test("a hole in the log is told until it is filled, and what was mended at a place is told each time", () => {
  const alerts = told(
    scrubbed([], []),
    scrubbed(["event 7 is missing in the log; disk holds what is missing"], []),
    scrubbed([], ["events 2 to 3: gone"]),
    scrubbed([], [])
  )
  expect(shown(alerts)).toEqual(["log-disk raised", "log-disk over", "backup-disk notice"])
  expect(wordsOf(alerts[0]!).title).toBe("Wadjet: the log needs a look")
})

test("a log that differs from what one place has is told of that place, whatever another one says", () => {
  const differs = ["events 2 to 3 of the log are not those that were shipped"]
  const alerts = told(
    scrubbed(differs, []),
    scrubbed([], [], 0, "far"),
    scrubbed(differs, []),
    scrubbed([], [], 0, "far"),
    scrubbed([], [])
  )
  expect(shown(alerts)).toEqual(["log-disk raised", "log-disk over"])
  expect(alerts[0]!.text).toContain(
    "where events differ, which it refuses, `wadjet restore` makes the log anew"
  )
})

test("what an older version had raised of the log as a whole is raised of a place instead", () => {
  const db = new Database(":memory:")
  const activeAfterSteps = (before: string) => {
    migrate(db, alertMigrations, 0, 1)
    db.prepare("insert or replace into told values (1, '0123456789ab', 7, ?)").run(before)
    migrate(db, alertMigrations, 0)
    return db.prepare("select active from told").pluck().get()
  }
  expect(activeAfterSteps("connection log drift")).toBe("connection drift")
  expect(activeAfterSteps("log")).toBe("")
  expect(activeAfterSteps("log-disk backup-log")).toBe("log-disk backup-log")
})
